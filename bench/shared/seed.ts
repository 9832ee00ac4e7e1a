import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { FRIEND_PREFIX, key } from "../../components/realtime-gateway/keys";
import { checkName, expiryName } from "../../components/realtime-gateway/presence-items";
import { BOOL, N, S } from "../../components/shared/attributes";
import { encodePlayerId } from "../../components/shared/player-keys";
import type { Cloud } from "../../local/cloud";

type Item = Record<string, AttributeValue>;

/** Writes items as the operator does, 25 at a time. */
export async function putItems(cloud: Cloud, table: string, items: readonly Item[]): Promise<void> {
  for (let i = 0; i < items.length; i += 25) {
    const requests = items.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } }));
    await cloud.call("dynamodb", "BatchWriteItem", { RequestItems: { [table]: requests } }, cloud.operator);
  }
}

/** One player's side of an accepted friendship. */
export function friendItem(player: string, friend: string): Item {
  return {
    ...key(player, `${FRIEND_PREFIX}${encodePlayerId(friend)}`),
    status: S("accepted"),
    muted: BOOL(false),
    version: N(1),
  };
}

/** The presence of a player who is online with one connection, of which nobody is the other end. */
export function onlineItem(player: string, connection: string, nowMs: number): Item {
  return {
    ...key(player, "PRESENCE"),
    playerId: S(player),
    status: S("online"),
    version: N(1),
    connections: { SS: [connection] },
    [expiryName(connection)]: N(nowMs + 600_000),
    [checkName(connection)]: S("bench"),
    activeAt: N(Math.floor(nowMs / 1000)),
  };
}
