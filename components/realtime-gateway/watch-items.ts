import { N, type Item } from "../shared/attributes";
import { key, tombstoneSk, watchSk } from "./keys";
import { TOMBSTONE_LIFE_SECONDS, WATCH_LIFE_SECONDS } from "./limits";

/** In the partition of `about`: `connection` of `friend` is to be told. */
export function watchItem(about: string, friend: string, connection: string, nowMs: number): Item {
  return { ...key(about, watchSk(friend, connection)), expiresAt: N(seconds(nowMs) + WATCH_LIFE_SECONDS) };
}

/** In the partition of `about`: `friend` must not be told, for hours or for good. */
export function tombstoneItem(about: string, friend: string, nowMs: number, forGood: boolean): Item {
  return {
    ...key(about, tombstoneSk(friend)),
    ...(forGood ? {} : { expiresAt: N(seconds(nowMs) + TOMBSTONE_LIFE_SECONDS) }),
  };
}

function seconds(nowMs: number): number {
  return Math.floor(nowMs / 1000);
}
