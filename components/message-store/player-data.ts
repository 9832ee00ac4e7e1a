/** What letters in dead-letter queues say about players. */
import { textOf, type Item } from "../shared/attributes";
import { decodePlayerId, playerPk } from "../shared/player-keys";

/** Every address that a player's profile and messages name, each once. */
export function addressesOf(profile: Item | undefined, messages: readonly Item[]): string[] {
  const all = [textOf(profile, "email"), ...messages.map((message) => textOf(message, "to"))];
  return [...new Set(all.flatMap((address) => (address === undefined ? [] : [address.trim().toLowerCase()])))];
}

/** Whom a letter is about. */
export type About = "nobody" | "this player" | "this player and others";

/** Members whose value is a player's id. */
const PLAYER_MEMBERS = ["player", "playerId"];

/** Whether a letter of a dead-letter queue is about a player, and about him alone. */
export function letterAbout(body: string, player: string): About {
  const named = new Set<string>();
  collect(parse(body), named);
  // The end of the id counts: `PLAYER#ada` also begins what another's keys say.
  if (!named.has(player) && !new RegExp(`${playerPk(player)}(?![A-Za-z0-9_-])`).test(body)) return "nobody";
  named.delete(player);
  return named.size === 0 ? "this player" : "this player and others";
}

function collect(value: unknown, named: Set<string>): void {
  if (typeof value === "string") {
    const key = /^PLAYER#([A-Za-z0-9_-]+)$/.exec(value)?.[1];
    if (key !== undefined) named.add(decodePlayerId(key));
    else if (value.startsWith("{")) collect(parse(value), named);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [member, inner] of Object.entries(value)) {
    if (PLAYER_MEMBERS.includes(member) && typeof inner === "string") named.add(inner);
    else collect(inner, named);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
