import { FRAME_BURST, FRAMES_PER_SECOND, MAX_BUCKETS } from "./limits";

/** Says whether a connection may send one more frame at `nowMs`. */
export type FrameBuckets = (connection: string, nowMs: number) => boolean;

/**
 * One token bucket per connection, in the memory of a container: no request per frame. A connection whose frames are
 * spread over several containers has that many buckets; the stage's throttle bounds the whole.
 */
export function frameBuckets(burst: number = FRAME_BURST, perSecond: number = FRAMES_PER_SECOND): FrameBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (connection, nowMs) => {
    const bucket = buckets.get(connection) ?? { tokens: burst, at: nowMs };
    buckets.delete(connection);
    buckets.set(connection, bucket);
    if (buckets.size > MAX_BUCKETS) buckets.delete(buckets.keys().next().value as string);
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.at) / 1000) * perSecond);
    bucket.at = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}
