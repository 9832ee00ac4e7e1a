import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { reactionAlarms } from "../shared/alarms";
import { aHandler, checkedName } from "../shared/arguments";
import { withGrants, type LambdaFunction } from "../shared/callback";
import { EncryptionKey } from "../shared/encryption";
import { ArgumentError, requireInteger } from "../shared/errors";
import type { Statement } from "../shared/iam";
import { keepNames } from "../shared/kept-names";
import { LateList } from "../shared/late";
import { createAlarms, type MonitoringArgs, type Widget } from "../shared/monitoring";
import { setWayBack } from "../shared/operated";
import { failureQueue, type DeadLetteredQueue } from "../shared/queue";
import { alarmsOf, widgetsOf } from "./alarms";
import { checkedTypes, checkStoreArgs, type MessageStoreArgs } from "./arguments";
import type { ChannelAdapter } from "./channel";
import { messageClient, type EnqueueSettings, type MessageClient } from "./enqueue";
import {
  createEnqueueFunction,
  createPrepareFunction,
  createRedriveFunction,
  createSweepFunction,
  createUnknownChannelFunction,
  type DeclaredChannel,
  type Parts,
} from "./functions";
import { readStatements, updateStatements, writeStatements } from "./grants";
import { DEFAULT_DUE_SHARDS, MAX_DUE_SHARDS } from "./limits";
import type { MessageType } from "./message";
import type { StatusHandler } from "./on-status";
import { createReaction } from "./reaction";
import { STATUSES, type MessageStatus } from "./status";
import { createSweepSchedule } from "./sweep-schedule";
import { createTable } from "./table";
import { createCatchAll, createTopics, subscribeChannel, type Topics } from "./topics";

export type { MessageStoreArgs } from "./arguments";

/**
 * Every message has an item here: what was asked for, to whom, and what became of it. New items are prepared from the
 * table's stream and published to the topic of their type, from which each channel takes its own.
 *
 * @example // complete, encrypted, alarmed
 * const messages = new MessageStore("messages");
 *
 * @example // with players, and a message from a closure
 * const messages = new MessageStore("messages", { key, directory: gateway.directory });
 * const client = messages.client();
 * gateway.onPlayerEvent("level-up", async (event) => {
 *   await client.enqueue({ player: event.player, type: "social", template: "level-up", deduplicationKey: event.id });
 * });
 *
 * @example // a reaction to what became of messages
 * messages.onStatus("bounced", async (change) => console.warn("bounced", change.player, change.reason));
 */
export class MessageStore extends pulumi.ComponentResource {
  /** The customer key of table, topics, queues and logs. */
  readonly key: { readonly arn: pulumi.Output<string> };
  /** One item per message: `PLAYER#<id>`, `MSG#<id>`. */
  readonly table: aws.dynamodb.Table;
  /** By type. */
  readonly topics: Readonly<Record<string, aws.sns.Topic>>;
  /** Where changes of status are published, with attribute `status`. */
  readonly statusTopic: aws.sns.Topic;
  /** Types of messages, the built-in ones included. */
  readonly types: Readonly<Record<string, MessageType>>;
  /** Reads the stream. */
  readonly prepareFunction: LambdaFunction;
  /** Through which game servers and operators enqueue. */
  readonly enqueueFunction: LambdaFunction;
  /** Runs every minute and wakes what is due. */
  readonly sweepFunction: LambdaFunction;
  /** Reads the catch-all queue. */
  readonly unknownChannelFunction: LambdaFunction;
  /** For operators: prepares again what the stream's mapping gave up. */
  readonly redriveFunction: LambdaFunction;
  /** What can never be prepared, and batches given up by the stream's mapping. */
  readonly failures: aws.sqs.Queue;
  /** The minutes in which the sweeper could not be called. */
  readonly sweepDeadLetters: aws.sqs.Queue;
  /** Names of the dead-letter queues of reactions, by what they react to. */
  readonly reactionDeadLetters: Record<string, pulumi.Output<string>> = {};
  /** What no channel takes. */
  readonly catchAll: DeadLetteredQueue;
  private readonly name: string;
  private readonly enqueueSettings: EnqueueSettings;
  private readonly published: Topics;
  private readonly monitoring: MonitoringArgs | undefined;
  private readonly channels: LateList<DeclaredChannel>;
  private readonly subscribed: LateList<MessageStatus>;

