import { validation } from "../errors";
import { limits } from "../limits";
import { storageKey } from "../engine/keys";
import type { IndexStore } from "../engine/index-store";
import { walk, type Interval } from "../engine/rows";
import type { Table } from "../engine/table";
import type { Item } from "../values";
import type { Capacity } from "./capacity";
import { shownPart, type Paths } from "./get";

export interface PageRequest {
  readonly table: Table;
  readonly index: IndexStore | undefined;
  readonly interval: Interval;
  readonly reverse: boolean;
  /** Storage key after which to go on. */
  readonly start: string | undefined;
  readonly limit: number | undefined;
  readonly filter: ((item: Item) => boolean) | undefined;
  readonly paths: Paths | undefined;
  /** Only the number of items is wanted. */
  readonly countOnly: boolean;
  /** Items come from the table, because the local index does not hold all that is asked for. */
  readonly fetch: boolean;
  readonly consistent: boolean;
}

export interface Page {
  readonly Count: number;
  readonly ScannedCount: number;
  readonly Items?: readonly Item[];
  readonly LastEvaluatedKey?: Item;
}

/** Reads a page of Query or Scan: ends after `limit` items or 1 MB, before the filter is applied. */
export function readPage(request: PageRequest, capacity: Capacity): Page {
  const { table, index, limit, filter } = request;
  const items: Item[] = [];
  let scanned = 0;
  let count = 0;
  let bytes = 0;
  let last: Item | undefined;
  for (const [, row] of walk((index ?? table).rows, request.interval, request.reverse, request.start)) {
    if (scanned === limit || bytes >= limits.pageBytes) break;
    scanned++;
    bytes += row.bytes;
    last = row.item;
    const full = request.fetch ? table.rows.get(storageKey(table.keys, row.item))! : row;
    if (request.fetch) capacity.read(table, undefined, full.bytes, request.consistent);
    if (filter && !filter(full.item)) continue;
    count++;
    if (!request.countOnly) items.push(shownPart(full.item, request.paths));
  }
  capacity.read(table, index?.definition, bytes, request.consistent);
  const more = last && (scanned === limit || bytes >= limits.pageBytes);
  return {
    ...(request.countOnly ? {} : { Items: items }),
    Count: count,
    ScannedCount: scanned,
    ...(more ? { LastEvaluatedKey: positionOf(last!, table, index) } : {}),
  };
}

/** The attributes that say where a row stands. */
function positionOf(item: Item, table: Table, index: IndexStore | undefined): Item {
  const names = startKeyNames(table, index);
  return Object.fromEntries(names.map((name) => [name, item[name]!]));
}

export function startKeyNames(table: Table, index: IndexStore | undefined): readonly string[] {
  const keys = [table.keys.hash, table.keys.range, index?.definition.keys.hash, index?.definition.keys.range];
  return [...new Set(keys.flatMap((key) => (key ? [key.name] : [])))];
}

/** The index that a request names. */
export function indexOf(table: Table, name: string | undefined, consistent: boolean): IndexStore | undefined {
  if (name == null) return undefined;
  const index = table.indexes.get(name);
  if (!index || table.indexStatus.get(name) === "DELETING") {
    throw validation(`The table does not have the specified index: ${name}`);
  }
  if (index.definition.kind === "global" && consistent) {
    throw validation("Consistent reads are not supported on global secondary indexes");
  }
  if (table.indexStatus.get(name) === "CREATING") {
    throw validation(`Cannot read from backfilling global secondary index: ${name}`);
  }
  return index;
}
