import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { aHandler, checkedName } from "../shared/arguments";
import { LambdaFunction, withGrants } from "../shared/callback";
import { EncryptionKey } from "../shared/encryption";
import { ArgumentError, requireInteger } from "../shared/errors";
import { queueMapping, streamMapping, streamStatements } from "../shared/event-source";
import type { Statement } from "../shared/iam";
import { LateList } from "../shared/late";
import { createAlarms, reactionAlarms, type MonitoringArgs, type Widget } from "../shared/monitoring";
import type { PlayerDirectory } from "../shared/player-directory";
import { setWayBack } from "../shared/operated";
import { DeadLetteredQueue, failureQueue } from "../shared/queue";
import { EncryptedTopic, subscribeQueue } from "../shared/topic";
import type { Transform } from "../shared/transform";
import { alarmsOf, widgetsOf } from "./alarms";
import { checkedTypes, checkStoreArgs } from "./arguments";
import type { ChannelAdapter } from "./channel";
import { messageClient, type EnqueueSettings, type MessageClient } from "./enqueue";
import { enqueueHandler } from "./enqueue-function";
import { streamFilters } from "./filters";
import { DUE_INDEX } from "./keys";
import { DEFAULT_DUE_SHARDS, MAX_DUE_SHARDS } from "./limits";
import type { MessageType } from "./message";
import { statusHandler, type StatusHandler } from "./on-status";
import { prepareHandler } from "./prepare";
import { readStatements, updateStatements, writeStatements } from "./grants";
import { storeRedriveHandler } from "./redrive";
import { STATUSES, type MessageStatus } from "./status";
import { sweepHandler } from "./sweep";
import { createSweepSchedule } from "./sweep-schedule";
import { createTable } from "./table";
import { unknownChannelHandler } from "./unknown-channel";

export interface MessageStoreArgs {
  /** Customer key of table, topics, queues and logs. @default a key of its own */
  key?: { readonly arn: pulumi.Output<string> };
  /** Where players, their addresses and preferences are found. @default messages carry their own address (`to`) */
  directory?: PlayerDirectory;
  /** Types of messages beside `transactional`, `social` and `marketing`. @default none */
  types?: Readonly<Record<string, MessageType>>;
  /** Days that a message is kept after its creation, its time or its validity, whichever is last; 1 to 3,650. @default 400 */
  retentionDays?: number;
  /**
   * Shards of the index of messages dated ahead, 1 to 8. Each takes 1,000 such messages a second, and costs the sweeper
   * a request a minute. It may be changed at any time.
   * @default 1
   */
  dueShards?: number;
  /** Which alarms there are, and whom they notify. @default all alarms, notifying nobody */
  monitoring?: MonitoringArgs;
  /** Deletion protection of the table, which stays when the stack is destroyed. @default true */
  protect?: boolean;
  /** Changes the arguments of a child. */
  transform?: { table?: Transform<aws.dynamodb.TableArgs>; topic?: Transform<aws.sns.TopicArgs> };
}

