import * as dynamodb from "@aws-sdk/client-dynamodb";
import { S, textOf, type Item } from "../shared/attributes";
import { BATCH_GET_KEYS, BATCH_WRITE_ITEMS } from "../shared/aws-limits";
import { isConditionFailure } from "../shared/condition";
import { decodePlayerId, playerPk } from "../shared/player-keys";
import { key, PRESENCE_SK, type Key } from "./keys";
import { presenceOf, type Presence } from "./presence-items";

/** What handlers do with tables, in as few requests as there can be. All reads are strongly consistent: the protocol needs it. */

/** DynamoDB's client, one per container. */
export type Database = dynamodb.DynamoDBClient;

/** How often a batch is sent again for what it left over. */
const BATCH_ATTEMPTS = 6;

/** All items of a partition whose sort key begins with `prefix`. */
export async function queryAll(db: Database, table: string, player: string, prefix: string): Promise<Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await db.send(
      new dynamodb.QueryCommand({
        TableName: table,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": S(playerPk(player)), ":prefix": S(prefix) },
        ConsistentRead: true,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

/** Reads keys of one or more tables, 100 at a time; items come in no order. */
export async function batchGet(
  db: Database,
  wanted: readonly { readonly table: string; readonly key: Key }[],
): Promise<{ readonly table: string; readonly item: Item }[]> {
  const found: { table: string; item: Item }[] = [];
  for (let i = 0; i < wanted.length; i += BATCH_GET_KEYS) {
    let request = byTable(wanted.slice(i, i + BATCH_GET_KEYS));
    for (let attempt = 1; Object.keys(request).length > 0; attempt++) {
      const answer = await db.send(new dynamodb.BatchGetItemCommand({ RequestItems: request }));
      for (const [table, items] of Object.entries(answer.Responses ?? {})) {
        for (const item of items) found.push({ table, item });
      }
      request = answer.UnprocessedKeys ?? {};
      if (Object.keys(request).length > 0) await backOff(attempt);
    }
  }
  return found;
}

function byTable(
  wanted: readonly { readonly table: string; readonly key: Key }[],
): Record<string, dynamodb.KeysAndAttributes> {
  const tables: Record<string, { Keys: Item[]; ConsistentRead: true }> = {};
  for (const { table, key: itemKey } of wanted) {
    (tables[table] ??= { Keys: [], ConsistentRead: true }).Keys.push({ ...itemKey });
  }
  return tables;
}

/** The presence of players; whoever has none is missing. */
export async function presencesOf(
  db: Database,
  table: string,
  players: readonly string[],
): Promise<Map<string, Presence>> {
  const items = await batchGet(
    db,
    players.map((player) => ({ table, key: key(player, PRESENCE_SK) })),
  );
  return new Map(items.map(({ item }) => [playerOf(item), presenceOf(item)]));
}

/** The player in whose partition an item lies. */
export function playerOf(item: Item): string {
  return decodePlayerId((textOf(item, "pk") ?? "").slice("PLAYER#".length));
}

/** A blind write. */
export type Write = { readonly put: Item } | { readonly delete: Key };

/** Puts and deletes items of a table blindly, 25 at a time. */
export async function batchWrite(db: Database, table: string, writes: readonly Write[]): Promise<void> {
  for (let i = 0; i < writes.length; i += BATCH_WRITE_ITEMS) {
    let requests: dynamodb.WriteRequest[] = writes
      .slice(i, i + BATCH_WRITE_ITEMS)
      .map((write) =>
        "put" in write ? { PutRequest: { Item: write.put } } : { DeleteRequest: { Key: { ...write.delete } } },
      );
    for (let attempt = 1; requests.length > 0; attempt++) {
      const answer = await db.send(new dynamodb.BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
      requests = answer.UnprocessedItems?.[table] ?? [];
      if (requests.length > 0) await backOff(attempt);
    }
  }
}

/** Waits a random time that doubles with each attempt. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
async function backOff(attempt: number): Promise<void> {
  if (attempt >= BATCH_ATTEMPTS) {
    throw Object.assign(new Error("a batch was left over again and again"), {
      name: "BatchLeftOver",
      $metadata: {},
    });
  }
  await new Promise<void>((resolve) => setTimeout(resolve, Math.random() * 25 * 2 ** attempt));
}

/** Sends a conditional write; undefined if its condition did not hold. */
export async function updateIf(db: Database, input: dynamodb.UpdateItemCommandInput): Promise<Item | undefined> {
  try {
    const answer = await db.send(new dynamodb.UpdateItemCommand(input));
    return answer.Attributes ?? {};
  } catch (error) {
    if (isConditionFailure(error)) return undefined;
    throw error;
  }
}
