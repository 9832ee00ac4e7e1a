import * as dynamodb from "@aws-sdk/client-dynamodb";
import { S, textOf, type Item } from "../shared/attributes";
import { BATCH_GET_KEYS } from "../shared/aws-limits";
import { PREFERENCES_SK, playerPk, PROFILE_SK } from "../shared/player-keys";
import type { Recipient } from "./channel";

const CALLS_FOR_ONE_PAGE = 5;

const NOBODY: Recipient = { known: false, preferences: {} };

/** Profiles and preferences of players, by player id: one BatchGetItem for every fifty. */
export async function readRecipients(
  client: dynamodb.DynamoDBClient,
  table: string,
  players: readonly string[],
): Promise<Record<string, Recipient>> {
  const ids = [...new Set(players)];
  const keys: Item[] = [];
  for (const id of ids) {
    const pk = S(playerPk(id));
    keys.push({ pk, sk: S(PROFILE_SK) }, { pk, sk: S(PREFERENCES_SK) });
  }
  const found = await readItems(client, table, keys);
  const byKey: Record<string, Item> = {};
  for (const item of found) byKey[`${textOf(item, "pk")} ${textOf(item, "sk")}`] = item;
  const recipients: Record<string, Recipient> = Object.create(null) as Record<string, Recipient>;
  for (const id of ids) {
    recipients[id] = recipient(byKey[`${playerPk(id)} ${PROFILE_SK}`], byKey[`${playerPk(id)} ${PREFERENCES_SK}`]);
  }
  return recipients;
}

function recipient(profile: Item | undefined, settings: Item | undefined): Recipient {
  if (!profile) return NOBODY;
  const preferences: Record<string, boolean> = {};
  for (const name of Object.keys(settings ?? {})) {
    const value = settings?.[name]?.BOOL;
    if (value !== undefined) preferences[name] = value;
  }
  const known: Record<string, string> = {};
  for (const name of ["name", "email", "locale", "timeZone"]) {
    const value = textOf(profile, name);
    if (value !== undefined) known[name] = value;
  }
  return { known: true, preferences, ...known };
}

/** Items by key, in any order; those that do not exist are missing. Consistent reads: what was just written counts. */
export async function readItems(
  client: dynamodb.DynamoDBClient,
  table: string,
  keys: readonly Item[],
): Promise<Item[]> {
  const items: Item[] = [];
  for (let from = 0; from < keys.length; from += BATCH_GET_KEYS) {
    let open: Item[] | undefined = keys.slice(from, from + BATCH_GET_KEYS);
    for (let call = 0; open && open.length > 0; call++) {
      if (call === CALLS_FOR_ONE_PAGE) throw new Error(`${open.length} keys of ${table} stayed unprocessed`);
      const answer: dynamodb.BatchGetItemCommandOutput = await client.send(
        new dynamodb.BatchGetItemCommand({ RequestItems: { [table]: { Keys: open, ConsistentRead: true } } }),
      );
      items.push(...(answer.Responses?.[table] ?? []));
      open = answer.UnprocessedKeys?.[table]?.Keys;
    }
  }
  return items;
}
