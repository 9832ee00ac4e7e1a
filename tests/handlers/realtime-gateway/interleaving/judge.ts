import { audienceOf, presenceOf, watchListOf } from "../../../../components/realtime-gateway/presence-items";
import { encodePlayerId, playerPk } from "../../../../components/shared/player-keys";
import type { Json } from "../../../../local/service";
import { PLAYERS, PRESENCE, type World } from "../world";

/** What a client knows of its player's friends, by their ids. */
export type View = Map<string, { readonly status: string; readonly version: number }>;

/**
 * What is wrong once nothing moves any more, by the tables and by what is in the clients' heads.
 *
 * @param answered connections whose hello was answered.
 * @param views by connection.
 */
export async function problemsAtRest(
  world: World,
  answered: ReadonlySet<string>,
  views: ReadonlyMap<string, View>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [me, friend] of [
    ["P", "Q"],
    ["Q", "P"],
  ] as const) {
    const there = (player: string) =>
      [...world.sockets].filter(([connection, of]) => of === player && answered.has(connection)).map(([id]) => id);
    const want = there(friend).length > 0 ? "online" : "offline";
    const presence = presenceOf((await itemOf(world, PRESENCE, friend, "PRESENCE")) as never);
    if (presence.status !== want) problems.push(`${friend} is ${presence.status}, not ${want}`);
    const ids = presence.connections.map(({ id }) => id).sort();
    if (ids.join() !== there(friend).sort().join()) problems.push(`${friend} has the connections ${ids.join()}`);
    const side = await itemOf(world, PLAYERS, me, `FRIEND#${encodePlayerId(friend)}`);
    const accepted = (side?.["status"] as { S?: string } | undefined)?.S === "accepted";
    const muted = (side?.["muted"] as { BOOL?: boolean } | undefined)?.BOOL === true;
    const { Items } = await world.call("Query", {
      TableName: PRESENCE,
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :w)",
      ExpressionAttributeValues: { ":pk": { S: playerPk(friend) }, ":w": { S: "WATCH" } },
    });
    const list = watchListOf(Items as never, world.now);
    const audience = audienceOf(list);
    for (const connection of there(me)) {
      const told = audience.some((watcher) => watcher.friend === me && watcher.connection === connection);
      const seen = views.get(connection)?.get(friend)?.status;
      if (accepted && !muted) {
        if (seen !== want) problems.push(`${connection} sees ${friend} ${seen}, not ${want}`);
        if (want === "online" && !told) problems.push(`${friend} will not tell ${connection}`);
      } else {
        if (told) problems.push(`${friend} will tell ${connection} although ${muted ? "muted" : "no friend"}`);
        if (!accepted && list.watchers.some((watcher) => watcher.connection === connection)) {
          problems.push(`${friend} keeps an entry for ${connection}, who is no friend`);
        }
      }
    }
  }
  return problems;
}

async function itemOf(world: World, table: string, player: string, sk: string): Promise<Json | undefined> {
  const { Item } = await world.call("GetItem", {
    TableName: table,
    Key: { pk: { S: playerPk(player) }, sk: { S: sk } },
  });
  return Item as Json | undefined;
}
