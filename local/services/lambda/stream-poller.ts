import { createHash } from "node:crypto";
import type { Timer } from "../../clock";
import type { Ports, StreamRecord } from "../../ports";
import type { LambdaEngine } from "./engine";
import { compileFilters, type Filter } from "./filter";
import type { MappingSettings, Poller, ReportResult } from "./mapping";
import { allowed, roleSession } from "./rights";
import { StreamLane, type StreamEntry } from "./stream-lane";

/** Lambda polls a shard four times a second. https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
const pollIntervalMs = 250;
/** After a pause the first poll comes this soon, so that what is written together is read together. */
const gatherMs = 20;
/** Records that wait in memory at most, so that a blocked lane does not read the whole stream. */
const bufferLimit = 20_000;

const refused =
  "PROBLEM: Cannot access stream. Please ensure the role can perform the GetRecords, GetShardIterator, " +
  "DescribeStream, and ListStreams Actions on your stream in IAM.";

/** Reads a DynamoDB stream in order and hands its records to lanes; the order of a partition key is kept in one lane. */
export class StreamPoller implements Poller {
  private position: string | undefined;
  private readonly lanes: StreamLane[];
  private readonly filter: Filter;
  private unsubscribe: (() => void) | undefined;
  private timer: Timer | undefined;
  private lastPoll = -Infinity;
  private refusals = 0;

  constructor(
    private readonly engine: LambdaEngine,
    uuid: string,
    private readonly settings: MappingSettings,
    private readonly report: ReportResult,
    after?: string,
  ) {
    this.filter = compileFilters(settings.filters);
    this.lanes = Array.from(
      { length: settings.parallelizationFactor },
      () => new StreamLane(engine, uuid, settings, report),
    );
    if (after !== undefined) this.position = after;
    else if (settings.startingPosition === "LATEST") {
      this.position = engine.cloud.ports.streams.latest(settings.eventSourceArn);
    }
  }

  /** Sequence number of the last record that needs no more invocation, in every lane. */
  get checkpoint(): string | undefined {
    const open = this.lanes.flatMap((lane) => lane.beforeOldest ?? []);
    return open.length === 0 ? this.position : open.reduce((a, b) => (BigInt(a) < BigInt(b) ? a : b));
  }

  start(): void {
    if (this.unsubscribe) return;
    this.unsubscribe = this.engine.cloud.ports.streams.onAppend(this.settings.eventSourceArn, () => this.schedule());
    for (const lane of this.lanes) lane.start();
    this.schedule();
  }

  stop(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.timer?.cancel();
    this.timer = undefined;
    for (const lane of this.lanes) lane.stop();
  }

  private schedule(notBeforeMs = gatherMs): void {
    if (this.timer || !this.unsubscribe) return;
    const { clock } = this.engine.cloud;
    const delay = Math.max(notBeforeMs, this.lastPoll + pollIntervalMs - clock.now());
    this.timer = clock.setTimer(delay, () => {
      this.timer = undefined;
      if (this.unsubscribe) this.poll();
    });
  }

  private poll(): void {
    const { cloud } = this.engine;
    this.lastPoll = cloud.clock.now();
    const limit = Math.min(10_000, bufferLimit - this.lanes.reduce((sum, lane) => sum + lane.length, 0));
    let records: readonly StreamRecord[] = [];
    try {
      if (!this.mayRead()) {
        this.report(refused);
        this.schedule(Math.min(900_000, 1_000 * 2 ** this.refusals++));
        return;
      }
      if (limit > 0) records = cloud.ports.streams.read(this.settings.eventSourceArn, this.position, limit);
    } catch (error) {
      // The table or its stream is gone.
      this.report(`PROBLEM: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    this.refusals = 0;
    for (const record of records) {
      this.position = record.dynamodb.SequenceNumber;
      if (!this.filter(record)) continue;
      this.laneOf(record).push(entryOf(record));
    }
    for (const lane of this.lanes) lane.pump();
    if (limit <= 0 || records.length === limit) this.schedule();
  }

  private laneOf(record: StreamRecord): StreamLane {
    if (this.lanes.length === 1) return this.lanes[0]!;
    // The partition key is the first of the keys as DynamoDB lists them; items of one table all list them alike.
    const [key] = Object.values(record.dynamodb.Keys);
    const hash = createHash("md5").update(JSON.stringify(key)).digest().readUInt32BE(0);
    return this.lanes[hash % this.lanes.length]!;
  }

  private mayRead(): boolean {
    const { cloud } = this.engine;
    const fn = this.engine.functions.get(this.settings.functionName);
    if (!fn) return false;
    const role = roleSession(fn.settings.role, fn.settings.name);
    const resource = this.settings.eventSourceArn;
    const actions = ["DescribeStream", "GetShardIterator", "GetRecords", "ListStreams"];
    if (!actions.every((action) => allowed(cloud, role, { action: `dynamodb:${action}`, resource }))) return false;
    const key = tableKey(this.engine, resource);
    if (key === undefined) return true;
    const context = { "kms:ViaService": `dynamodb.${cloud.region}.amazonaws.com` };
    return allowed(cloud, role, { action: "kms:Decrypt", resource: key, context });
  }
}

/** The customer-managed key of the stream's table, if it has one. */
function tableKey(engine: LambdaEngine, streamArn: string): string | undefined {
  const tableArn = streamArn.replace(/\/stream\/.*$/, "");
  const description = (engine.cloud.ports as Partial<Ports>).tables?.describe(tableArn) as
    { SSEDescription?: { KMSMasterKeyArn?: string } } | undefined;
  return description?.SSEDescription?.KMSMasterKeyArn;
}

function entryOf(record: StreamRecord): StreamEntry {
  return {
    sequenceNumber: record.dynamodb.SequenceNumber,
    createdAt: record.dynamodb.ApproximateCreationDateTime * 1000,
    text: JSON.stringify(record),
  };
}
