import BTree from "sorted-btree";
import type { Clock, Timer } from "../../../clock";
import { waits } from "../limits";
import { member, type Item } from "../values";

const bucketMs = 60_000;
/** Items that expired longer ago than this are left alone: howitworks-ttl.html. */
const oldestSeconds = 5 * 365 * 86_400;

/**
 * Deletes items some time after their expiry. Keys wait in buckets of a minute, and one timer waits for the first
 * bucket, so that time in which nothing expires costs nothing.
 */
export class TimeToLive {
  private readonly buckets = new BTree<number, Set<string>>(undefined, (a, b) => a - b);
  private timer: Timer | undefined;
  private armedFor: number | undefined;

  /** @param expire deletes those of the keys whose items are due by now. */
  constructor(
    readonly attribute: string,
    private readonly clock: Clock,
    private readonly expire: (keys: readonly string[]) => void,
  ) {}

  /** Follows a change of the item under `key`. */
  follow(key: string, before: Item | undefined, after: Item | undefined): void {
    const oldBucket = this.bucketOf(before);
    const newBucket = this.bucketOf(after);
    if (oldBucket === newBucket) return;
    if (oldBucket !== undefined) this.remove(oldBucket, key);
    if (newBucket === undefined) return;
    const keys = this.buckets.get(newBucket);
    if (keys) keys.add(key);
    else this.buckets.set(newBucket, new Set([key]));
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
    this.buckets.clear();
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

  private remove(bucket: number, key: string): void {
    const keys = this.buckets.get(bucket);
    if (!keys?.delete(key)) return;
    if (keys.size === 0) this.buckets.delete(bucket);
  }

  private arm(): void {
    const first = this.buckets.minKey();
    if (first === undefined || (this.armedFor !== undefined && this.armedFor <= first)) return;
    this.timer?.cancel();
    this.armedFor = first;
    this.timer = this.clock.setTimer(Math.max(0, first * bucketMs - this.clock.now()), () => this.fire());
  }

  private fire(): void {
    this.timer = undefined;
    this.armedFor = undefined;
    const due: string[] = [];
    for (;;) {
      const first = this.buckets.minKey();
      if (first === undefined || first * bucketMs > this.clock.now()) break;
      due.push(...this.buckets.get(first)!);
      this.buckets.delete(first);
    }
    if (due.length > 0) this.expire(due);
    this.arm();
  }
}
