import { validation } from "../errors";
import type { Database } from "../engine/database";
import { segmentStart } from "../engine/keys";
import type { Interval } from "../engine/rows";
import { compile, headsOf, type ExpressionInput } from "../expressions/compile";
import { readConditions, type LegacyConditions } from "../expressions/legacy";
import { checkParameters } from "../expressions/parameters";
import { checkKeyPaths } from "../validation/table-keys";
import type { Item } from "../values";
import { checkAttributesToGet, checkProjectedKeys } from "./get";
import { indexOf, type PageRequest } from "./page";
import { filterOf } from "./query";
import { checkSelect, mustFetch, type SelectionInput } from "./selection";
import { checkStartKey, readStartKey, startPosition } from "./start-key";
import { checkConditionalOperator } from "./write";

export interface ScanInput extends ExpressionInput, SelectionInput {
  readonly TableName: string;
  readonly ScanFilter?: LegacyConditions;
  readonly ConditionalOperator?: string;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly ConsistentRead?: boolean;
  readonly Segment?: number;
  readonly TotalSegments?: number;
}

/** Checks a scan in AWS's order and readies it. */
export function prepareScan(database: Database, input: ScanInput): PageRequest {
  checkParameters(
    input,
    ["ProjectionExpression", "FilterExpression"],
    ["AttributesToGet", "ScanFilter", "ConditionalOperator"],
  );
  checkAttributesToGet(input.AttributesToGet);
  const legacyFilter = input.ScanFilter && readConditions(input.ScanFilter);
  checkConditionalOperator(input.ConditionalOperator, input.ScanFilter);
  const start = readStartKey(input.ExclusiveStartKey);
  checkSelect(input);
  const interval = segmentOf(input);
  const expressions = compile(input);
  const table = database.active(input.TableName);
  const index = indexOf(table, input.IndexName, input.ConsistentRead === true);
  if (start) checkStartKey(start, table, index, "Scan");
  const paths = expressions.projection ?? input.AttributesToGet?.map((name) => [name]);
  const filterHeads = expressions.filter ? headsOf(expressions.filter, expressions.bindings) : new Set<string>();
  const fetch = mustFetch(input, table, index, paths, filterHeads);
  const position = start && startPosition(start, table, index);
  if (position !== undefined && (position < interval.from || (interval.to !== undefined && position >= interval.to))) {
    throw validation(
      "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. " +
        `TotalSegments: ${input.TotalSegments} Segment: ${input.Segment}`,
    );
  }
  checkProjectedKeys(paths, table);
  if (expressions.filter) checkKeyPaths(headsOf(expressions.filter, expressions.bindings, true), table);
  return {
    table,
    index,
    interval,
    reverse: false,
    start: position,
    limit: input.Limit,
    filter: filterOf(expressions, legacyFilter, input.ConditionalOperator),
    paths,
    countOnly: input.Select === "COUNT",
    fetch,
    consistent: input.ConsistentRead === true,
  };
}

function segmentOf({ Segment: segment, TotalSegments: total }: ScanInput): Interval {
  if (total == null) {
    if (segment == null) return { from: "", to: undefined };
    throw validation(
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    );
  }
  if (segment == null) {
    throw validation(
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    );
  }
  if (segment >= total) {
    throw validation(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
  return {
    from: segmentStart(segment, total),
    to: segment + 1 === total ? undefined : segmentStart(segment + 1, total),
  };
}
