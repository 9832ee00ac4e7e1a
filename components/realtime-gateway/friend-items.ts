import { numberOf, textOf, type Item } from "../shared/attributes";
import { decodePlayerId } from "../shared/player-keys";
import type { FriendState, Side } from "./friendship";
import { FRIEND_PREFIX } from "./keys";

/** One friend item of a player. */
export interface Friend extends Side {
  readonly player: string;
}

/** Reads the item `FRIEND#<friend>`; undefined where there is none. */
export function friendOf(item: Item | undefined): Friend | undefined {
  const sk = textOf(item, "sk");
  if (!item || sk === undefined) return undefined;
  return {
    player: decodePlayerId(sk.slice(FRIEND_PREFIX.length)),
    state: (textOf(item, "status") ?? "requested") as FriendState,
    muted: item["muted"]?.BOOL ?? false,
    version: numberOf(item, "version") ?? 0,
  };
}

/** Reads the friend items of a player. */
export function friendsOf(items: readonly Item[]): Friend[] {
  return items.map(friendOf).filter((friend) => friend !== undefined);
}

/** Whether one side of a friendship is that of a friend. */
export function isFriend(side: Side | undefined): boolean {
  return side?.state === "accepted";
}
