import { N, S, SS } from "../shared/attributes";
import { key, PRESENCE_SK } from "./keys";
import { CONNECTION_LIFE_MS, MAX_CONNECTIONS } from "./limits";
import { checkName, expiryName, presenceOf, type Connection, type Presence } from "./presence-items";
import { updateIf, type Database } from "./store";

/**
 * The writes to the item `PRESENCE`. Each says in `change` what it was; only changes of status are told to friends
 * (`filters.ts`), so only `goOnline` and `goOffline` write `status` there.
 */

/** Adds a connection; undefined if the player has too many. */
export async function addConnection(
  db: Database,
  table: string,
  player: string,
  connection: string,
  check: string,
  nowMs: number,
): Promise<Presence | undefined> {
  const item = await updateIf(db, {
    TableName: table,
    Key: key(player, PRESENCE_SK),
    UpdateExpression:
      "ADD #connections :ids SET #expiry = :expiry, #check = :check, #change = :change, #player = :player, " +
      "#status = if_not_exists(#status, :offline), #version = if_not_exists(#version, :zero)",
    ConditionExpression:
      "attribute_not_exists(#connections) OR size(#connections) < :most OR contains(#connections, :id)",
    ExpressionAttributeNames: {
      "#connections": "connections",
      "#expiry": expiryName(connection),
      "#check": checkName(connection),
      "#change": "change",
      "#player": "playerId",
      "#status": "status",
      "#version": "version",
    },
    ExpressionAttributeValues: {
      ":ids": SS([connection]),
      ":id": S(connection),
      ":expiry": N(nowMs + CONNECTION_LIFE_MS),
      ":check": S(check),
      ":change": S("connection"),
      ":player": S(player),
      ":offline": S("offline"),
      ":zero": N(0),
      ":most": N(MAX_CONNECTIONS),
    },
    ReturnValues: "ALL_NEW",
  });
  return item && presenceOf(item);
}

/** Extends a connection's life; false if it is not registered. */
export async function keepConnection(
  db: Database,
  table: string,
  player: string,
  connection: string,
  nowMs: number,
): Promise<boolean> {
  const item = await updateIf(db, {
    TableName: table,
    Key: key(player, PRESENCE_SK),
    UpdateExpression: "SET #expiry = :expiry, #change = :change",
    ConditionExpression: "contains(#connections, :id)",
    ExpressionAttributeNames: {
      "#connections": "connections",
      "#expiry": expiryName(connection),
      "#change": "change",
    },
    ExpressionAttributeValues: {
      ":id": S(connection),
      ":expiry": N(nowMs + CONNECTION_LIFE_MS),
      ":change": S("connection"),
    },
  });
  return item !== undefined;
}

/** Removes a connection that was dropped; undefined if it is not there (any more). */
export async function removeConnection(
  db: Database,
  table: string,
  player: string,
  connection: string,
  nowMs: number,
): Promise<Presence | undefined> {
  const item = await updateIf(db, {
    TableName: table,
    Key: key(player, PRESENCE_SK),
    UpdateExpression: "DELETE #connections :ids REMOVE #expiry, #check SET #dropped = :now, #change = :change",
    ConditionExpression: "contains(#connections, :id)",
    ExpressionAttributeNames: {
      "#connections": "connections",
      "#expiry": expiryName(connection),
      "#check": checkName(connection),
      "#dropped": "droppedAt",
      "#change": "change",
    },
    ExpressionAttributeValues: {
      ":ids": SS([connection]),
      ":id": S(connection),
      ":now": N(nowMs),
      ":change": S("connection"),
    },
    ReturnValues: "ALL_NEW",
  });
  return item && presenceOf(item);
}

/** Removes connections whose expiry has passed, unless one of them was kept alive since it was read. */
export async function removeExpired(
  db: Database,
  table: string,
  player: string,
  expired: readonly Connection[],
): Promise<boolean> {
  const names: Record<string, string> = { "#connections": "connections", "#change": "change" };
  const values: Record<string, { S: string } | { N: string } | { SS: string[] }> = {
    ":ids": SS(expired.map(({ id }) => id)),
    ":change": S("connection"),
  };
  const removed: string[] = [];
  const conditions: string[] = [];
  expired.forEach(({ id, expiresAt }, i) => {
    names[`#e${i}`] = expiryName(id);
    names[`#k${i}`] = checkName(id);
    removed.push(`#e${i}`, `#k${i}`);
    // A connection of the set without an expiry of its own is expired in itself.
    values[`:e${i}`] = N(expiresAt);
    conditions.push(`(#e${i} = :e${i} OR attribute_not_exists(#e${i}))`);
  });
  const item = await updateIf(db, {
    TableName: table,
    Key: key(player, PRESENCE_SK),
    UpdateExpression: `DELETE #connections :ids REMOVE ${removed.join(", ")} SET #change = :change`,
    ConditionExpression: conditions.join(" AND "),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  });
  return item !== undefined;
}

/**
 * Online, if this connection is still there and it is not so yet: the write that notices come from. Another connection
 * is not enough: its hello may not have written its watch entries yet, and friends would miss the notice.
 *
 * @param activeAt seconds at which the last-active time was just written; undefined leaves it.
 */
export async function goOnline(
  db: Database,
  table: string,
  player: string,
  connection: string,
  nowMs: number,
  activeAt: number | undefined,
): Promise<boolean> {
  const active = activeAt === undefined ? "" : ", #active = :active";
  const item = await updateIf(db, {
    TableName: table,
    Key: key(player, PRESENCE_SK),
    UpdateExpression: `SET #status = :online, #version = #version + :one, #change = :change, #changed = :now${active}`,
    ConditionExpression: "contains(#connections, :id) AND #status <> :online",
    ExpressionAttributeNames: {
      ...CHANGE_NAMES,
      ...(activeAt === undefined ? {} : { "#active": "activeAt" }),
    },
    ExpressionAttributeValues: {
      ":online": S("online"),
      ":id": S(connection),
      ":one": N(1),
      ":change": S("status"),
      ":now": N(nowMs),
      ...(activeAt === undefined ? {} : { ":active": N(activeAt) }),
    },
  });
  return item !== undefined;
}

/** Offline, if no connection is left since the grace period began: one conditional write. */
export async function goOffline(
  db: Database,
  table: string,
  player: string,
  nowMs: number,
  graceMs: number,
): Promise<boolean> {
  const item = await updateIf(db, {
    TableName: table,
    Key: key(player, PRESENCE_SK),
    UpdateExpression: "SET #status = :offline, #version = #version + :one, #change = :change, #changed = :now",
    ConditionExpression:
      "attribute_not_exists(#connections) AND #status = :online AND " +
      "(attribute_not_exists(#dropped) OR #dropped <= :before)",
    ExpressionAttributeNames: { ...CHANGE_NAMES, "#dropped": "droppedAt" },
    ExpressionAttributeValues: {
      ":offline": S("offline"),
      ":online": S("online"),
      ":one": N(1),
      ":change": S("status"),
      ":now": N(nowMs),
      ":before": N(nowMs - graceMs),
    },
  });
  return item !== undefined;
}

const CHANGE_NAMES = {
  "#connections": "connections",
  "#status": "status",
  "#version": "version",
  "#change": "change",
  "#changed": "changedAt",
} as const;
