import { AwsError } from "../../../aws-error";
import type { CallContext } from "../../../service";
import { SchemaMismatch, validation } from "../errors";
import type { Database } from "../engine/database";
import { limits } from "../limits";
import { itemBytes } from "../sizes";
import type { Item } from "../values";
import { Capacity } from "./capacity";
import { readCheck, readDelete, type DeleteInput } from "./delete";
import { readPut, type PutInput } from "./put";
import { readUpdate, type UpdateInput } from "./update";
import { isMet, nextItem, type Bind, type PreparedWrite } from "./write";

export interface TransactItem {
  readonly Put?: PutInput;
  readonly Update?: UpdateInput;
  readonly Delete?: DeleteInput;
  readonly ConditionCheck?: DeleteInput;
}

export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/** Checks the items of a transaction, first all by themselves, then against their tables, and readies them. */
export function prepareTransaction(database: Database, items: readonly TransactItem[]): readonly PreparedWrite[] {
  const binds = items.map((item): Bind => {
    const given = [item.Put, item.Update, item.Delete, item.ConditionCheck].filter((each) => each != null);
    if (given.length !== 1) {
      throw validation("TransactItems can only contain one of Check, Put, Update or Delete");
    }
    if (item.Put) return readPut(item.Put);
    if (item.Update) return readUpdate(item.Update);
    return item.Delete ? readDelete(item.Delete) : readCheck(item.ConditionCheck!);
  });
  const writes = bindAll(database, binds);
  const seen = new Set(writes.map((write) => `${write.table.name}/${write.key}`));
  if (seen.size < writes.length) {
    throw validation("Transaction request cannot include multiple operations on one item");
  }
  return writes;
}

/**
 * Holds all items of a transaction against their tables.
 * @throws AwsError TransactionCanceledException, when keys do not fit.
 */
export function bindAll<T>(database: Database, binds: readonly ((database: Database) => T)[]): readonly T[] {
  const bound: T[] = [];
  const reasons = binds.map((bind): CancellationReason => {
    try {
      bound.push(bind(database));
      return { Code: "None" };
    } catch (error) {
      if (error instanceof SchemaMismatch) return { Code: "ValidationError", Message: error.message };
      throw error;
    }
  });
  if (bound.length < binds.length) throw cancelled(reasons);
  return bound;
}

/** Does all writes or none; what stands in the way is said item by item. */
export function commit(database: Database, writes: readonly PreparedWrite[], context: CallContext): Capacity {
  const capacity = new Capacity("write", context, 2);
  const rows = writes.map((write) => write.table.rows.get(write.key));
  const next: (Item | undefined)[] = [];
  const reasons = writes.map((write, i): CancellationReason => {
    const row = rows[i];
    if (!isMet(write, row)) {
      return {
        Code: "ConditionalCheckFailed",
        Message: "The conditional request failed",
        ...(write.returnOnFailure && row ? { Item: row.item } : {}),
      };
    }
    try {
      next[i] = nextItem(write, row?.item);
      return { Code: "None" };
    } catch (error) {
      if (error instanceof AwsError) return { Code: "ValidationError", Message: error.message };
      throw error;
    }
  });
  if (reasons.some(({ Code: code }) => code !== "None")) {
    writes.forEach((write, i) => capacity.write(write.table, { table: units(rows[i]?.bytes ?? 0), indexes: [] }));
    throw cancelled(reasons);
  }
  const bytes = writes.reduce((sum, write, i) => sum + itemBytes(next[i] ?? write.keyItem), 0);
  if (bytes > limits.transactBytes) {
    throw validation("Collection size exceeded: the aggregate size of the items in the transaction cannot exceed 4 MB");
  }
  writes.forEach((write, i) => {
    if (write.checkOnly) {
      capacity.write(write.table, { table: units(rows[i]?.bytes ?? 0), indexes: [] });
      return;
    }
    capacity.write(write.table, write.table.write(write.key, rows[i], next[i], database.clock.now()));
    database.wrote(write.table);
  });
  return capacity;
}

export function cancelled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code: code }) => code).join(", ");
  return new AwsError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}

function units(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}
