import { validation } from "../errors";
import { storageKey } from "../engine/keys";
import type { IndexStore } from "../engine/index-store";
import type { Table } from "../engine/table";
import { readItem } from "../validation/attribute-values";
import { checkKey, checkKeyAttribute } from "../validation/table-keys";
import type { Item } from "../values";
import { startKeyNames } from "./page";

const invalid = "The provided starting key is invalid";

/** Reads the values of ExclusiveStartKey. */
export function readStartKey(raw: Item | undefined): Item | undefined {
  if (!raw) return undefined;
  try {
    return readItem(raw);
  } catch (error) {
    const { message } = error as Error;
    // AWS does not prefix errors about numbers and sets.
    const plain = /contains duplicates|number set|numeric value|significant digits|number with magnitude/.test(message);
    throw validation(plain ? message : `${invalid}: ${message}`);
  }
}

/** Checks that ExclusiveStartKey has exactly the key attributes of table and index. */
export function checkStartKey(
  start: Item,
  table: Table,
  index: IndexStore | undefined,
  operation: "Query" | "Scan",
): void {
  if (Object.keys(start).length !== startKeyNames(table, index).length) {
    throw validation(
      operation === "Scan" && !index ? `${invalid}: The provided key element does not match the schema` : invalid,
    );
  }
  const keys = (index?.definition ?? table).keys;
  for (const attribute of [keys.hash, keys.range]) {
    if (!attribute) continue;
    if (!start[attribute.name])
      throw validation(
        operation === "Scan" && !index ? `${invalid}: The provided key element does not match the schema` : invalid,
      );
    if (operation === "Query" || index) checkKeyAttribute(start, attribute, attribute === keys.hash, "were invalid:");
  }
  const { hash, range } = table.keys;
  const own = Object.fromEntries([hash, range].flatMap((a) => (a && start[a.name] ? [[a.name, start[a.name]!]] : [])));
  try {
    checkKey(own, table.keys);
  } catch (error) {
    throw validation(`${invalid}: ${(error as Error).message}`);
  }
}

/** Storage key of a checked start key. */
export function startPosition(start: Item, table: Table, index: IndexStore | undefined): string {
  const own = storageKey(table.keys, start);
  return index ? storageKey(index.definition.keys, start) + own : own;
}
