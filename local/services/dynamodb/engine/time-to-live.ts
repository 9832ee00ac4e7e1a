import BTree from "sorted-btree";
import type { Clock, Timer } from "../../../clock";
import { waits } from "../limits";
import { compareText, member, type Item } from "../values";

const bucketMs = 60_000;
const bucketDigits = 10;
/** Items that expired longer ago than this are left alone: howitworks-ttl.html. */
const oldestSeconds = 5 * 365 * 86_400;

/** Storage keys behind the minute in which they are due, so that they lie in the order of their deletion. */
export type Schedule = BTree<string, undefined>;

/**
 * Deletes items some time after their expiry, to the minute. One timer waits for the first minute in which something
 * is due, so that time in which nothing expires costs nothing.
 */
export class TimeToLive {
  private timer: Timer | undefined;
  private armedFor: number | undefined;

  /** @param expire deletes those of the keys whose items are due by now. */
  constructor(
    readonly attribute: string,
    private readonly clock: Clock,
    private readonly expire: (keys: readonly string[]) => void,
    readonly schedule: Schedule = new BTree<string, undefined>(undefined, compareText),
  ) {
    this.arm();
  }

  /** Follows a change of the item under `key`. */
  follow(key: string, before: Item | undefined, after: Item | undefined): void {
    const oldBucket = this.bucketOf(before);
    const newBucket = this.bucketOf(after);
    if (oldBucket === newBucket) return;
    if (oldBucket !== undefined) this.schedule.delete(entry(oldBucket, key));
    if (newBucket === undefined) return;
    this.schedule.set(entry(newBucket, key), undefined);
    this.arm();
  }

  /** Whether the item has expired and its deletion is due. */
  isDue(item: Item): boolean {
    const seconds = this.expiryOf(item);
    if (seconds === undefined) return false;
    const now = this.clock.now();
    return seconds * 1000 + waits.ttl <= now && seconds > now / 1000 - oldestSeconds;
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.armedFor = undefined;
  }

  private expiryOf(item: Item | undefined): number | undefined {
    const text = item && member(item, this.attribute)?.N;
    if (text === undefined) return undefined;
    const seconds = Number(text);
    return seconds > 0 && seconds < 1e11 ? seconds : undefined;
  }

  /** Number of the minute in which the item's deletion is due. */
  private bucketOf(item: Item | undefined): number | undefined {
    const seconds = this.expiryOf(item);
    return seconds === undefined ? undefined : Math.ceil((seconds * 1000 + waits.ttl) / bucketMs);
  }

  private arm(): void {
    const first = this.first();
    if (first === undefined || (this.armedFor !== undefined && this.armedFor <= first)) return;
    this.timer?.cancel();
    this.armedFor = first;
    this.timer = this.clock.setTimer(Math.max(0, first * bucketMs - this.clock.now()), () => this.fire());
  }

  private fire(): void {
    this.timer = undefined;
    this.armedFor = undefined;
    const due: string[] = [];
    const end = entry(Math.floor(this.clock.now() / bucketMs) + 1, "");
    for (let next = this.schedule.minKey(); next !== undefined && next < end; next = this.schedule.minKey()) {
      due.push(next.slice(bucketDigits));
      this.schedule.delete(next);
    }
    if (due.length > 0) this.expire(due);
    this.arm();
  }

  /** The first minute in which something is due. */
  private first(): number | undefined {
    const next = this.schedule.minKey();
    return next === undefined ? undefined : Number(next.slice(0, bucketDigits));
  }
}

function entry(bucket: number, key: string): string {
  return String(bucket).padStart(bucketDigits, "0") + key;
}
