/** What letters in dead-letter queues say about players. */
import { textOf, type Item } from "../shared/attributes";
import { playerPk } from "../shared/player-keys";

/** Every address that a player's profile and messages name, each once. */
export function addressesOf(profile: Item | undefined, messages: readonly Item[]): string[] {
  const all = [textOf(profile?.["email"]), ...messages.map((message) => textOf(message["to"]))];
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
  if (!named.has(player) && !body.includes(playerPk(player))) return "nobody";
  return named.size <= 1 ? "this player" : "this player and others";
}

function collect(value: unknown, named: Set<string>): void {
  if (typeof value === "string" && value.startsWith("{")) {
    collect(parse(value), named);
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
