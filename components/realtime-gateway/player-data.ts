/** Where a player is spoken of outside his own partitions: what an export leaves out and an erasure takes along. */
import { textOf, type Item } from "../shared/attributes";
import { friendOf } from "./friend-items";
import { FRIEND_PREFIX, friendSk, key, parseWatchSk, tombstoneSk, watchPrefixOf, type Key } from "./keys";

/**
 * Everybody who may hold something about a player: friends, requests and blocks of his own, and those whom his own
 * partition of Presence names. Who blocks him is among the latter: a block leaves a tombstone on both sides.
 */
export function othersOf(players: readonly Item[], presence: readonly Item[]): string[] {
  const friends = players
    .filter((item) => textOf(item, "sk")?.startsWith(FRIEND_PREFIX))
    .map((item) => friendOf(item)?.player);
  const watchers = presence.map((item) => parseWatchSk(textOf(item, "sk") ?? "")?.friend);
  const peers = presence.map((item) => textOf(item, "peer"));
  const all = [...friends, ...watchers, ...peers].filter((other) => other !== undefined && other !== "");
  return [...new Set(all as string[])];
}

/** What another player's partitions can hold about a player. */
export interface Traces {
  /** Of the Players table: the other side of a friendship, request or block. */
  readonly side: Key;
  /** Of the Presence table: the silence between the two. */
  readonly tombstone: Key;
  /** Of the Presence table: entries that tell the player's connections about the other. */
  readonly watchPrefix: string;
}

/** The keys under which another player's partitions may speak of a player. */
export function tracesAt(other: string, player: string): Traces {
  return {
    side: key(other, friendSk(player)),
    tombstone: key(other, tombstoneSk(player)),
    watchPrefix: watchPrefixOf(player),
  };
}

/** Whether an event in another player's partition is about this player. */
export function isNewsAbout(event: Item, player: string): boolean {
  return textOf(event, "peer") === player;
}
