/**
 * The functions of a segment's run as plain functions: DynamoDB of the local cloud, small queues, an Athena and an S3 of
 * the test's own, on a clock that stands still. Every outgoing call passes `gate`.
 */
import * as athena from "@aws-sdk/client-athena";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import * as s3 from "@aws-sdk/client-s3";
import * as sqs from "@aws-sdk/client-sqs";
import { messageClient } from "../../../components/message-store/enqueue";
import { advanceHandler } from "../../../components/segment-pipeline/advance";
import { checkDefinition } from "../../../components/segment-pipeline/check-definition";
import { enqueueHandler } from "../../../components/segment-pipeline/enqueue";
import { newRun, readRun, RUN_LIMITS, runKey, type Run } from "../../../components/segment-pipeline/run";
import { startHandler } from "../../../components/segment-pipeline/start";
import { encodePlayerId } from "../../../components/shared/player-keys";
import { VirtualClock } from "../../../local/clock";
import { context, TABLE, World, type Copy } from "../message-store/world";
import { quietly } from "../shared/quietly";
import { fixed, sdkError } from "../shared/sdk";

export const RUNS = "runs";
export const RUN_QUEUE = "run-queue";
export const PART_QUEUE = "part-queue";
/** Bytes of a part in these tests: a handful of players. */
const PART_BYTES = 128;
/** Milliseconds that a query takes, unless a test says otherwise. */
const QUERY_MS = 5_000;
const VISIBILITY_MS = 360_000;
/** Seconds after its start for which a run's messages are worth sending. */
export const VALID_SECONDS = 86_400;

interface Query {
  readonly id: string;
  readonly text: string;
  readonly startedAt: number;
}

const DEFINITIONS = [
  checkDefinition(
    "segments",
    "everybody",
    {
      where: { all: [{ attribute: "level", atLeast: 0 }, { not: { attribute: "rank", exists: true } }] },
      message: { type: "social", template: "hi", validForSeconds: VALID_SECONDS },
    },
    {
      attributes: { level: "number", rank: "number" },
      maxDataAgeSeconds: 86_400,
      maxScannedBytes: 1e12,
      messageTypes: ["social"],
    },
  ),
];

export class SegmentWorld extends World {
  /** Of Athena, by request token. */
  readonly started = new Map<string, Query>();
  /** Milliseconds that a query takes. */
  queryMs = QUERY_MS;
  /** How often each state change arrives. */
  eventCopies = 1;
  /** Lines of the result: keys in quotes, without the header. */
  lines: readonly string[] = [];
  /** The result file as a whole, where lines would not do. */
  file: Buffer | undefined;
  /** What GetQueryExecution says of an ended query, besides its success. */
  verdict: Partial<athena.QueryExecution> = {};
  private readonly wholePart = RUN_LIMITS.partBytes;

  private readonly partSettings = {
    runs: fixed(RUNS),
    partQueueUrl: fixed(PART_QUEUE),
    definitions: DEFINITIONS,
    enqueueMany: messageClient({ table: fixed(TABLE), types: ["social"], retentionDays: 400 }).enqueueMany,
  };
  readonly start = startHandler({ runs: fixed(RUNS), queueUrl: fixed(RUN_QUEUE), segments: ["everybody"] })();
  readonly advance = advanceHandler({
    ...this.partSettings,
    runQueueUrl: fixed(RUN_QUEUE),
    workgroup: fixed("segments"),
    database: fixed("game"),
    table: fixed("players"),
  })();
  readonly enqueue = enqueueHandler(this.partSettings)();

  override async open(): Promise<void> {
    await super.open();
    Object.assign(RUN_LIMITS, { partBytes: PART_BYTES });
    await this.perform("CreateTable", {
      TableName: RUNS,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    });
    const { clock } = this["cloud"];
    if (clock instanceof VirtualClock) await clock.advance(60_000);
    // A promise of each answer: what is refused must reject, not throw.
    this.lead(sqs.SQSClient, "sqs", async (operation, input) => Promise.resolve(this.queue(operation, input)));
    this.lead(athena.AthenaClient, "athena", async (operation, input) => Promise.resolve(this.ask(operation, input)));
    this.lead(s3.S3Client, "s3", async (_operation, input) => Promise.resolve(this.read(input)));
  }

  override async close(): Promise<void> {
    Object.assign(RUN_LIMITS, { partBytes: this.wholePart });
    await super.close();
  }

  override async reset(): Promise<void> {
    await super.reset();
    for (const { pk } of await this.scan(RUNS)) await this.perform("DeleteItem", { TableName: RUNS, Key: { pk } });
    this.started.clear();
    this.queryMs = QUERY_MS;
    this.eventCopies = 1;
    this.lines = [];
    this.file = undefined;
    this.verdict = {};
  }

  async run(runId: string): Promise<Run> {
    return readRun((await this.item(runKey(runId), RUNS)) ?? {});
  }

  /** Players who have a message, each as often as they have one. */
  async recipients(): Promise<string[]> {
    return (await this.scan()).map((item) => item["player"]?.S ?? "").sort();
  }

