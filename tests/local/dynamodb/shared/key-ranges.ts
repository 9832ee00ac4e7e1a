import type { Outcome } from "../outcome";
import type { CaseMaker, TestItem } from "./case";

const texts = ["", "a", "aa", "ab", "b", "ba", "z", "é", "\uffee", "😀"];
const numbers = [
  "-100",
  "-12.5",
  "-12.25",
  "-1",
  "-0.001",
  "0",
  "0.001",
  "1",
  "2",
  "10",
  "10.5",
  "99999999999999999999",
];
const binaries = [[0], [0, 1], [1], [1, 255], [127], [128], [255]].map((bytes) => new Uint8Array(bytes));

/** Key conditions on a sort key, the values of `:x` and `:y`, and whether a key meets them. */
const conditions: readonly (readonly [string, (i: number, x: number, y: number) => boolean])[] = [
  ["b = :x", (i, x) => i === x],
  ["b < :x", (i, x) => i < x],
  ["b <= :x", (i, x) => i <= x],
  ["b > :x", (i, x) => i > x],
  ["b >= :x", (i, x) => i >= x],
  [":x < b", (i, x) => i > x],
  ["b BETWEEN :x AND :y", (i, x, y) => i >= x && i <= y],
];

type Values = readonly TestItem[string][];

const sorted: Readonly<Record<string, Values>> = {
  RangeS: texts.slice(1).map((S) => ({ S })),
  RangeN: numbers.map((N) => ({ N })),
  RangeB: binaries.map((B) => ({ B })),
};

function given(table: string, key: string): { table: string; item: TestItem }[] {
  return sorted[table]!.map((b) => ({ table, item: { a: { S: key }, b } })).reverse();
}

function found(key: string, values: Values): Outcome {
  const items = values.map((b) => ({ a: { S: key }, b }));
  return { ok: { Items: items, Count: items.length, ScannedCount: items.length } };
}

/** Every key condition on sort keys of every type, forward and backward. */
export const keyRanges: readonly CaseMaker[] = Object.keys(sorted).flatMap((table) =>
  conditions.flatMap(([condition, meets]) =>
    [true, false].map((forward): CaseMaker => (key) => {
      const values = sorted[table]!;
      const [x, y] = [2, values.length - 2];
      const matching = values.filter((_, i) => meets(i, x, y));
      return {
        name: `query ${table} ${condition} ${forward ? "forward" : "backward"}`,
        given: given(table, key),
        when: {
          operation: "Query",
          input: {
            TableName: table,
            KeyConditionExpression: `a = :a AND ${condition}`,
            ExpressionAttributeValues: {
              ":a": { S: key },
              ":x": values[x]!,
              ...(condition.includes(":y") ? { ":y": values[y]! } : {}),
            },
            ScanIndexForward: forward,
          },
        },
        then: found(key, forward ? matching : [...matching].reverse()),
      };
    }),
  ),
);
