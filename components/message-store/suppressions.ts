import type * as dynamodb from "@aws-sdk/client-dynamodb";
import { textOf, type Item } from "../shared/attributes";
import { suppressionKey } from "./keys";
import { readItems } from "./recipients";

/** Which of the addresses are suppressed, and why. */
export async function readSuppressed(
  database: dynamodb.DynamoDBClient,
  table: string,
  addresses: readonly string[],
): Promise<Record<string, string>> {
  const unique = [...new Set(addresses)];
  if (unique.length === 0) return {};
  const keyOf: Record<string, string> = {};
  const keys: Record<string, Item> = {};
  for (const address of unique) {
    const key = suppressionKey(address);
    keyOf[address] = key.pk.S ?? "";
    keys[keyOf[address]] = key;
  }
  const found: Record<string, string> = {};
  for (const item of await readItems(database, table, Object.values(keys))) {
    found[textOf(item, "pk") ?? ""] = textOf(item, "reason") ?? "suppressed";
  }
  const why: Record<string, string> = {};
  for (const address of unique) {
    const reason = found[keyOf[address] ?? ""];
    if (reason !== undefined) why[address] = reason;
  }
  return why;
}
