/**
 * Handlers as plain functions against the local cloud's DynamoDB, with small queues, topics and an SES of the test's own,
 * on a clock that stands still. Every outgoing call of a handler passes `gate`, where a test can hold it or make it fail.
 */
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as streams from "@aws-sdk/client-dynamodb-streams";
import * as ses from "@aws-sdk/client-ses";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import type { Context, DynamoDBRecord, SQSEvent } from "aws-lambda";
import { tmpdir } from "node:os";
import { AwsError } from "../../../local/aws-error";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { dynamodbService, type DynamoDbService } from "../../../local/services/dynamodb";
import { leadClient, sdkError } from "../shared/sdk";

export interface Call {
  readonly service: "dynamodb" | "sqs" | "sns" | "ses" | "athena" | "s3";
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

/** Runs a call's effect now or later, once or never; what it returns or throws is what the handler sees. */
export type Gate = (call: Call, effect: () => Promise<unknown>) => Promise<unknown>;

export interface Copy {
  readonly id: string;
  readonly body: string;
  readonly attributes: Record<string, string>;
  /** Epoch milliseconds from which it can be received. */
  visibleAt: number;
  receives: number;
}

export const TABLE = "messages";
export const PLAYERS = "players";
export const context = { getRemainingTimeInMillis: () => 30_000 } as unknown as Context;
const START = Date.UTC(2026, 10, 21, 12);

const CLIENTS = [
  ["dynamodb", dynamodb.DynamoDBClient],
  ["dynamodb", streams.DynamoDBStreamsClient],
  ["sqs", sqs.SQSClient],
  ["sns", sns.SNSClient],
  ["ses", ses.SESClient],
] as const;

export class World {
  now = START;
  readonly calls: Call[] = [];
  readonly queues: Record<string, Copy[]> = {};
  readonly published: { topic: string; body: string; attributes: Record<string, string> }[] = [];
  readonly mails: Record<string, unknown>[] = [];
  /** What SES answers to a mail; throws for anything but acceptance. */
  provider: (input: Record<string, unknown>) => string = () => `ses-${this.mails.length}`;
  gate: Gate = (_call, effect) => effect();
  maxSendRate = 100_000;
  private copies = 0;
  private forgotten: string | undefined;
  private readonly realNow = Date.now;
  private readonly restores: (() => void)[] = [];
  private service!: DynamoDbService;
  private cloud!: Cloud;

  async open(): Promise<void> {
    const clock = new VirtualClock(START);
    this.cloud = new Cloud({ clock, folder: tmpdir() });
    this.cloud.ports.iam = { evaluate: () => ({ allowed: true, reason: "" }) } as unknown as Cloud["ports"]["iam"];
    this.service = dynamodbService(this.cloud);
    this.cloud.register(this.service);
    await this.createTables();
    await clock.advance(60_000);
    Date.now = () => this.now;
    for (const [service, client] of CLIENTS) {
      this.lead(client, service, (operation, input) => this.effect({ service, operation, input }));
    }
  }

  async close(): Promise<void> {
    Date.now = this.realNow;
    for (const restore of this.restores.splice(0).reverse()) restore();
    await this.service.close?.();
  }

  /** Empties tables, queues and mailboxes. */
  async reset(): Promise<void> {
    for (const name of Object.keys(this.queues)) delete this.queues[name];
    this.calls.length = 0;
    this.published.length = 0;
    this.mails.length = 0;
    this.now = START;
    this.maxSendRate = 100_000;
    this.gate = (_call, effect) => effect();
    this.provider = () => `ses-${this.mails.length}`;
    for (const table of [TABLE, PLAYERS]) {
      for (const { pk, sk } of await this.scan(table)) {
        await this.perform("DeleteItem", { TableName: table, Key: { pk, sk } });
      }
    }
    this.forgotten = this.records().at(-1)?.dynamodb?.SequenceNumber;
  }

  /** A batch of a queue. */
  sqsEvent(bodies: readonly string[]): SQSEvent {
    return { Records: bodies.map((body, i) => ({ messageId: `m${i}`, body })) } as unknown as SQSEvent;
  }

  async item(key: object, table = TABLE): Promise<Record<string, dynamodb.AttributeValue> | undefined> {
    const answer = await this.perform("GetItem", { TableName: table, Key: key, ConsistentRead: true });
    return (answer as dynamodb.GetItemCommandOutput).Item;
  }

  async put(item: object, table = TABLE): Promise<void> {
    await this.perform("PutItem", { TableName: table, Item: item });
  }

  /** Everything in a table. */
  async scan(table = TABLE): Promise<Record<string, dynamodb.AttributeValue>[]> {
    return ((await this.perform("Scan", { TableName: table })) as dynamodb.ScanCommandOutput).Items ?? [];
  }

