import { friendOf } from "../../../components/realtime-gateway/friend-items";
import { FRIEND_PREFIX } from "../../../components/realtime-gateway/keys";
import { presenceOf } from "../../../components/realtime-gateway/presence-items";
import { preferencesOf } from "../../../components/realtime-gateway/profile-items";
import { numberOf, textOf, type Item } from "../../../components/shared/attributes";
import { PREFERENCES_SK } from "../../../components/shared/player-keys";
import { plainItem } from "./plain";
import type { Subject } from "./subject";
import { plural } from "../plural";

const LATEST = 10;
/** Shown apart, or of no use to a person. */
const LEFT_OUT = new Set(["pk", "sk", "playerId", "gameData"]);

/** A player at a glance; no lines for one of whom nothing is known. */
export function summary({ player, profile, players, presence, messages }: Subject, now: number): string[] {
  if (players.length + presence.length + messages.length === 0) return [];
  const sk = (item: Item): string => textOf(item, "sk") ?? "";
  const state = presenceOf(presence.find((item) => sk(item) === "PRESENCE"));
  const friends = players.filter((item) => sk(item).startsWith(FRIEND_PREFIX)).map((item) => friendOf(item));
  const count = (of: string): number => friends.filter((friend) => friend?.state === of).length;
  const preferences = preferencesOf(players.find((item) => sk(item) === PREFERENCES_SK));
  const attributes = Object.entries(plainItem(profile ?? {})).filter(([name]) => !LEFT_OUT.has(name));
  const latest = [...messages].sort((a, b) => created(b) - created(a)).slice(0, LATEST);
  return [
    `player ${player}`,
    ...attributes.map(([name, value]) => `  ${name.padEnd(16)}${shown(name, value)}`),
    `  ${"presence".padEnd(16)}${state.status}, ${plural(state.connections.length, "connection")}`,
    `  ${"friends".padEnd(16)}${plural(count("accepted"), "friend")}, ${count("requested")} asked, ${count("pending")} asking, ${count("blocked")} blocked`,
    `  ${"mail".padEnd(16)}social ${yes(preferences.emailSocial)}, marketing ${yes(preferences.emailMarketing)}`,
    `  ${"messages".padEnd(16)}${messages.length}${messages.length > LATEST ? `, the latest ${LATEST}:` : ""}`,
    ...latest.map(
      (item) =>
        `    ${at(created(item), now)}  ${textOf(item, "id") ?? ""}  ${textOf(item, "template") ?? ""}  ${textOf(item, "status") ?? ""}` +
        (item["reason"]?.M?.["code"]?.S === undefined ? "" : `: ${item["reason"].M["code"].S}`),
    ),
  ];
}

function created(item: Item): number {
  return numberOf(item, "createdAt") ?? 0;
}

function yes(value: boolean): string {
  return value ? "yes" : "no";
}

function shown(name: string, value: unknown): string {
  return name.endsWith("At") && typeof value === "number" ? new Date(value * 1000).toISOString() : String(value);
}

function at(seconds: number, now: number): string {
  const time = new Date(seconds * 1000).toISOString();
  return time.slice(0, 10) === new Date(now).toISOString().slice(0, 10)
    ? time.slice(11, 19)
    : time.slice(0, 16).replace("T", " ");
}
