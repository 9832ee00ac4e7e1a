import { equalItems, member, type Item } from "../values";
import { itemBytes } from "../sizes";
import { storageKey, type KeySchema } from "./keys";
import { newRows, type Row, type Rows } from "./rows";

export interface Projection {
  readonly type: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly attributes: readonly string[];
}

export interface IndexDefinition {
  readonly name: string;
  readonly kind: "global" | "local";
  readonly keys: KeySchema;
  readonly projection: Projection;
}

/** A secondary index: the rows of those items that have its keys, in their order. */
export class IndexStore {
  rows: Rows = newRows();
  bytes = 0;
  private readonly projected: readonly string[];

  constructor(
    readonly definition: IndexDefinition,
    private readonly tableKeys: KeySchema,
  ) {
    const { keys, projection } = definition;
    const names = [keys.hash, keys.range, tableKeys.hash, tableKeys.range].flatMap((key) => (key ? [key.name] : []));
    this.projected = [...new Set([...names, ...projection.attributes])];
  }

  /** Key of an item's entry; undefined if the item is not in the index. */
  keyOf(item: Item): string | undefined {
    const { hash, range } = this.definition.keys;
    if (!has(item, hash) || (range && !has(item, range))) return undefined;
    // Items of one index key are told apart, and ordered, by their table key.
    return storageKey(this.definition.keys, item) + storageKey(this.tableKeys, item);
  }

  /**
   * Follows a change of the table.
   * @returns write units: none if the entry stays as it is, one per started KB for each entry put or deleted.
   */
  follow(before: Row | undefined, after: Row | undefined): number {
    const oldKey = before && this.keyOf(before.item);
    const newKey = after && this.keyOf(after.item);
    if (oldKey === undefined && newKey === undefined) return 0;
    const old = oldKey === undefined ? undefined : this.rows.get(oldKey);
    const entry = newKey === undefined ? undefined : this.project(after!);
    let units = 0;
    if (old && oldKey !== newKey) {
      this.rows.delete(oldKey!);
      this.bytes -= old.bytes;
      units += kilobytes(old.bytes);
    }
    if (entry) {
      if (old && oldKey === newKey) {
        if (equalItems(old.item, entry.item)) {
          if (old.item !== entry.item && this.definition.projection.type === "ALL") this.rows.set(newKey!, entry);
          return 0;
        }
        this.bytes -= old.bytes;
        units += Math.max(kilobytes(old.bytes), kilobytes(entry.bytes));
      } else {
        units += kilobytes(entry.bytes);
      }
      this.rows.set(newKey!, entry);
      this.bytes += entry.bytes;
    }
    return units;
  }

  clear(): void {
    this.rows = newRows();
    this.bytes = 0;
  }

  /** The part of an item that the index holds; the row itself when it holds all. */
  private project(row: Row): Row {
    if (this.definition.projection.type === "ALL") return row;
    const item: Record<string, Item[string]> = {};
    for (const name of this.projected) {
      const value = member(row.item, name);
      if (value) item[name] = value;
    }
    return { item, bytes: itemBytes(item) };
  }
}

function has(item: Item, key: { readonly name: string; readonly type: "S" | "N" | "B" }): boolean {
  return member(item, key.name)?.[key.type] !== undefined;
}

function kilobytes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}
