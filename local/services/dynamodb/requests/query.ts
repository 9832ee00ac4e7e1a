import { validation } from "../errors";
import type { Database } from "../engine/database";
import type { KeySchema } from "../engine/keys";
import { compile, headsOf, type ExpressionInput, type Expressions } from "../expressions/compile";
import { meets } from "../expressions/condition-evaluator";
import { meetsLegacy, readConditions, type LegacyConditions } from "../expressions/legacy";
import { checkParameters } from "../expressions/parameters";
import { checkKeyPaths } from "../validation/table-keys";
import { equalValues, type Item } from "../values";
import { checkAttributesToGet, checkProjectedKeys } from "./get";
import { checkKeyConditions, intervalOf, keyConditionsOf } from "./key-condition";
import { indexOf, type PageRequest } from "./page";
import { checkSelect, mustFetch, type SelectionInput } from "./selection";
import { checkStartKey, readStartKey, startPosition } from "./start-key";
import { checkConditionalOperator } from "./write";

export interface QueryInput extends ExpressionInput, SelectionInput {
  readonly TableName: string;
  readonly QueryFilter?: LegacyConditions;
  readonly KeyConditions?: LegacyConditions;
  readonly ConditionalOperator?: string;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly ConsistentRead?: boolean;
  readonly ScanIndexForward?: boolean;
}

/** Checks a query in AWS's order and readies it. */
export function prepareQuery(database: Database, input: QueryInput): PageRequest {
  checkParameters(
    input,
    ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"],
    ["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"],
  );
  const legacyFilter = input.QueryFilter && readConditions(input.QueryFilter);
  checkConditionalOperator(input.ConditionalOperator, input.QueryFilter);
  checkAttributesToGet(input.AttributesToGet);
  const start = readStartKey(input.ExclusiveStartKey);
  if (!input.KeyConditions && input.KeyConditionExpression == null) {
    throw validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
  }
  checkSelect(input);
  const expressions = compile(input);
  const conditions = readKeyConditions(input, expressions);
  const table = database.active(input.TableName);
  const index = indexOf(table, input.IndexName, input.ConsistentRead === true);
  const keys = (index?.definition ?? table).keys;
  if (start) checkStartKey(start, table, index, "Query");
  checkKeyConditions(conditions, keys);
  if (start) checkStartInConditions(start, conditions, keys);
  checkFilterKeys(expressions, legacyFilter, keys);
  const paths = expressions.projection ?? input.AttributesToGet?.map((name) => [name]);
  const filterHeads = expressions.filter ? headsOf(expressions.filter, expressions.bindings) : new Set<string>();
  const fetch = mustFetch(input, table, index, paths, filterHeads);
  checkProjectedKeys(paths, table);
  if (expressions.filter) checkKeyPaths(headsOf(expressions.filter, expressions.bindings, true), table);
  return {
    table,
    index,
    interval: intervalOf(conditions, keys),
    reverse: input.ScanIndexForward === false,
    start: start && startPosition(start, table, index),
    limit: input.Limit,
    filter: filterOf(expressions, legacyFilter, input.ConditionalOperator),
    paths,
    countOnly: input.Select === "COUNT",
    fetch,
    consistent: input.ConsistentRead === true,
  };
}

export function filterOf(
  { filter, bindings }: Expressions,
  legacy: LegacyConditions | undefined,
  operator: string | undefined,
): PageRequest["filter"] {
  if (filter) return (item) => meets(filter, item, bindings);
  return legacy && ((item) => meetsLegacy(legacy, item, operator));
}

function readKeyConditions(input: QueryInput, { keyCondition, bindings }: Expressions): LegacyConditions {
  const conditions = keyCondition ? keyConditionsOf(keyCondition, bindings) : input.KeyConditions!;
  const read = readConditions(conditions);
  const count = Object.keys(read).length;
  // Of an expression, AWS counts them against the keys of the table or index.
  if (!keyCondition && count !== 1 && count !== 2) throw validation("Conditions can be of length 1 or 2 only");
  return read;
}

function checkFilterKeys(expressions: Expressions, legacy: LegacyConditions | undefined, keys: KeySchema): void {
  const heads = expressions.filter
    ? headsOf(expressions.filter, expressions.bindings)
    : new Set(Object.keys(legacy ?? {}));
  for (const attribute of [keys.hash, keys.range]) {
    if (!attribute || !heads.has(attribute.name)) continue;
    throw validation(
      `${expressions.filter ? "Filter Expression" : "QueryFilter"} can only contain non-primary key attributes: Primary key attribute: ${attribute.name}`,
    );
  }
}

function checkStartInConditions(start: Item, conditions: LegacyConditions, keys: KeySchema): void {
  const sameHash = equalValues(start[keys.hash.name], conditions[keys.hash.name]!.AttributeValueList![0]);
  const range = keys.range && conditions[keys.range.name];
  if (!range) {
    if (!sameHash) {
      throw validation("The provided starting key is outside query boundaries based on provided conditions");
    }
    return;
  }
  if (!meetsLegacy({ [keys.range.name]: range }, start, undefined)) {
    throw validation("The provided starting key does not match the range key predicate");
  }
  if (!sameHash) throw validation("The query can return at most one row and cannot be restarted");
}
