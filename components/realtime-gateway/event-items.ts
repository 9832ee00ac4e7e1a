import { BOOL, N, numberOf, S, textOf, type Item } from "../shared/attributes";
import { EVENT_PREFIX, key } from "./keys";
import { EVENT_LIFE_SECONDS } from "./limits";

/** News about a friendship, for the two and nobody else. */
export interface FriendNews {
  readonly peer: string;
  /** `both`: the friendship is new to both; `me`: only to the player in whose partition the event lies. */
  readonly scope: "both" | "me";
  /** The connection that caused it, and knows from its reply. */
  readonly connection: string;
}

/** A player event: an item of the Presence table, told from its stream. */
export interface PlayerEvent {
  /** ULID. */
  readonly id: string;
  readonly player: string;
  readonly event: string;
  /** JSON text. */
  readonly data?: string;
  readonly nowMs: number;
  /** Not told to friends, only to the studio's own reactions. @default false */
  readonly quiet?: boolean;
  readonly news?: FriendNews;
}

/** The item of an event; TTL deletes it when it has long been told. */
export function eventItem(event: PlayerEvent): Item {
  return {
    ...key(event.player, `${EVENT_PREFIX}${event.id}`),
    playerId: S(event.player),
    event: S(event.event),
    time: N(event.nowMs),
    expiresAt: N(Math.floor(event.nowMs / 1000) + EVENT_LIFE_SECONDS),
    ...(event.data === undefined ? {} : { data: S(event.data) }),
    ...(event.quiet ? { quiet: BOOL(true) } : {}),
    ...(event.news
      ? { peer: S(event.news.peer), scope: S(event.news.scope), connection: S(event.news.connection) }
      : {}),
  };
}

/** Undefined for an item that no event of ours can be. */
export function eventOf(item: Item): PlayerEvent | undefined {
  const sk = textOf(item, "sk") ?? "";
  const player = textOf(item, "playerId");
  const event = textOf(item, "event");
  const nowMs = numberOf(item, "time");
  if (!sk.startsWith(EVENT_PREFIX) || player === undefined || event === undefined || nowMs === undefined)
    return undefined;
  const data = textOf(item, "data");
  const peer = textOf(item, "peer");
  const scope = textOf(item, "scope") === "both" ? "both" : "me";
  return {
    id: sk.slice(EVENT_PREFIX.length),
    player,
    event,
    nowMs,
    quiet: item["quiet"]?.BOOL ?? false,
    ...(data === undefined ? {} : { data }),
    ...(peer === undefined ? {} : { news: { peer, scope, connection: textOf(item, "connection") ?? "" } }),
  };
}
