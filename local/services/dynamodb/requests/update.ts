import { validation } from "../errors";
import type { Database } from "../engine/database";
import { storageKey } from "../engine/keys";
import type { Table } from "../engine/table";
import { compile, type ExpressionInput, type Expressions } from "../expressions/compile";
import { checkParameters } from "../expressions/parameters";
import { applyUpdate } from "../expressions/update-apply";
import { knownType } from "../expressions/update-check";
import { readItem } from "../validation/attribute-values";
import { checkItem, checkKey, checkKeyPaths } from "../validation/table-keys";
import { typeOf, type Item } from "../values";
import { applyAttributeUpdates, readAttributeUpdates, type AttributeUpdates } from "./attribute-updates";
import { checkConditionalOperator, conditionOf, type Bind, type ConditionalInput, type PreparedWrite } from "./write";

export interface UpdateInput extends ExpressionInput, ConditionalInput {
  readonly TableName: string;
  readonly Key: Item;
  readonly AttributeUpdates?: AttributeUpdates;
  readonly ReturnValues?: string;
}

export interface PreparedUpdate extends PreparedWrite {
  /** Paths that the update names, for UPDATED_OLD and UPDATED_NEW. */
  readonly paths: readonly (readonly (string | number)[])[];
}

/** Checks an update in AWS's order and readies it. */
export function prepareUpdate(database: Database, input: UpdateInput): PreparedUpdate {
  return readUpdate(input)(database);
}

/** Checks what shows from the request alone; the rest needs its table. */
export function readUpdate(input: UpdateInput): Bind<PreparedUpdate> {
  checkParameters(input, ["UpdateExpression", "ConditionExpression"], ["AttributeUpdates", "Expected"]);
  const key = readItem(input.Key);
  const updates = input.AttributeUpdates && readAttributeUpdates(input.AttributeUpdates);
  checkConditionalOperator(input.ConditionalOperator, input.Expected);
  const expressions = compile(input);
  const condition = conditionOf(input, expressions);
  return (database) => {
    const table = database.active(input.TableName);
    checkKey(key, table.keys);
    const paths = expressions.update
      ? expressions.update.map((action) => expressions.bindings.resolve(action.path))
      : Object.keys(updates ?? {}).map((name) => [name]);
    checkTargets(table, paths);
    checkIndexTypes(table, expressions, updates);
    checkKeyPaths(new Set(paths.flatMap((parts) => (parts.length > 1 ? [parts[0] as string] : []))), table);
    return {
      table,
      key: storageKey(table.keys, key),
      keyItem: key,
      condition,
      paths,
      returnOnFailure: input.ReturnValuesOnConditionCheckFailure === "ALL_OLD",
      next: (before) => {
        const item = before ?? key;
        const next = expressions.update
          ? applyUpdate(expressions.update, item, expressions.bindings)
          : applyAttributeUpdates(updates ?? {}, item);
        if (table.indexes.size > 0 && next !== item) checkIndexKeys(next, table);
        return next;
      },
    };
  };
}

function checkTargets(table: Table, paths: readonly (readonly (string | number)[])[]): void {
  for (const attribute of [table.keys.hash, table.keys.range]) {
    if (!attribute || !paths.some(([head]) => head === attribute.name)) continue;
    throw validation(
      `One or more parameter values were invalid: Cannot update attribute ${attribute.name}. This attribute is part of the key`,
    );
  }
}

/** Index keys whose new type shows before the item is read. */
function checkIndexTypes(table: Table, expressions: Expressions, updates: AttributeUpdates | undefined): void {
  const types = new Map<string, string | undefined>();
  for (const action of expressions.update ?? []) {
    const [head, ...rest] = expressions.bindings.resolve(action.path);
    if (rest.length > 0 || action.kind === "REMOVE") continue;
    const type =
      action.kind === "SET"
        ? knownType(action.operand, expressions.bindings)
        : typeOf(expressions.bindings.value(action.value));
    types.set(head as string, type);
  }
  for (const [name, update] of Object.entries(updates ?? {})) {
    if (update.Value) types.set(name, typeOf(update.Value));
  }
  for (const { definition } of table.indexes.values()) {
    for (const attribute of [definition.keys.hash, definition.keys.range]) {
      const type = attribute && types.get(attribute.name);
      if (!type || type === attribute.type) continue;
      throw validation(
        `One or more parameter values were invalid: Type mismatch for Index Key ${attribute.name} Expected: ${attribute.type} Actual: ${type} IndexName: ${definition.name}`,
      );
    }
  }
}

function checkIndexKeys(next: Item, table: Table): void {
  for (const { definition } of table.indexes.values()) {
    for (const attribute of [definition.keys.hash, definition.keys.range]) {
      const value = attribute && next[attribute.name];
      if (value && value[attribute.type] === undefined) {
        throw validation("The update expression attempted to update the secondary index key to unsupported type");
      }
    }
  }
  checkItem(next, table);
}
