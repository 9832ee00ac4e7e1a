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

/** Members whose value is a player's id; a list of encoded ones in the tags of SES's events. */
const PLAYER_MEMBERS = ["player", "playerId"];

/** A key that names a player: his partition, or the other side of a friendship or of a watch entry. */
const NAMING_KEY = /^(?:PLAYER#|FRIEND#|WATCH[#!])([A-Za-z0-9_-]+)(?:#|$)/;

/**
 * Whether a letter of a dead-letter queue is about a player, and about him alone.
 * @param addresses of the player, in lower case: events of mails may name nothing else.
 */
export function letterAbout(body: string, player: string, addresses: readonly string[] = []): About {
  const named = new Set<string>();
  collect(parse(body), named);
  // The end of the id counts: `PLAYER#ada` also begins what another's keys say.
  const inText = new RegExp(`${playerPk(player)}(?![A-Za-z0-9_-])`).test(body);
  if (!named.has(player) && !inText && !addresses.some((address) => mentions(body, address))) return "nobody";
  named.delete(player);
  return named.size === 0 ? "this player" : "this player and others";
}

/** Whether a text has an address in it, and not as a part of a longer one. */
function mentions(text: string, address: string): boolean {
  const all = text.toLowerCase();
  for (let at = all.indexOf(address); at >= 0; at = all.indexOf(address, at + 1)) {
    const before = all[at - 1] ?? "";
    const after = all.slice(at + address.length, at + address.length + 2);
    // A full stop ends a sentence, unless a further label of the domain follows.
    if (!/[a-z0-9.!#$%&'*+/=?^_`{|}~-]/.test(before) && !/^(?:[a-z0-9-]|\.[a-z0-9])/.test(after)) return true;
  }
  return false;
}

function collect(value: unknown, named: Set<string>): void {
  if (typeof value === "string") {
    const key = NAMING_KEY.exec(value)?.[1];
    if (key !== undefined) named.add(decodePlayerId(key));
    else if (value.startsWith("{")) collect(parse(value), named);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [member, inner] of Object.entries(value)) {
    if (PLAYER_MEMBERS.includes(member) && typeof inner === "string") named.add(inner);
    else if (PLAYER_MEMBERS.includes(member) && Array.isArray(inner))
      for (const tag of inner) named.add(decodePlayerId(String(tag)));
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
