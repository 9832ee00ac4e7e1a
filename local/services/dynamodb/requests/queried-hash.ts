import type { Database } from "../engine/database";
import type { Item } from "../values";
import type { QueryInput } from "./query";

/**
 * The partition that a query asks for, under the name of the table's partition key, as `dynamodb:LeadingKeys` needs it
 * before the request is checked.
 */
export function queriedHash(database: Database, input: QueryInput): readonly Item[] {
  const table = typeof input.TableName === "string" ? database.find(input.TableName) : undefined;
  if (!table) return [];
  const keys = (input.IndexName == null ? table : table.indexes.get(input.IndexName)?.definition)?.keys;
  if (!keys) return [];
  const legacy = input.KeyConditions?.[keys.hash.name]?.AttributeValueList?.[0];
  if (legacy) return [{ [table.keys.hash.name]: legacy }];
  const text = input.KeyConditionExpression;
  if (typeof text !== "string") return [];
  for (const [, left, right] of text.matchAll(/([#:]?\w+)\s*=\s*([#:]?\w+)/g)) {
    const [name, placeholder] = left!.startsWith(":") ? [right!, left!] : [left!, right!];
    const attribute = name.startsWith("#") ? input.ExpressionAttributeNames?.[name] : name;
    const value = input.ExpressionAttributeValues?.[placeholder];
    if (attribute === keys.hash.name && value) return [{ [table.keys.hash.name]: value }];
  }
  return [];
}
