import { equalItems, type Item, type KeyType } from "../values";
import { itemBytes } from "../sizes";
import { IndexStore, type IndexDefinition } from "./index-store";
import { storageKey, type KeySchema } from "./keys";
import { newRows, type Row, type Rows } from "./rows";
import type { Stream } from "./stream";
import type { TimeToLive } from "./time-to-live";

export type TableStatus = "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";

export interface Throughput {
  readonly read: number;
  readonly write: number;
  /** When units were last raised and lowered by an update, in ms since the epoch. */
  readonly increasedAt?: number;
  readonly decreasedAt?: number;
}

/** The most units that an on-demand table may use in a second; what is absent has no limit. Nothing ever throttles by it. */
export interface OnDemandThroughput {
  readonly MaxReadRequestUnits?: number;
  readonly MaxWriteRequestUnits?: number;
}

/** What a table is, apart from its items. Replaced as a whole when it changes. */
export interface TableDefinition {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly attributes: ReadonlyMap<string, KeyType>;
  readonly keys: KeySchema;
  readonly billing: "PROVISIONED" | "PAY_PER_REQUEST";
  /** When it was switched to pay per request, in ms since the epoch. */
  readonly onDemandSince?: number;
  readonly throughput: Throughput;
  readonly indexThroughput: ReadonlyMap<string, Throughput>;
  readonly onDemandThroughput?: OnDemandThroughput;
  readonly timeToLive?: string;
  /** ARN of the KMS key; absent for the key that AWS owns. */
  readonly keyArn?: string;
  /** Whether the key is a customer's own, so that callers need rights on it. */
  readonly customerKey: boolean;
  readonly deletionProtection: boolean;
  readonly tableClass: "STANDARD" | "STANDARD_INFREQUENT_ACCESS";
  readonly tags: ReadonlyMap<string, string>;
  /** When point-in-time recovery was switched on, in ms since the epoch. */
  readonly recoverableSince?: number;
  readonly recoveryDays: number;
}

/** Write units of one write: the table's, and those of each index whose entry changed. */
export interface WriteUnits {
  readonly table: number;
  readonly indexes: readonly { readonly index: IndexDefinition; readonly units: number }[];
}

const none: WriteUnits["indexes"] = [];

/** A table: its items in key order, and all that follows their changes. */
export class Table {
  rows: Rows = newRows();
  bytes = 0;
  status: TableStatus = "ACTIVE";
  readonly indexes = new Map<string, IndexStore>();
  /** Indexes that are not ready yet, or about to go. */
  readonly indexStatus = new Map<string, "CREATING" | "UPDATING" | "DELETING">();
  stream: Stream | undefined;
  timeToLive: TimeToLive | undefined;

  constructor(public definition: TableDefinition) {}

  get name(): string {
    return this.definition.name;
  }

  get keys(): KeySchema {
    return this.definition.keys;
  }

  get(item: Item): Row | undefined {
    return this.rows.get(storageKey(this.keys, item));
  }

  addIndex(definition: IndexDefinition): void {
    const index = new IndexStore(definition, this.keys);
    this.indexes.set(definition.name, index);
    for (const row of this.rows.values()) index.follow(undefined, row);
  }

  hasLocalIndexes(): boolean {
    for (const index of this.indexes.values()) if (index.definition.kind === "local") return true;
    return false;
  }

  /**
   * Puts `item` under `key`, or deletes what is there; indexes, stream and expiry follow.
   * A write that changes nothing leaves no stream record and no index write, but costs its units.
   */
  write(key: string, before: Row | undefined, item: Item | undefined, now: number, byTimeToLive = false): WriteUnits {
    const row = item && { item, bytes: itemBytes(item) };
    const table = Math.max(1, Math.ceil(Math.max(before?.bytes ?? 0, row?.bytes ?? 0) / 1024));
    if (before && row ? equalItems(before.item, row.item) : before === row) return { table, indexes: none };
    if (row) this.rows.set(key, row);
    else this.rows.delete(key);
    this.bytes += (row?.bytes ?? 0) - (before?.bytes ?? 0);
    let indexes = none;
    for (const index of this.indexes.values()) {
      const units = index.follow(before, row);
      if (units > 0) indexes = [...indexes, { index: index.definition, units }];
    }
    this.stream?.append(now, before?.item, item, byTimeToLive);
    this.timeToLive?.follow(key, before?.item, item);
    return { table, indexes };
  }
}
