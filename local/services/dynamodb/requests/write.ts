import type { CallContext } from "../../../service";
import { conditionFailed, validation } from "../errors";
import type { Database } from "../engine/database";
import type { Row } from "../engine/rows";
import type { Table, WriteUnits } from "../engine/table";
import type { Expressions } from "../expressions/compile";
import { meets } from "../expressions/condition-evaluator";
import { meetsLegacy, readExpected, type LegacyConditions } from "../expressions/legacy";
import { limits } from "../limits";
import { itemBytes } from "../sizes";
import type { Item } from "../values";
import { Capacity } from "./capacity";

/** One item's write, checked and ready: alone, in a batch or in a transaction. */
export interface PreparedWrite {
  readonly table: Table;
  /** Where the item is stored. */
  readonly key: string;
  /** The item's key attributes. */
  readonly keyItem: Item;
  readonly condition: ((item: Item) => boolean) | undefined;
  /** The item after the write; undefined when it is deleted. May refuse, as an update of a wrong type does. */
  next(before: Item | undefined): Item | undefined;
  /** A condition check reads and never writes. */
  readonly checkOnly?: boolean;
  readonly returnOnFailure: boolean;
}

/** The part of a write's checks that needs its table, after those of the request itself. */
export type Bind<W extends PreparedWrite = PreparedWrite> = (database: Database) => W;

export interface ConditionalInput {
  readonly Expected?: LegacyConditions;
  readonly ConditionalOperator?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

const nothing: Item = {};

/** The condition of a write, from either generation of parameters. */
export function conditionOf(input: ConditionalInput, { condition, bindings }: Expressions): PreparedWrite["condition"] {
  if (condition) return (item) => meets(condition, item, bindings);
  if (!input.Expected) return undefined;
  const expected = readExpected(input.Expected);
  return (item) => meetsLegacy(expected, item, input.ConditionalOperator);
}

/** Refuses a ConditionalOperator that has nothing to combine. */
export function checkConditionalOperator(operator: string | undefined, conditions: LegacyConditions | undefined): void {
  if (operator == null) return;
  const count = Object.keys(conditions ?? {}).length;
  if (count === 0) throw validation("ConditionalOperator cannot be used without Filter or Expected");
  if (count === 1) {
    throw validation("ConditionalOperator can only be used when Filter or Expected has two or more elements");
  }
}

export function isMet(write: PreparedWrite, row: Row | undefined): boolean {
  return !write.condition || write.condition(row?.item ?? nothing);
}

export function nextItem(write: PreparedWrite, before: Item | undefined): Item | undefined {
  const next = write.next(before);
  if (next && next !== before && itemBytes(next) > limits.itemBytes) {
    throw validation("Item size to update has exceeded the maximum allowed size");
  }
  return next;
}

export interface Written {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  readonly units: WriteUnits;
}

/** Does one write outside a transaction; a failed condition costs units, too. */
export function perform(database: Database, write: PreparedWrite, capacity: Capacity): Written {
  const row = write.table.rows.get(write.key);
  if (!isMet(write, row)) {
    capacity.write(write.table, { table: Math.max(1, Math.ceil((row?.bytes ?? 0) / 1024)), indexes: [] });
    throw conditionFailed(write.returnOnFailure ? row?.item : undefined);
  }
  const after = nextItem(write, row?.item);
  const units = write.table.write(write.key, row, after, database.clock.now());
  capacity.write(write.table, units);
  database.wrote(write.table);
  return { before: row?.item, after, units };
}

export interface WriteAnswerInput {
  readonly ReturnConsumedCapacity?: string;
  readonly ReturnItemCollectionMetrics?: string;
}

/** Runs one write and answers what every writing operation answers. */
export function answerWrite(
  database: Database,
  write: PreparedWrite,
  input: WriteAnswerInput,
  context: CallContext,
  attributes: (written: Written) => Item | undefined,
): object {
  const capacity = new Capacity("write", context);
  const written = perform(database, write, capacity);
  database.announce();
  const shown = attributes(written);
  const consumed = capacity.one(input.ReturnConsumedCapacity);
  const metrics = collectionMetrics(write, input.ReturnItemCollectionMetrics);
  return {
    ...(shown ? { Attributes: shown } : {}),
    ...(consumed ? { ConsumedCapacity: consumed } : {}),
    ...(metrics ? { ItemCollectionMetrics: metrics } : {}),
  };
}

/** Answered only for tables with a local index. */
export function collectionMetrics(write: PreparedWrite, mode: string | undefined): object | undefined {
  if (mode !== "SIZE" || !write.table.hasLocalIndexes()) return undefined;
  const { name } = write.table.keys.hash;
  return { ItemCollectionKey: { [name]: write.keyItem[name] }, SizeEstimateRangeGB: [0, 1] };
}
