import type { Table } from "../engine/table";
import type { Item } from "../values";

/** The key attributes of an item. */
export function keyOnly({ keys: { hash, range } }: Table, item: Item): Item {
  return range ? { [hash.name]: item[hash.name]!, [range.name]: item[range.name]! } : { [hash.name]: item[hash.name]! };
}
