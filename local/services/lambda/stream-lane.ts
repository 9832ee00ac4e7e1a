import type { Timer } from "../../clock";
import { AwsError } from "../../aws-error";
import { deliver } from "./destination";
import { syncPayloadLimit, type LambdaEngine } from "./engine";
import type { Outcome } from "./invocation";
import { failedPositions, type MappingSettings, type ReportResult } from "./mapping";
import { instant, TumblingWindow } from "./tumbling-window";

/** A stream record that waits for its invocation. */
export interface StreamEntry {
  readonly sequenceNumber: string;
  /** ms since the epoch. */
  readonly createdAt: number;
  /** The record as JSON. */
  readonly text: string;
}

/** A batch on its way: what is left of it, and how often that failed. */
interface Work {
  readonly entries: readonly StreamEntry[];
  readonly retries: number;
  readonly invokes: number;
}

/** The name of a stream's one shard, as DescribeStream shows it: from the time in the stream's label. */
export function shardIdOf(streamArn: string): string {
  const created = Date.parse(`${streamArn.split("/stream/")[1] ?? ""}Z`);
  return `shardId-${String(Number.isNaN(created) ? 0 : created).padStart(20, "0")}-00000001`;
}

const retentionMs = 24 * 3_600_000;
const longestBackoffMs = 60_000;