  /** A run whose query has ended. */
  async enqueueing(runId: string, attributes: Record<string, AttributeValue> = {}): Promise<void> {
    const run = newRun(runId, "everybody", Math.floor(this.now / 1000));
    await this.put({ ...run, status: { S: "enqueueing" }, result: { S: "s3://results/q.csv" }, ...attributes }, RUNS);
  }

  /** One delivery of a message. @returns whether it was worked off, and what was logged. */
  async deliver(handler: "advance" | "enqueue", body: string): Promise<{ done: boolean; log: readonly string[] }> {
    const [answer, log] = await quietly(() => this[handler](this.sqsEvent([body]), context));
    return { done: answer?.batchItemFailures.length === 0, log };
  }

  /** Delivers what lies in the two queues until they are empty; what is not worked off comes again later. */
  async settle(): Promise<void> {
    for (;;) {
      const copies = [...(this.queues[RUN_QUEUE] ?? []), ...(this.queues[PART_QUEUE] ?? [])];
      const [next] = copies.sort((a, b) => a.visibleAt - b.visibleAt);
      if (!next) return;
      this.now = Math.max(this.now, next.visibleAt);
      await this.receive1(next);
    }
  }

  private async receive1(copy: Copy): Promise<void> {
    const queue = this.queues[PART_QUEUE]?.includes(copy) ? PART_QUEUE : RUN_QUEUE;
    if (++copy.receives > 5) throw new Error(`${copy.body} would lie in the dead-letter queue.`);
    const { done } = await this.deliver(queue === PART_QUEUE ? "enqueue" : "advance", copy.body);
    if (done) this.queues[queue] = (this.queues[queue] ?? []).filter((other) => other !== copy);
    else copy.visibleAt = this.now + VISIBILITY_MS;
  }

  private queue(operation: string, input: Record<string, unknown>): object {
    const url = String(input["QueueUrl"]);
    const entries = (operation === "SendMessage" ? [input] : input["Entries"]) as sqs.SendMessageBatchRequestEntry[];
    for (const { MessageBody, DelaySeconds } of entries) this.enqueueCopy(url, MessageBody ?? "", DelaySeconds ?? 0);
    return {};
  }

  /** Athena: the same token starts the same query, as long as its text is the same. */
  private ask(operation: string, input: Record<string, unknown>): object {
    if (operation === "StartQueryExecution") {
      const { ClientRequestToken: token = "", QueryString: text = "" } =
        input as Partial<athena.StartQueryExecutionInput>;
      const known = this.started.get(token);
      if (known && known.text !== text)
        throw sdkError("InvalidRequestException", "Idempotent parameters do not match", 400);
      if (known) return { QueryExecutionId: known.id };
      const id = `q${this.started.size}`;
      this.started.set(token, { id, text, startedAt: this.now });
      const detail = { queryExecutionId: id, currentState: "SUCCEEDED" };
      const event = JSON.stringify({ source: "aws.athena", detail });
      for (let i = 0; i < this.eventCopies; i++) this.enqueueCopy(RUN_QUEUE, event, this.queryMs / 1_000);
      return { QueryExecutionId: id };
    }
    const query = [...this.started.values()].find(({ id }) => id === input["QueryExecutionId"]);
    if (!query) throw sdkError("InvalidRequestException", "QueryExecution was not found", 400);
    if (operation === "GetQueryResults") {
      const names = ["committed_at", "total_bytes", "pk", "sk", "level"];
      const values = [String(Math.floor(query.startedAt / 1_000) - 60), "1000"];
      return {
        ResultSet: {
          Rows: [{}, { Data: values.map((VarCharValue) => ({ VarCharValue })) }],
          ResultSetMetadata: { ColumnInfo: names.map((Name) => ({ Name })) },
        },
      };
    }
    const running = this.now < query.startedAt + this.queryMs;
    return {
      QueryExecution: running
        ? { Status: { State: "RUNNING", SubmissionDateTime: new Date(query.startedAt) } }
        : {
            Status: { State: "SUCCEEDED" },
            ResultConfiguration: { OutputLocation: "s3://results/q.csv" },
            ...this.verdict,
          },
    };
  }

  private read(input: Record<string, unknown>): object {
    const file = this.file ?? Buffer.from(['"pk"', ...this.lines].map((line) => `${line}\n`).join(""));
    const [, from = 0, to = 0] = (/^bytes=(\d+)-(\d+)$/.exec(String(input["Range"])) ?? []).map(Number);
    if (from >= file.length) throw sdkError("InvalidRange", "The requested range is not satisfiable", 416);
    const bytes = file.subarray(from, to + 1);
    return {
      ContentRange: `bytes ${from}-${from + bytes.length - 1}/${file.length}`,
      Body: { transformToByteArray: () => Promise.resolve(bytes) },
    };
  }
}

/** Lines of players as Athena writes them. */
export function linesOf(players: readonly string[]): string[] {
  return players.map((player) => `"PLAYER#${encodePlayerId(player)}"`);
}
