import { DeleteConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { goOffline, removeConnection } from "../../../components/realtime-gateway/connections";
import { EVENT_PREFIX, type Key } from "../../../components/realtime-gateway/keys";
import { isNewsAbout, tracesAt } from "../../../components/realtime-gateway/player-data";
import { batchGet, batchWrite, queryAll } from "../../../components/realtime-gateway/store";
import { textOf, type Item } from "../../../components/shared/attributes";
import type { Place } from "./place";
import { plainItem } from "./plain";
import type { Subject } from "./subject";

/** Live connections: ended first, so that nothing is written behind the erasure's back. */
export const connections: Place = {
  title: "live connections",
  look: ({ access, player, connections: ids }) => {
    const { gateway } = access.operations;
    if (!gateway) return Promise.resolve(undefined);
    const erase = async (): Promise<number> => {
      const { database: db } = access;
      for (const ConnectionId of ids) {
        await access.aws
          .connections(gateway.endpoint)
          .send(new DeleteConnectionCommand({ ConnectionId }))
          .catch(ignoreGone);
        await removeConnection(db, gateway.presence, player, ConnectionId, Date.now());
      }
      // Friends hear it while the entries are still there that tell whom to tell.
      await goOffline(db, gateway.presence, player, Date.now() + 1, 0);
      return ids.length;
    };
    return Promise.resolve({ where: gateway.endpoint, found: ids.length, erase });
  },
};

function ignoreGone(error: unknown): void {
  if ((error as { name?: unknown }).name !== "GoneException") throw error;
}

/** Statuses of messages that may still be sent. */
const ON_THE_WAY = ["queued", "held", "sending"];
const isOnTheWay = (item: Item): boolean => ON_THE_WAY.includes(textOf(item, "status") ?? "");

/** Ended first, before anything could be sent. */
export const messagesOnTheWay: Place = {
  title: "messages on their way",
  look: ({ access, messages: items }) => {
    const table = access.operations.messages?.table;
    return Promise.resolve(table === undefined ? undefined : ownItems(access, table, items.filter(isOnTheWay)));
  },
};

/** They tell addresses by which other places are found: deleted after these. */
export const messages: Place = {
  title: "messages, with data, address and history",
  look: ({ access, messages: items }) => {
    const table = access.operations.messages?.table;
    const ended = items.filter((item) => !isOnTheWay(item));
    return Promise.resolve(table === undefined ? undefined : ownItems(access, table, ended));
  },
};

export const profile: Place = {
  title: "profile, preferences, friends: the own side",
  look: ({ access, players: items }) => {
    const table = access.operations.gateway?.players;
    return Promise.resolve(table === undefined ? undefined : ownItems(access, table, items));
  },
};

export const presence: Place = {
  title: "presence, watch entries, player events",
  look: ({ access, presence: items }) => {
    const table = access.operations.gateway?.presence;
    return Promise.resolve(table === undefined ? undefined : ownItems(access, table, items));
  },
};

function ownItems(access: Subject["access"], table: string, items: readonly Item[]) {
  return {
    where: table,
    found: items.length,
    data: items.map(plainItem),
    erase: () => deleteKeys(access, table, items.map(keyOf)),
  };
}

/** The other side of friendships: data of others that names the player. No part of an export: it would tell who mutes or blocks him. */
export const otherSides: Place = {
  title: "friends, requests and blocks: the others' side",
  look: async ({ access, player, others }) => {
    const table = access.operations.gateway?.players;
    if (table === undefined) return undefined;
    const wanted = others.map((other) => ({ table, key: tracesAt(other, player).side }));
    const found = await batchGet(access.database, wanted);
    const keys = found.map(({ item }) => keyOf(item));
    return { where: table, found: keys.length, erase: () => deleteKeys(access, table, keys) };
  },
};

/** What others' partitions of Presence hold about the player. */
export const otherWatches: Place = {
  title: "watch entries, silences and news in others' partitions",
  look: async ({ access, player, others }) => {
    const table = access.operations.gateway?.presence;
    if (table === undefined) return undefined;
    const keys: Key[] = [];
    for (const other of others) {
      const { tombstone, watchPrefix } = tracesAt(other, player);
      const watches = await queryAll(access.database, table, other, watchPrefix);
      const events = await queryAll(access.database, table, other, EVENT_PREFIX);
      const silence = await batchGet(access.database, [{ table, key: tombstone }]);
      const about = [
        ...watches,
        ...events.filter((event) => isNewsAbout(event, player)),
        ...silence.map((s) => s.item),
      ];
      keys.push(...about.map(keyOf));
    }
    return { where: table, found: keys.length, erase: () => deleteKeys(access, table, keys) };
  },
};

async function deleteKeys(access: Subject["access"], table: string, keys: readonly Key[]): Promise<number> {
  await batchWrite(
    access.database,
    table,
    keys.map((key) => ({ delete: key })),
  );
  return keys.length;
}

function keyOf(item: Item): Key {
  return { pk: { S: textOf(item, "pk") ?? "" }, sk: { S: textOf(item, "sk") ?? "" } };
}
