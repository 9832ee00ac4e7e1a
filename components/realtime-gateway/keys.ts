import { decodePlayerId, encodePlayerId, playerPk } from "../shared/player-keys";

/** Sort keys of the Presence table; partition keys are `PLAYER#<encoded player id>` in both tables. */
export const PRESENCE_SK = "PRESENCE";
/** Tombstones sort before entries (`!` < `#`), so that one Query meets them first. */
export const WATCH_PREFIX = "WATCH";
/** Before the id of a player event. */
export const EVENT_PREFIX = "EVENT#";
/** Sort keys of the Players table. */
export const FRIEND_PREFIX = "FRIEND#";

/** A key of either table, as DynamoDB takes it. */
export interface Key {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
}

/** The key of a player's item. */
export function key(player: string, sk: string): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: playerPk(player) }, sk: { S: sk } };
}

/** In the partition of a player: `connection` of `friend` is to be told about the player. */
export function watchSk(friend: string, connection: string): string {
  return `${WATCH_PREFIX}#${encodePlayerId(friend)}#${connection}`;
}

/** All entries of one friend in the partition of a player. */
export function watchPrefixOf(friend: string): string {
  return `${WATCH_PREFIX}#${encodePlayerId(friend)}#`;
}

/** In the partition of a player: `friend` must not be told about the player. */
export function tombstoneSk(friend: string): string {
  return `${WATCH_PREFIX}!${encodePlayerId(friend)}`;
}

/** In the partition of a player: how he stands to `friend`. */
export function friendSk(friend: string): string {
  return `${FRIEND_PREFIX}${encodePlayerId(friend)}`;
}

/** What a sort key that begins with `WATCH` says; undefined for a malformed one. */
export type Watch =
  | { readonly kind: "entry"; readonly friend: string; readonly connection: string }
  | { readonly kind: "tombstone"; readonly friend: string };

/** Takes a sort key that begins with `WATCH` apart. */
export function parseWatchSk(sk: string): Watch | undefined {
  const rest = sk.slice(WATCH_PREFIX.length + 1);
  if (sk.startsWith(`${WATCH_PREFIX}!`)) return { kind: "tombstone", friend: decodePlayerId(rest) };
  const separator = rest.indexOf("#");
  if (!sk.startsWith(`${WATCH_PREFIX}#`) || separator < 1 || separator === rest.length - 1) return undefined;
  return {
    kind: "entry",
    friend: decodePlayerId(rest.slice(0, separator)),
    connection: rest.slice(separator + 1),
  };
}
