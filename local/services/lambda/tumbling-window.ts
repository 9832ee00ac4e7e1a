/** Bytes of a window's state. https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html */
const stateLimit = 1024 * 1024;

/** State of a tumbling window of one lane: which window is open, what the function carries from batch to batch. */
export class TumblingWindow {
  private start: number | undefined;
  private state: unknown = {};
  private early = false;
  private final = false;

  /** @param lengthMs windows are aligned to the epoch. */
  constructor(
    private readonly lengthMs: number,
    private readonly shardId: string,
    private readonly eventSourceArn: string,
  ) {}

  get open(): boolean {
    return this.start !== undefined;
  }

  /** ms since the epoch at which the open window ends. */
  get end(): number | undefined {
    return this.start === undefined ? undefined : this.start + this.lengthMs;
  }

  endFor(createdAt: number): number {
    return this.end ?? Math.floor(createdAt / this.lengthMs) * this.lengthMs + this.lengthMs;
  }

  /** Whether the final invocation is due: the time is over, the next record lies beyond, or the state grew too large. */
  due(now: number, nextCreatedAt: number | undefined): boolean {
    const { end } = this;
    if (end === undefined) return false;
    this.final = this.early || (nextCreatedAt === undefined ? now >= end : nextCreatedAt >= end);
    return this.final;
  }

  /** The event of the next invocation. */
  event(records: string, createdAt: number | undefined): string {
    if (this.start === undefined && createdAt !== undefined) {
      this.start = Math.floor(createdAt / this.lengthMs) * this.lengthMs;
      this.final = false;
    }
    const from = this.start ?? 0;
    const rest = {
      window: { start: instant(from), end: instant(from + this.lengthMs) },
      state: this.state,
      shardId: this.shardId,
      eventSourceARN: this.eventSourceArn,
      isFinalInvokeForWindow: this.final,
      isWindowTerminatedEarly: this.final && this.early,
    };
    return `{${records},${JSON.stringify(rest).slice(1)}`;
  }

  /** Takes the answer; false means that the invocation counts as failed. */
  accept(payload: string, wasFinal: boolean): boolean {
    if (wasFinal) {
      this.start = undefined;
      this.state = {};
      this.early = false;
      this.final = false;
      return true;
    }
    const answer = JSON.parse(payload) as { state?: unknown } | null;
    if (typeof answer !== "object" || answer === null || answer.state === undefined) return false;
    this.state = answer.state;
    if (Buffer.byteLength(JSON.stringify(this.state)) > stateLimit) this.early = true;
    return true;
  }
}

/** A time as AWS writes those of records and windows: whole seconds without their milliseconds. */
export function instant(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}
