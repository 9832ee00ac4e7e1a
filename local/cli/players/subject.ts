import { othersOf } from "../../../components/realtime-gateway/player-data";
import { presenceOf } from "../../../components/realtime-gateway/presence-items";
import { queryAll } from "../../../components/realtime-gateway/store";
import { addressesOf } from "../../../components/message-store/player-data";
import { textOf, type Item } from "../../../components/shared/attributes";
import { PROFILE_SK } from "../../../components/shared/player-keys";
import type { StackAccess } from "../stack-access";

/** A player, and what leads to all that is known about him. */
export interface Subject {
  readonly access: StackAccess;
  readonly player: string;
  /** Items of his partitions. */
  readonly players: readonly Item[];
  readonly presence: readonly Item[];
  readonly messages: readonly Item[];
  readonly profile: Item | undefined;
  /** Connection ids. */
  readonly connections: readonly string[];
  /** Players who may hold something about him. */
  readonly others: readonly string[];
  readonly addresses: readonly string[];
}

/** Reads a player's partitions, by key. What an earlier look knew (friends, addresses) stays known. */
export async function readSubject(access: StackAccess, player: string, earlier?: Subject): Promise<Subject> {
  const { gateway, messages: store } = access.operations;
  const read = (table: string | undefined): Promise<Item[]> =>
    table === undefined ? Promise.resolve([]) : queryAll(access.database, table, player, "");
  const [players, presence, messages] = await Promise.all([
    read(gateway?.players),
    read(gateway?.presence),
    read(store?.table),
  ]);
  const sk = (item: Item): string | undefined => textOf(item, "sk");
  const profile = players.find((item) => sk(item) === PROFILE_SK);
  return {
    access,
    player,
    players,
    presence,
    messages,
    profile,
    connections: presenceOf(presence.find((item) => sk(item) === "PRESENCE")).connections.map(({ id }) => id),
    others: merged(
      earlier?.others,
      othersOf(players, presence).filter((other) => other !== player),
    ),
    addresses: merged(earlier?.addresses, addressesOf(profile, messages)),
  };
}

function merged(before: readonly string[] = [], now: readonly string[]): string[] {
  return [...new Set([...before, ...now])];
}
