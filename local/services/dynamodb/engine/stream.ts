import { itemBytes } from "../sizes";
import { limits } from "../limits";
import type { StreamRecord } from "../../../ports";
import type { Item } from "../values";
import type { KeySchema } from "./keys";

export type StreamViewType = "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES" | "KEYS_ONLY";

/** A change as it is kept: images are the stored items themselves. */
interface Change {
  readonly time: number;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  readonly byTimeToLive: boolean;
}

export interface StreamState {
  readonly first: number;
  readonly changes: readonly Change[];
  readonly disabledAt: number | undefined;
}

/** A table's stream: one shard that holds the changes of the last 24 hours, numbered without gaps. */
export class Stream {
  private changes: Change[] = [];
  /** Number of the oldest kept change. */
  private first = 1;
  private head = 0;
  /** When the stream was switched off; it stays readable. */
  disabledAt: number | undefined;

  constructor(
    readonly arn: string,
    readonly label: string,
    readonly viewType: StreamViewType,
    readonly createdAt: number,
    private readonly region: string,
    readonly keys: KeySchema,
    readonly tableName: string,
  ) {}

  append(time: number, before: Item | undefined, after: Item | undefined, byTimeToLive: boolean): void {
    this.changes.push({ time, before, after, byTimeToLive });
  }

  /** @param after sequence number to go on behind; undefined starts at the oldest kept record. */
  read(after: string | undefined, limit: number, now: number): readonly StreamRecord[] {
    this.trim(now);
    const from = after === undefined ? this.first : Math.max(this.first, numberOf(after) + 1);
    const records: StreamRecord[] = [];
    const last = this.first + this.size;
    for (let n = from; n < last && records.length < limit; n++) {
      records.push(this.record(n, this.changes[this.head + n - this.first]!));
    }
    return records;
  }

  latest(): string | undefined {
    const last = this.first + this.size - 1;
    return last < 1 ? undefined : sequenceNumber(last);
  }

  /** Sequence number of the oldest kept record, or of the one that comes next. */
  oldest(now: number): string {
    this.trim(now);
    return sequenceNumber(this.first);
  }

  state(): StreamState {
    return { first: this.first, changes: this.changes.slice(this.head), disabledAt: this.disabledAt };
  }

  restore(state: StreamState): void {
    this.first = state.first;
    this.head = 0;
    this.changes = [...state.changes];
    this.disabledAt = state.disabledAt;
  }

  private get size(): number {
    return this.changes.length - this.head;
  }

  private trim(now: number): void {
    const horizon = now - limits.streamRetentionMs;
    while (this.head < this.changes.length && this.changes[this.head]!.time < horizon) {
      this.head++;
      this.first++;
    }
    if (this.head > 1024 && this.head * 2 > this.changes.length) {
      this.changes = this.changes.slice(this.head);
      this.head = 0;
    }
  }

  private record(n: number, change: Change): StreamRecord {
    const { before, after } = change;
    const keys = this.keysOf((after ?? before)!);
    const newImage = this.viewType === "NEW_IMAGE" || this.viewType === "NEW_AND_OLD_IMAGES" ? after : undefined;
    const oldImage = this.viewType === "OLD_IMAGE" || this.viewType === "NEW_AND_OLD_IMAGES" ? before : undefined;
    const bytes = (item: Item | undefined): number => (item ? itemBytes(item) : 0);
    return {
      eventID: eventId(this.arn, n),
      eventName: !before ? "INSERT" : after ? "MODIFY" : "REMOVE",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: this.region,
      eventSourceARN: this.arn,
      ...(change.byTimeToLive
        ? { userIdentity: { type: "Service" as const, principalId: "dynamodb.amazonaws.com" as const } }
        : {}),
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(change.time / 1000),
        Keys: keys,
        ...(newImage ? { NewImage: newImage } : {}),
        ...(oldImage ? { OldImage: oldImage } : {}),
        SequenceNumber: sequenceNumber(n),
        SizeBytes: bytes(keys) + bytes(newImage) + bytes(oldImage),
        StreamViewType: this.viewType,
      },
    };
  }

  private keysOf(item: Item): Item {
    const { hash, range } = this.keys;
    return { [hash.name]: item[hash.name]!, ...(range ? { [range.name]: item[range.name]! } : {}) };
  }
}

/** 21 digits that rise, as AWS's do. */
function sequenceNumber(n: number): string {
  return "100000" + String(n).padStart(15, "0");
}

function numberOf(text: string): number {
  return Number(text.slice(-15));
}

/** 32 hex digits that depend on stream and position alone, so that a replayed run shows the same ids. */
function eventId(arn: string, n: number): string {
  let id = "";
  let hash = n + 0x9e3779b9;
  for (let i = 0; i < arn.length; i++) hash = Math.imul(hash ^ arn.charCodeAt(i), 0x01000193);
  for (let part = 0; part < 4; part++) {
    hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) + part + n;
    id += (hash >>> 0).toString(16).padStart(8, "0");
  }
  return id;
}