  /** The table's stream since `after`, or since the last reset. */
  records(after = this.forgotten): DynamoDBRecord[] {
    const arn = this.cloud.ports.tables.describe(this.cloud.arn("dynamodb", `table/${TABLE}`))["LatestStreamArn"];
    return [...this.cloud.ports.streams.read(String(arn), after, 10_000)] as unknown as DynamoDBRecord[];
  }

  bodies(queue: string): unknown[] {
    return (this.queues[queue] ?? []).map((copy) => JSON.parse(copy.body) as unknown);
  }

  enqueueCopy(queue: string, body: string, delaySeconds = 0, attributes: Record<string, string> = {}): void {
    const copy = { id: `c${++this.copies}`, body, attributes, visibleAt: this.now + delaySeconds * 1000, receives: 0 };
    (this.queues[queue] ??= []).push(copy);
  }

  /** The effect of a call, at once and without the gate. */
  async perform(operation: string, input: Record<string, unknown>): Promise<unknown> {
    const played = this.service.operations[operation];
    if (!played) throw new Error(`${operation} is not played`);
    try {
      const answer = played.answer(structuredClone(input), {
        cloud: this.cloud,
        principal: this.cloud.operator,
        requestId: "r",
        use: () => undefined,
        note: () => undefined,
      });
      return structuredClone(await answer);
    } catch (error) {
      if (error instanceof AwsError) throw sdkError(error.code, error.message, error.status, error.detail);
      throw error;
    }
  }

  /** Leads a client's calls through the gate to `effect`. */
  protected lead(
    client: { readonly prototype: object },
    service: Call["service"],
    effect: (operation: string, input: Record<string, unknown>) => Promise<unknown>,
  ): void {
    const restore = leadClient(client, (operation, input) => {
      const call: Call = { service, operation, input };
      this.calls.push(call);
      return this.gate(call, () => effect(operation, input));
    });
    this.restores.push(restore);
  }

  private async effect({ service, operation, input }: Call): Promise<unknown> {
    if (service === "dynamodb") return this.perform(operation, input);
    switch (operation) {
      case "SendMessage":
        this.enqueueCopy(String(input["QueueUrl"]), String(input["MessageBody"]), Number(input["DelaySeconds"] ?? 0));
        return {};
      case "ReceiveMessage":
        return { Messages: this.receive(String(input["QueueUrl"]), Number(input["MaxNumberOfMessages"] ?? 1)) };
      case "DeleteMessage": {
        const url = String(input["QueueUrl"]);
        this.queues[url] = (this.queues[url] ?? []).filter((copy) => copy.id !== input["ReceiptHandle"]);
        return {};
      }
      case "PublishBatch":
        for (const entry of input["PublishBatchRequestEntries"] as sns.PublishBatchRequestEntry[]) {
          const attributes: Record<string, string> = {};
          for (const [name, value] of Object.entries(entry.MessageAttributes ?? {})) {
            attributes[name] = value.StringValue ?? "";
          }
          this.published.push({ topic: String(input["TopicArn"]), body: entry.Message ?? "", attributes });
        }
        return { Successful: [], Failed: [] };
      case "GetSendQuota":
        return { MaxSendRate: this.maxSendRate };
      case "SendRawEmail": {
        const id = this.provider(input);
        this.mails.push(input);
        return { MessageId: id };
      }
      default:
        throw new Error(`${service} ${operation} is not played by the test`);
    }
  }

  private receive(url: string, most: number): sqs.Message[] {
    const seen = (this.queues[url] ?? []).filter((copy) => copy.visibleAt <= this.now).slice(0, most);
    for (const copy of seen) copy.visibleAt = this.now + 60_000;
    return seen.map((copy) => ({ MessageId: copy.id, ReceiptHandle: copy.id, Body: copy.body }));
  }

  private async createTables(): Promise<void> {
    const keys = {
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      BillingMode: "PAY_PER_REQUEST",
    };
    const attribute = (name: string, type: string) => ({ AttributeName: name, AttributeType: type });
    await this.perform("CreateTable", {
      ...keys,
      TableName: TABLE,
      AttributeDefinitions: [
        attribute("pk", "S"),
        attribute("sk", "S"),
        attribute("dueBucket", "S"),
        attribute("dueAt", "N"),
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "due",
          KeySchema: [
            { AttributeName: "dueBucket", KeyType: "HASH" },
            { AttributeName: "dueAt", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    await this.perform("CreateTable", {
      ...keys,
      TableName: PLAYERS,
      AttributeDefinitions: [attribute("pk", "S"), attribute("sk", "S")],
    });
  }
}