/**
 * Works off the records of some partition keys, one batch at a time: retries, bisects, gives up by attempts or age.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export class StreamLane {
  private readonly waiting: StreamEntry[] = [];
  private readonly work: Work[] = [];
  private readonly window: TumblingWindow | undefined;
  private firstAt = 0;
  private running = false;
  private stopped = true;
  private current: StreamEntry | undefined;
  private timer: Timer | undefined;

  constructor(
    private readonly engine: LambdaEngine,
    private readonly uuid: string,
    private readonly settings: MappingSettings,
    private readonly report: ReportResult,
  ) {
    const seconds = settings.tumblingWindowInSeconds;
    if (seconds > 0)
      this.window = new TumblingWindow(seconds * 1000, shardIdOf(settings.eventSourceArn), settings.eventSourceArn);
  }

  get length(): number {
    return this.waiting.length;
  }

  /** A sequence number just below the oldest record that is still to be done. */
  get beforeOldest(): string | undefined {
    const oldest = this.running ? this.current : (this.work[0]?.entries[0] ?? this.waiting[0]);
    return oldest && String(BigInt(oldest.sequenceNumber) - 1n);
  }

  push(entry: StreamEntry): void {
    if (this.waiting.length === 0) this.firstAt = this.engine.cloud.clock.now();
    this.waiting.push(entry);
  }

  start(): void {
    this.stopped = false;
    this.pump();
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** Starts the next batch if there is one and none is running. */
  pump(): void {
    if (this.running || this.stopped) return;
    this.timer?.cancel();
    this.timer = undefined;
    if (this.work.length === 0 && !this.form()) return;
    this.running = true;
    void this.drain().then(
      () => this.resume(),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        this.report(`PROBLEM: ${message}`);
        this.engine.cloud.trace.emit({ kind: "error", service: "lambda", name: "EventSourceMapping", error: message });
        this.running = false;
      },
    );
  }

  private resume(): void {
    this.running = false;
    this.pump();
  }

  /** Makes the next batch, or sets a timer for it. */
  private form(): boolean {
    const { clock } = this.engine.cloud;
    const closing = this.window?.due(clock.now(), this.waiting[0]?.createdAt);
    if (closing) {
      this.work.push({ entries: [], retries: 0, invokes: 0 });
      return true;
    }
    if (this.waiting.length === 0) {
      this.sleepUntil(this.window?.end);
      return false;
    }
    const ready = this.take();
    const patience = this.firstAt + this.settings.maximumBatchingWindowInSeconds * 1000;
    if (!ready.full && clock.now() < patience) {
      this.sleepUntil(Math.min(patience, this.window?.end ?? Infinity));
      return false;
    }
    this.waiting.splice(0, ready.count);
    this.firstAt = clock.now();
    this.work.push({ entries: ready.entries, retries: 0, invokes: 0 });
    return true;
  }

  /** The records of the next batch: at most the batch size, 6 MB, and one tumbling window. */
  private take(): { readonly entries: readonly StreamEntry[]; readonly count: number; readonly full: boolean } {
    let bytes = 100;
    let count = 0;
    let full = false;
    const end = this.window?.endFor(this.waiting[0]!.createdAt) ?? Infinity;
    for (const entry of this.waiting) {
      bytes += Buffer.byteLength(entry.text) + 1;
      if (count === this.settings.batchSize || (count > 0 && bytes > syncPayloadLimit) || entry.createdAt >= end) {
        full = true;
        break;
      }
      count++;
    }
    return { entries: this.waiting.slice(0, count), count, full: full || count === this.settings.batchSize };
  }

  private sleepUntil(time: number | undefined): void {
    if (time === undefined) return;
    const { clock } = this.engine.cloud;
    this.timer = clock.setTimer(time - clock.now(), () => {
      this.timer = undefined;
      this.pump();
    });
  }

  private async drain(): Promise<void> {
    for (let next = this.work.shift(); next; next = this.work.shift()) {
      if (this.stopped) {
        this.work.unshift(next);
        return;
      }
      await this.attempt(next);
    }
  }

  private async attempt(work: Work): Promise<void> {
    const current = await this.withoutExpired(work);
    this.current = current.entries[0];
    if (current.entries.length === 0 && work.entries.length > 0) return;
    let outcome: Outcome;
    const fn = this.engine.find(this.settings.functionName);
    const body = `"Records":[${current.entries.map((entry) => entry.text).join(",")}]`;
    const payload = this.window ? this.window.event(body, current.entries[0]?.createdAt) : `{${body}}`;
    try {
      outcome = await this.engine.run(fn, {
        payload,
        data: { eventSource: this.settings.eventSourceArn, batchSize: current.entries.length, mapping: this.uuid },
      });
    } catch (error) {
      // Not invoked at all (throttled, role, key): tried again until the records are too old.
      if (!(error instanceof AwsError)) throw error;
      this.report(`PROBLEM: ${error.message}`);
      await this.pause(current.invokes);
      this.work.unshift({ ...current, invokes: current.invokes + 1 });
      return;
    }
    await this.judge({ ...current, invokes: current.invokes + 1 }, outcome);
  }

  private async judge(work: Work, outcome: Outcome): Promise<void> {
    const { settings, engine } = this;
    const { entries } = work;
    const last = entries.at(-1);
    if (last) {
      const fn = engine.find(settings.functionName);
      engine.metric(fn, "IteratorAge", engine.cloud.clock.now() - last.createdAt, "Milliseconds");
    }
    let failed = outcome.functionError !== undefined;
    if (!failed && this.window) failed = !this.window.accept(outcome.payload, entries.length === 0);
    const identifiers = entries.map((entry) => entry.sequenceNumber);
    const positions = failedPositions(
      { failed, payload: outcome.payload },
      identifiers,
      settings.reportsBatchItemFailures,
    );
    const lost = engine.deliveryFault?.({ mapping: this.uuid, function: settings.functionName }) === "repeat";
    if (!failed && positions.length === 0) {
      this.report("OK");
      if (lost && entries.length > 0) this.work.unshift(work);
      return;
    }
    this.report("PROBLEM: Function call failed");
    if (entries.length === 0) {
      // The final invocation of a window blocks the shard until it succeeds.
      await this.pause(work.retries);
      this.work.unshift({ ...work, retries: work.retries + 1 });
      return;
    }
    await this.retry(work, positions[0]!, outcome);
  }

  /** The checkpoint is the lowest failed record: everything from there on runs again. */
  private async retry(work: Work, first: number, outcome: Outcome): Promise<void> {
    const { settings } = this;
    const rest = work.entries.slice(first);
    if (settings.bisectBatchOnFunctionError && (first > 0 || rest.length > 1)) {
      // Splitting uses up no retry. Where a position was returned, that is where the batch is split.
      const middle = Math.ceil(rest.length / 2);
      const parts = first > 0 ? [rest] : [rest.slice(0, middle), rest.slice(middle)];
      this.work.unshift(...parts.map((entries) => ({ ...work, entries })));
      return;
    }
    const retries = work.retries + 1;
    if (settings.maximumRetryAttempts >= 0 && retries > settings.maximumRetryAttempts) {
      await this.discard({ ...work, entries: rest }, "RetryAttemptsExhausted", outcome);
      return;
    }
    await this.pause(work.retries);
    this.work.unshift({ ...work, entries: rest, retries });
  }

  private async withoutExpired(work: Work): Promise<Work> {
    const limit = this.settings.maximumRecordAgeInSeconds;
    const maximum = limit < 0 ? retentionMs : Math.min(limit * 1000, retentionMs);
    const now = this.engine.cloud.clock.now();
    const fresh = work.entries.findIndex((entry) => now - entry.createdAt <= maximum);
    const count = fresh < 0 ? work.entries.length : fresh;
    if (count === 0) return work;
    await this.discard({ ...work, entries: work.entries.slice(0, count) }, "RecordAgeExceeded", undefined);
    return { ...work, entries: work.entries.slice(count) };
  }

  private pause(failures: number): Promise<void> {
    const { clock } = this.engine.cloud;
    const delay = Math.min(longestBackoffMs, 500 * 2 ** Math.min(failures, 10));
    return new Promise((resolve) => clock.setTimer(delay, resolve));
  }

  /** Gives records up: metadata (to S3 with the payload) goes to the on-failure destination. */
  private async discard(work: Work, condition: string, outcome: Outcome | undefined): Promise<void> {
    const { engine, settings } = this;
    const { cloud } = engine;
    const fn = engine.find(settings.functionName);
    const first = work.entries[0]!;
    const last = work.entries.at(-1)!;
    cloud.trace.emit({
      kind: "state",
      service: "lambda",
      name: settings.functionName,
      error: condition,
      data: { discarded: work.entries.length, mapping: this.uuid, destination: settings.onFailure ?? null },
    });
    if (settings.onFailure === undefined) return;
    const record = {
      requestContext: {
        requestId: outcome?.requestId ?? cloud.uuid(),
        functionArn: fn.arn,
        condition,
        approximateInvokeCount: work.invokes,
      },
      ...(outcome === undefined
        ? {}
        : {
            responseContext: {
              statusCode: 200,
              executedVersion: "$LATEST",
              functionError: outcome.functionError ?? null,
            },
          }),
      version: "1.0",
      timestamp: new Date(cloud.clock.now()).toISOString(),
      DDBStreamBatchInfo: {
        shardId: shardIdOf(settings.eventSourceArn),
        startSequenceNumber: first.sequenceNumber,
        endSequenceNumber: last.sequenceNumber,
        approximateArrivalOfFirstRecord: instant(first.createdAt),
        approximateArrivalOfLastRecord: instant(last.createdAt),
        batchSize: work.entries.length,
        streamArn: settings.eventSourceArn,
      },
    };
    const payload = { payload: `{"Records":[${work.entries.map((entry) => entry.text).join(",")}]}` };
    const toS3 = settings.onFailure.startsWith("arn:aws:s3");
    await deliver(cloud, fn, settings.onFailure, toS3 ? { ...record, ...payload } : record, this.uuid);
  }
}
