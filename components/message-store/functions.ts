import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LambdaFunction } from "../shared/callback";
import { queueMapping, streamMapping, streamStatements } from "../shared/event-source";
import type { LateList } from "../shared/late";
import type { PlayerDirectory } from "../shared/player-directory";
import type { DeadLetteredQueue } from "../shared/queue";
import type { ChannelAdapter } from "./channel";
import type { EnqueueSettings } from "./enqueue";
import { enqueueHandler } from "./enqueue-function";
import { streamFilters } from "./filters";
import { readStatements, updateStatements, writeStatements } from "./grants";
import { DUE_INDEX } from "./keys";
import type { MessageType } from "./message";
import { prepareHandler } from "./prepare";
import { storeRedriveHandler } from "./redrive";
import type { MessageStatus } from "./status";
import { sweepHandler } from "./sweep";
import type { Topics } from "./topics";
import { unknownChannelHandler } from "./unknown-channel";

/** A channel of the store, and what prepares its messages. */
export interface DeclaredChannel {
  readonly channel: string;
  readonly adapter: Promise<ChannelAdapter>;
}

/** What the store's functions work on. */
export interface Parts {
  readonly name: string;
  readonly parent: pulumi.Resource;
  readonly key: { readonly arn: pulumi.Output<string> };
  readonly table: aws.dynamodb.Table;
  readonly topics: Topics;
  readonly failures: aws.sqs.Queue;
  readonly types: Readonly<Record<string, MessageType>>;
  readonly enqueue: EnqueueSettings;
  readonly dueShards: number;
  readonly channels: LateList<DeclaredChannel>;
  /** Statuses that somebody reacts to. */
  readonly subscribed: LateList<MessageStatus>;
}

/** The stream's reader. What it prepares with is complete once the program has been declared. */
export function createPrepareFunction(parts: Parts, directory: PlayerDirectory | undefined): LambdaFunction {
  const { name, parent, key, table, failures, subscribed } = parts;
  const settings = {
    table: table.name,
    directory: directory?.tableName,
    types: parts.types,
    topics: Object.fromEntries(Object.entries(parts.topics.byType).map(([type, topic]) => [type, topic.arn])),
    statusTopic: parts.topics.status.arn,
    parked: failures.url,
  };
  const stream = { streamArn: table.streamArn, keyArn: key.arn, failureQueueArn: failures.arn };
  const topics = Object.values(parts.topics.byType).map((topic) => topic.arn);
  const fn = new LambdaFunction(
    `${name}-prepare`,
    {
      description: "Prepares messages and publishes them to the topics of their types.",
      key,
      handler: declared(parts).then((late) => prepareHandler({ ...settings, ...late })),
      statements: subscribed.all.then((statuses) => [
        ...streamStatements(stream),
        ...readStatements(parts),
        ...updateStatements(parts),
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
          Resource: statuses.length > 0 ? [...topics, parts.topics.status.arn] : topics,
        },
      ]),
      memorySize: 512,
      timeout: 60,
    },
    { parent },
  );
  streamMapping(
    `${name}-prepare-mapping`,
    {
      ...stream,
      fn,
      filters: subscribed.all.then((statuses) => streamFilters([...new Set(statuses)])),
      parallelizationFactor: 2,
      maximumRetryAttempts: 10,
    },
    parent,
  );
  return fn;
}

async function declared({ channels: added, subscribed }: Parts) {
  const channels: Record<string, ChannelAdapter> = {};
  for (const { channel, adapter } of await added.all) channels[channel] = await adapter;
  return { channels, subscribed: [...new Set(await subscribed.all)] };
}

/** Below the minute after which it is called again. */
const SWEEP_TIMEOUT_SECONDS = 50;

/** The sweeper of what waits for its time. */
export function createSweepFunction(parts: Parts): LambdaFunction {
  const { name, parent, key, table, failures, dueShards } = parts;
  return new LambdaFunction(
    `${name}-sweep`,
    {
      description: "Wakes messages whose time has come.",
      key,
      handler: sweepHandler({ table: table.name, dueShards }),
      statements: [
        { Sid: "ReadDue", Action: "dynamodb:Query", Resource: pulumi.interpolate`${table.arn}/index/${DUE_INDEX}` },
        ...updateStatements(parts),
      ],
      timeout: SWEEP_TIMEOUT_SECONDS,
      onFailure: failures.arn,
      // The next minute does the same work again.
      maximumRetryAttempts: 0,
      maximumEventAge: 60,
    },
    { parent },
  );
}

/** The function through which game servers and operators enqueue. */
export function createEnqueueFunction(parts: Parts): LambdaFunction {
  const { name, parent, key, failures } = parts;
  return new LambdaFunction(
    `${name}-enqueue`,
    {
      description: "Enqueues messages for game servers and operators.",
      key,
      handler: enqueueHandler(parts.enqueue),
      statements: writeStatements(parts),
      timeout: 30,
      onFailure: failures.arn,
    },
    { parent },
  );
}

/** The function with which an operator does again what was given up. */
export function createRedriveFunction(parts: Parts, asynchronous: readonly LambdaFunction[]): LambdaFunction {
  const { name, parent, key, table, failures } = parts;
  return new LambdaFunction(
    `${name}-redrive`,
    {
      description: "Does again what was given up: records of the stream, asynchronous invocations.",
      key,
      handler: storeRedriveHandler({ table: table.name, failuresUrl: failures.url }),
      statements: [
        { Sid: "ReadGivenUp", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: failures.arn },
        { Sid: "StartAgain", Action: "lambda:InvokeFunction", Resource: asynchronous.map(({ arn }) => arn) },
        { Sid: "ReadBatch", Action: ["dynamodb:GetShardIterator", "dynamodb:GetRecords"], Resource: table.streamArn },
        ...updateStatements(parts),
      ],
      timeout: 300,
    },
    { parent },
  );
}

/** The reader of the queue of what no channel takes. */
export function createUnknownChannelFunction(parts: Parts, catchAll: DeadLetteredQueue): LambdaFunction {
  const { name, parent, key, table } = parts;
  const fn = new LambdaFunction(
    `${name}-unknown-channel-function`,
    {
      description: "Fails messages that no channel takes.",
      key,
      handler: unknownChannelHandler({ table: table.name }),
      statements: [...catchAll.consumeStatements(), ...updateStatements(parts)],
      timeout: 30,
    },
    { parent },
  );
  queueMapping(`${name}-unknown-channel-mapping`, { queue: catchAll, fn }, parent);
  return fn;
}
