import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { eventItem } from "../../components/realtime-gateway/event-items";
import { watchItem } from "../../components/realtime-gateway/watch-items";

type Item = Record<string, AttributeValue>;

/** Who is there, and who is whose friend: each player has `friends` of the others. */
export interface Crowd {
  readonly players: readonly string[];
  readonly friends: number;
}

export function crowdOf(connections: number, friends: number): Crowd {
  return { players: Array.from({ length: connections }, (_, i) => `fan-${i}`), friends };
}

/** Those who are told about the player at `index`. */
export function friendsOf({ players, friends }: Crowd, index: number): number[] {
  return Array.from({ length: friends }, (_, i) => (index + 1 + i * 7) % players.length);
}

/** Watch entries about the player at `index`. */
export function watchItems(crowd: Crowd, index: number, connectionOf: (player: string) => string, now: number): Item[] {
  const about = crowd.players[index] ?? "";
  return friendsOf(crowd, index).map((friend) => {
    const player = crowd.players[friend] ?? "";
    return watchItem(about, player, connectionOf(player), now);
  });
}

/** One event of every player in each round; who comes after whom is mixed, so that batches meet no neighbours. */
export function eventItems({ players }: Crowd, round: number, now: number): Item[] {
  return players.map((_, i) =>
    eventItem({
      id: `ROUND${String(round).padStart(5, "0")}${String(i).padStart(10, "0")}`,
      player: players[(i * 37) % players.length] ?? "",
      event: "bench",
      data: '{"name":"First Blood"}',
      nowMs: now,
    }),
  );
}