const SWEEP_TIMEOUT = 50;

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
  readonly key: { readonly arn: pulumi.Output<string> };
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
  private readonly retentionDays: number;
  private readonly dueShards: number;
  private readonly monitoring: MonitoringArgs | undefined;
  private readonly channels: LateList<{ readonly channel: string; readonly adapter: Promise<ChannelAdapter> }>;
  private readonly subscribed: LateList<MessageStatus>;

  constructor(name: string, args: MessageStoreArgs = {}, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:message-store:MessageStore", checkedName(name), {}, options);
    checkStoreArgs(name, args);
    this.name = name;
    this.retentionDays = requireInteger(name, "retentionDays", args.retentionDays ?? 400, 1, 3_650);
    this.dueShards = requireInteger(name, "dueShards", args.dueShards ?? DEFAULT_DUE_SHARDS, 1, MAX_DUE_SHARDS);
    this.monitoring = args.monitoring;
    this.types = checkedTypes(name, args.types);
    this.channels = new LateList("addChannel", name);
    this.subscribed = new LateList("onStatus", name);
    // Kept as long as the table is: without its key nobody can read it.
    this.key = args.key ?? new EncryptionKey(`${name}-key`, { retainOnDelete: args.protect ?? true }, { parent: this });
    this.table = createTable(this, name, this.key.arn, args);
    this.topics = Object.fromEntries(
      Object.keys(this.types).map((type) => [type, this.createTopic(`${name}-${type}`, args.transform?.topic)]),
    );
    this.statusTopic = this.createTopic(`${name}-status`, args.transform?.topic);
    this.failures = failureQueue(`${name}-failures`, this.key, this);
    this.prepareFunction = this.createPrepare(args.directory);
    this.sweepFunction = this.createSweep();
    this.sweepDeadLetters = createSweepSchedule(this, name, this.key, this.sweepFunction);
    this.enqueueFunction = this.createEnqueue();
    this.redriveFunction = this.createRedrive();
    setWayBack(this.failures, { kind: "redrive", functionArn: this.redriveFunction.arn, payload: {} });
    this.catchAll = this.createCatchAll();
    this.unknownChannelFunction = this.createUnknownChannel();
    createAlarms(this, name, alarmsOf(this), args.monitoring);
    this.registerOutputs({ table: this.table.name, enqueueFunction: this.enqueueFunction.arn });
  }

  /** Enqueues from closures; hoist it to a const, and the closure's function gets exactly the right to write messages. */
  client(): MessageClient {
    return withGrants(messageClient(this.enqueueSettings()), () => writeStatements(this));
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
    const same = this.subscribed.soFar.filter((other) => other === status).length;
    this.subscribed.add(status);
    const suffix = same === 0 ? status : `${status}-${same + 1}`;
    const queue = this.createQueue(`${this.name}-on-${suffix}`, [this.statusTopic.arn], 180);
    subscribeQueue(`${this.name}-on-${suffix}-subscription`, this.statusTopic.arn, queue, { status: [status] }, this);
    const fn = new LambdaFunction(
      `${this.name}-on-${suffix}-function`,
      {
        description: `Reacts to messages that are ${status}.`,
        key: this.key,
        handler: statusHandler(handler),
        statements: queue.consumeStatements(),
        timeout: 30,
      },
      { parent: this },
    );
    queueMapping(`${this.name}-on-${suffix}-mapping`, { queue, fn }, this);
    const names = { queue: queue.queue.name, deadLetters: queue.deadLetters.name };
    createAlarms(this, this.name, reactionAlarms(`on-${suffix}`, names, fn.name), this.monitoring);
    this.reactionDeadLetters[`on ${suffix}`] = names.deadLetters;
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
    for (const [type, topic] of Object.entries(this.topics)) {
      subscribeQueue(`${this.name}-${type}-to-${channel}`, topic.arn, queue, { channel: [channel] }, this);
    }
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

  private createTopic(name: string, transform: Transform<aws.sns.TopicArgs> | undefined): aws.sns.Topic {
    return new EncryptedTopic(name, { key: this.key, transform }, { parent: this }).topic;
  }

  private createQueue(name: string, topics: pulumi.Input<string>[], visibilityTimeoutSeconds: number) {
    const senders = topics.map((arn) => ({ service: "sns.amazonaws.com" as const, arn }));
    const args = { key: this.key, visibilityTimeoutSeconds, senders, deadLetterSenders: senders };
    return new DeadLetteredQueue(name, args, { parent: this });
  }

  private createPrepare(directory: PlayerDirectory | undefined): LambdaFunction {
    const { name, table, failures } = this;
    const directoryName = directory?.tableName;
    const settings = {
      table: table.name,
      directory: directoryName,
      types: this.types,
      topics: Object.fromEntries(Object.entries(this.topics).map(([type, topic]) => [type, topic.arn])),
      statusTopic: this.statusTopic.arn,
      parked: failures.url,
    };
    const stream = { streamArn: table.streamArn, keyArn: this.key.arn, failureQueueArn: failures.arn };
    const topics = Object.values(this.topics).map((topic) => topic.arn);
    const fn = new LambdaFunction(
      `${name}-prepare`,
      {
        description: "Prepares messages and publishes them to the topics of their types.",
        key: this.key,
        handler: this.declared().then(({ channels, subscribed }) =>
          prepareHandler({ ...settings, channels, subscribed }),
        ),
        statements: this.subscribed.all.then((subscribed) => [
          ...streamStatements(stream),
          ...readStatements(this),
          ...updateStatements(this),
          ...(directory
            ? [
                { Sid: "ReadPlayers", Action: "dynamodb:BatchGetItem", Resource: directory.tableArn },
                { Sid: "PlayersKey", Action: "kms:Decrypt", Resource: directory.keyArn },
              ]
            : []),
          // Changes of status are published where somebody reacts to them, and nowhere else.
          {
            Sid: "Publish",
            Action: "sns:Publish",
            Resource: subscribed.length > 0 ? [...topics, this.statusTopic.arn] : topics,
          },
        ]),
        memorySize: 512,
        timeout: 60,
      },
      { parent: this },
    );
    streamMapping(
      `${name}-prepare-mapping`,
      {
        ...stream,
        fn,
        failureQueueArn: failures.arn,
        filters: this.subscribed.all.then((statuses) => streamFilters([...new Set(statuses)])),
        parallelizationFactor: 2,
        maximumRetryAttempts: 10,
      },
      this,
    );
    return fn;
  }

  /** What was added after construction, once the program has been declared. */
  private async declared() {
    const channels: Record<string, ChannelAdapter> = {};
    for (const { channel, adapter } of await this.channels.all) channels[channel] = await adapter;
    return { channels, subscribed: [...new Set(await this.subscribed.all)] };
  }

  private createSweep(): LambdaFunction {
    const { name, table, dueShards } = this;
    return new LambdaFunction(
      `${name}-sweep`,
      {
        description: "Wakes messages whose time has come.",
        key: this.key,
        handler: sweepHandler({ table: table.name, dueShards }),
        statements: [
          { Sid: "ReadDue", Action: "dynamodb:Query", Resource: pulumi.interpolate`${table.arn}/index/${DUE_INDEX}` },
          ...updateStatements(this),
        ],
        timeout: SWEEP_TIMEOUT,
        onFailure: this.failures.arn,
        // The next minute does the same work again.
        maximumRetryAttempts: 0,
        maximumEventAge: 60,
      },
      { parent: this },
    );
  }

  private enqueueSettings(): EnqueueSettings {
    const { table, types, retentionDays, dueShards } = this;
    return { table: table.name, types: Object.keys(types), retentionDays, dueShards };
  }

  private createEnqueue(): LambdaFunction {
    return new LambdaFunction(
      `${this.name}-enqueue`,
      {
        description: "Enqueues messages for game servers and operators.",
        key: this.key,
        handler: enqueueHandler(this.enqueueSettings()),
        statements: writeStatements(this),
        timeout: 30,
        onFailure: this.failures.arn,
      },
      { parent: this },
    );
  }

  private createRedrive(): LambdaFunction {
    const { table, failures, key } = this;
    return new LambdaFunction(
      `${this.name}-redrive`,
      {
        description: "Does again what was given up: records of the stream, asynchronous invocations.",
        key,
        handler: storeRedriveHandler({ table: table.name, failuresUrl: failures.url }),
        statements: [
          { Sid: "ReadGivenUp", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: failures.arn },
          {
            Sid: "StartAgain",
            Action: "lambda:InvokeFunction",
            Resource: [this.enqueueFunction.arn, this.sweepFunction.arn],
          },
          { Sid: "ReadBatch", Action: ["dynamodb:GetShardIterator", "dynamodb:GetRecords"], Resource: table.streamArn },
          ...updateStatements(this),
        ],
        timeout: 300,
      },
      { parent: this },
    );
  }

  private createCatchAll(): DeadLetteredQueue {
    const topics = Object.values(this.topics).map((topic) => topic.arn);
    const queue = this.createQueue(`${this.name}-unknown-channel`, topics, 180);
    const rest = this.channels.all.then((taken) => {
      const names = taken.map(({ channel }) => channel);
      return { channel: names.length === 0 ? [{ exists: true }] : [{ "anything-but": names }] };
    });
    for (const [type, topic] of Object.entries(this.topics)) {
      subscribeQueue(`${this.name}-${type}-to-unknown-channel`, topic.arn, queue, pulumi.output(rest), this);
    }
    return queue;
  }

  private createUnknownChannel(): LambdaFunction {
    const fn = new LambdaFunction(
      `${this.name}-unknown-channel-function`,
      {
        description: "Fails messages that no channel takes.",
        key: this.key,
        handler: unknownChannelHandler({ table: this.table.name }),
        statements: [...this.catchAll.consumeStatements(), ...updateStatements(this)],
        timeout: 30,
      },
      { parent: this },
    );
    queueMapping(`${this.name}-unknown-channel-mapping`, { queue: this.catchAll, fn }, this);
    return fn;
  }
}
