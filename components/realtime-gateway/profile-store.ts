import * as dynamodb from "@aws-sdk/client-dynamodb";
import { N, numberOf, S, type Item } from "../shared/attributes";
import { PROFILE_SK } from "../shared/player-keys";
import { key } from "./keys";
import { updateIf, type Database } from "./store";

/** An item of a player, read consistently; undefined if there is none. */
export async function readItem(db: Database, table: string, player: string, sk: string): Promise<Item | undefined> {
  const answer = await db.send(
    new dynamodb.GetItemCommand({ TableName: table, Key: key(player, sk), ConsistentRead: true }),
  );
  return answer.Item;
}

/** Sets attributes of an item of a player, whatever it held; returns the whole item. */
export async function setAttributes(
  db: Database,
  table: string,
  player: string,
  sk: string,
  values: Item,
  nowSeconds: number,
): Promise<Item> {
  const update = updateOf(player, values, nowSeconds);
  const answer = await db.send(
    new dynamodb.UpdateItemCommand({
      TableName: table,
      Key: key(player, sk),
      UpdateExpression: `SET ${update.sets.join(", ")}`,
      ExpressionAttributeNames: update.names,
      ExpressionAttributeValues: update.values,
      ReturnValues: "ALL_NEW",
    }),
  );
  return answer.Attributes ?? {};
}

/**
 * Sets attributes of the profile if its version (`attribute`) is still the one that was read; 0 means that there was
 * none. Returns the new version, undefined if another one was found.
 */
export async function setVersioned(
  db: Database,
  table: string,
  player: string,
  attribute: "version" | "gameVersion",
  version: number,
  values: Item,
  nowSeconds: number,
): Promise<number | undefined> {
  const update = updateOf(player, values, nowSeconds);
  const item = await updateIf(db, {
    TableName: table,
    Key: key(player, PROFILE_SK),
    UpdateExpression: `SET ${[...update.sets, "#version = :next", "#created = if_not_exists(#created, :updatedAt)"].join(", ")}`,
    ConditionExpression: version === 0 ? "attribute_not_exists(#version)" : "#version = :version",
    ExpressionAttributeNames: { ...update.names, "#version": attribute, "#created": "createdAt" },
    ExpressionAttributeValues: {
      ...update.values,
      ":next": N(version + 1),
      ...(version === 0 ? {} : { ":version": N(version) }),
    },
    ReturnValues: "ALL_NEW",
  });
  return item && numberOf(item, attribute);
}

/** The parts of an update that sets `values`, and who and when. */
function updateOf(player: string, values: Item, nowSeconds: number) {
  const all: Item = { ...values, playerId: S(player), updatedAt: N(nowSeconds) };
  const names: Record<string, string> = {};
  const bound: Item = {};
  const sets = Object.entries(all).map(([name, value], i) => {
    const label = name === "updatedAt" ? name : `v${i}`;
    names[`#${label}`] = name;
    bound[`:${label}`] = value;
    return `#${label} = :${label}`;
  });
  return { sets, names, values: bound };
}
