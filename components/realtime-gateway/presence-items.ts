import { numberOf, textOf, type Item } from "../shared/attributes";
import { parseWatchSk } from "./keys";

/** What friends see of a player. */
export type PresenceStatus = "online" | "offline";

/** A live connection of a player. */
export interface Connection {
  readonly id: string;
  /** Milliseconds since the epoch after which it counts as gone. */
  readonly expiresAt: number;
  /** Names the delayed check that watches it; a check of another name is out of date. */
  readonly check: string;
}

/**
 * The item `PRESENCE`: one item, so that "no connection left" and "offline" can be one conditional write. Connections
 * are a string set (`connections`, absent when empty) and two top-level attributes each, because a set can be added to
 * without knowing whether the item exists: the first hello of a player costs no request more than any other.
 */
export interface Presence {
  readonly status: PresenceStatus;
  /** Rises with each change of status. */
  readonly version: number;
  readonly connections: readonly Connection[];
  /** Milliseconds since the epoch of the last drop of a connection; 0 if there was none. */
  readonly droppedAt: number;
  /** Seconds since the epoch at which the profile's last-active time was written last; 0 if never. */
  readonly activeAt: number;
}

/** The presence of a player who never said hello. */
export const NEVER_SEEN: Presence = { status: "offline", version: 0, connections: [], droppedAt: 0, activeAt: 0 };

/** Attribute of a connection's expiry. */
export function expiryName(connection: string): string {
  return `e#${connection}`;
}

/** Attribute of the name of a connection's check. */
export function checkName(connection: string): string {
  return `k#${connection}`;
}

/** Reads the item `PRESENCE`. */
export function presenceOf(item: Item | undefined): Presence {
  if (!item) return NEVER_SEEN;
  return {
    status: textOf(item, "status") === "online" ? "online" : "offline",
    version: numberOf(item, "version") ?? 0,
    connections: (item["connections"]?.SS ?? []).map((id) => ({
      id,
      expiresAt: numberOf(item, expiryName(id)) ?? 0,
      check: textOf(item, checkName(id)) ?? "",
    })),
    droppedAt: numberOf(item, "droppedAt") ?? 0,
    activeAt: numberOf(item, "activeAt") ?? 0,
  };
}

/** Whether others must keep watch entries for this player: someone in his grace period is still online for others. */
export function isNear(presence: Presence): boolean {
  return presence.status === "online" || presence.connections.length > 0;
}

/** A connection that is to be told. */
export interface Watcher {
  readonly friend: string;
  readonly connection: string;
}

/** Watch entries out of a Query's items. */
export interface WatchList {
  readonly watchers: readonly Watcher[];
  /** Players who must not be told. */
  readonly silenced: readonly string[];
}

/** Sorts a Query's items; those whose time is over are left out, because TTL deletes days late. */
export function watchListOf(items: readonly Item[], nowMs: number): WatchList {
  const watchers: Watcher[] = [];
  const silenced: string[] = [];
  for (const item of items) {
    const expiresAt = numberOf(item, "expiresAt");
    if (expiresAt !== undefined && expiresAt * 1000 <= nowMs) continue;
    const watch = parseWatchSk(textOf(item, "sk") ?? "");
    if (watch?.kind === "tombstone") silenced.push(watch.friend);
    else if (watch) watchers.push({ friend: watch.friend, connection: watch.connection });
  }
  return { watchers, silenced };
}

/** Those who are to be told. */
export function audienceOf(list: WatchList): Watcher[] {
  return list.watchers.filter((watcher) => !list.silenced.includes(watcher.friend));
}
