import BTree from "sorted-btree";
import { compareText, type Item } from "../values";

/** An item and its size, so that pages and capacity need not be measured again. */
export interface Row {
  readonly item: Item;
  readonly bytes: number;
}

/** Rows in key order. A clone costs nothing until one of the two changes. */
export type Rows = BTree<string, Row>;

export function newRows(): Rows {
  return new BTree<string, Row>(undefined, compareText);
}

/** Half-open interval of keys; no end means all that follow. */
export interface Interval {
  readonly from: string;
  readonly to: string | undefined;
}

/**
 * Rows of an interval, in order or in reverse.
 * @param start key after which to go on, as ExclusiveStartKey says; it need not exist.
 */
export function* walk(
  rows: Rows,
  interval: Interval,
  reverse: boolean,
  start: string | undefined,
): Generator<readonly [string, Row]> {
  if (reverse) {
    const highest = start !== undefined && (interval.to === undefined || start < interval.to) ? start : interval.to;
    for (const pair of rows.entriesReversed(highest, [], true)) {
      if (pair[0] < interval.from) return;
      yield pair;
    }
    return;
  }
  const lowest = start !== undefined && start > interval.from ? start : interval.from;
  for (const pair of rows.entries(lowest, [])) {
    if (interval.to !== undefined && pair[0] >= interval.to) return;
    if (pair[0] !== start) yield pair;
  }
}