  constructor(name: string, args: MessageStoreArgs = {}, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:message-store:MessageStore", checkedName(name), {}, keepNames(name, options));
    checkStoreArgs(name, args);
    const retentionDays = requireInteger(name, "retentionDays", args.retentionDays ?? 400, 1, 3_650);
    const dueShards = requireInteger(name, "dueShards", args.dueShards ?? DEFAULT_DUE_SHARDS, 1, MAX_DUE_SHARDS);
    this.name = name;
    this.monitoring = args.monitoring;
    this.types = checkedTypes(name, args.types);
    this.channels = new LateList("addChannel", name);
    this.subscribed = new LateList("onStatus", name);
    // Kept as long as the table is: without its key nobody can read it.
    this.key = args.key ?? new EncryptionKey(`${name}-key`, { retainOnDelete: args.protect ?? true }, { parent: this });
    this.table = createTable(this, name, this.key.arn, args);
    this.enqueueSettings = { table: this.table.name, types: Object.keys(this.types), retentionDays, dueShards };
    this.published = createTopics(this, name, this.key, Object.keys(this.types), args.transform?.topic);
    this.topics = this.published.byType;
    this.statusTopic = this.published.status;
    this.failures = failureQueue(`${name}-failures`, this.key, this);

    const parts: Parts = {
      name,
      parent: this,
      key: this.key,
      table: this.table,
      topics: this.published,
      failures: this.failures,
      types: this.types,
      enqueue: this.enqueueSettings,
      dueShards,
      channels: this.channels,
      subscribed: this.subscribed,
    };
    this.prepareFunction = createPrepareFunction(parts, args.directory);
    this.sweepFunction = createSweepFunction(parts);
    this.sweepDeadLetters = createSweepSchedule(this, name, this.key, this.sweepFunction);
    this.enqueueFunction = createEnqueueFunction(parts);
    this.redriveFunction = createRedriveFunction(parts, [this.enqueueFunction, this.sweepFunction]);
    setWayBack(this.failures, { kind: "redrive", functionArn: this.redriveFunction.arn, payload: {} });
    this.catchAll = createCatchAll(this, name, this.key, this.published, this.channels);
    this.unknownChannelFunction = createUnknownChannelFunction(parts, this.catchAll);
    createAlarms(this, name, alarmsOf(this), args.monitoring);
    this.registerOutputs({ table: this.table.name, enqueueFunction: this.enqueueFunction.arn });
  }

  /** Enqueues from closures; hoist it to a const, and the closure's function gets exactly the right to write messages. */
  client(): MessageClient {
    return withGrants(messageClient(this.enqueueSettings), () => writeStatements(this));
  }

  /**
   * Reacts to messages that come into a status, in a function of its own behind a queue of its own.
   * The handler may be called more than once for one change.
   */
  onStatus(status: MessageStatus, handler: StatusHandler): LambdaFunction {
    if (!STATUSES.includes(status)) {
      throw new ArgumentError({
        component: this.name,
        argument: "onStatus",
        got: status,
        expected: STATUSES.join(", "),
        fix: "Name one of these statuses.",
      });
    }
    aHandler(this.name, `onStatus "${status}"`, handler);
    const before = this.subscribed.soFar.filter((other) => other === status).length;
    this.subscribed.add(status);
    const numbered = before === 0 ? status : `${status}-${before + 1}`;
    const reaction = { status, react: handler, key: this.key, topic: this.statusTopic };
    const { fn, queue } = createReaction(this, `${this.name}-on-${numbered}`, reaction);
    const names = { queue: queue.queue.name, deadLetters: queue.deadLetters.name };
    createAlarms(this, this.name, reactionAlarms(`on-${numbered}`, names, fn.name), this.monitoring);
    this.reactionDeadLetters[`on ${numbered}`] = names.deadLetters;
    return fn;
  }

  /** Adds a channel: its adapter prepares messages, its queue receives what is published for it. */
  addChannel(channel: string, adapter: Promise<ChannelAdapter>, queue: DeadLetteredQueue): void {
    if (this.channels.soFar.some((other) => other.channel === channel)) {
      throw new ArgumentError({
        component: this.name,
        argument: "addChannel",
        got: channel,
        expected: "a channel that is not taken",
        fix: "Make one dispatcher for each channel of a store.",
      });
    }
    this.channels.add({ channel, adapter });
    subscribeChannel(this, this.name, this.published, channel, queue);
  }

  /** What a function needs in order to read messages and suppression entries. */
  readStatements(): Statement[] {
    return readStatements(this);
  }

  /** What a function needs in order to change messages. */
  updateStatements(): Statement[] {
    return updateStatements(this);
  }

  /** Its part of the dashboard. */
  widgets(): Widget[] {
    return widgetsOf(this);
  }
}
