import type { Outcome } from "../outcome";
import { invalid, type CaseMaker, type TestItem } from "./case";
import { keyRanges } from "./key-ranges";
import { refusedQueries, refusedScans } from "./refused-reads";

const rows = (key: string): { table: string; item: TestItem }[] =>
  [1, 2, 3, 4].map((n) => ({
    table: "Indexed",
    item: {
      a: { S: key },
      b: { S: `b${n}` },
      ...(n === 4 ? {} : { c: { S: `${key}-c` } }),
      d: { S: `${key}-d${n % 2}` },
      e: { N: String(n) },
      f: { S: "f" },
    },
  }));

type Query = readonly [name: string, input: (key: string) => object, then: (key: string) => Outcome];

const item = (key: string, n: number, ...names: string[]): object =>
  Object.fromEntries(
    Object.entries(rows(key)[n - 1]!.item).filter(([name]) => names.length === 0 || names.includes(name)),
  );
const ok = (Items: object[], more: object = {}): Outcome => ({
  ok: { Items, Count: Items.length, ScannedCount: Items.length, ...more },
});
const byA = (key: string): object => ({
  KeyConditionExpression: "a = :a",
  ExpressionAttributeValues: { ":a": { S: key } },
});

const queries: readonly Query[] = [
  ["all of a partition", byA, (key) => ok([1, 2, 3, 4].map((n) => item(key, n)))],
  [
    "begins_with",
    (key) => ({
      KeyConditionExpression: "a = :a AND begins_with(b, :b)",
      ExpressionAttributeValues: { ":a": { S: key }, ":b": { S: "b3" } },
    }),
    (key) => ok([item(key, 3)]),
  ],
  [
    "a limit",
    (key) => ({ ...byA(key), Limit: 2 }),
    (key) => ok([item(key, 1), item(key, 2)], { LastEvaluatedKey: item(key, 2, "a", "b") }),
  ],
  [
    "a limit that meets the end",
    (key) => ({ ...byA(key), Limit: 4 }),
    (key) =>
      ok(
        [1, 2, 3, 4].map((n) => item(key, n)),
        { LastEvaluatedKey: item(key, 4, "a", "b") },
      ),
  ],
  [
    "from a start key",
    (key) => ({ ...byA(key), ExclusiveStartKey: item(key, 2, "a", "b") }),
    (key) => ok([item(key, 3), item(key, 4)]),
  ],
  [
    "backward from a start key that does not exist",
    (key) => ({ ...byA(key), ScanIndexForward: false, ExclusiveStartKey: { a: { S: key }, b: { S: "b25" } } }),
    (key) => ok([item(key, 2), item(key, 1)]),
  ],
  [
    "a filter",
    (key) => ({
      KeyConditionExpression: "a = :a",
      FilterExpression: "e > :e",
      ExpressionAttributeValues: { ":a": { S: key }, ":e": { N: "2" } },
    }),
    (key) => ({ ok: { Items: [item(key, 3), item(key, 4)], Count: 2, ScannedCount: 4 } }),
  ],
  [
    "a filter behind a limit",
    (key) => ({
      KeyConditionExpression: "a = :a",
      FilterExpression: "e > :e",
      Limit: 2,
      ExpressionAttributeValues: { ":a": { S: key }, ":e": { N: "2" } },
    }),
    (key) => ({ ok: { Items: [], Count: 0, ScannedCount: 2, LastEvaluatedKey: item(key, 2, "a", "b") } }),
  ],
  ["a count", (key) => ({ ...byA(key), Select: "COUNT" }), () => ({ ok: { Count: 4, ScannedCount: 4 } })],
  [
    "a projection",
    (key) => ({ ...byA(key), Limit: 1, ProjectionExpression: "e" }),
    (key) => ok([item(key, 1, "e")], { LastEvaluatedKey: item(key, 1, "a", "b") }),
  ],
  [
    "capacity",
    (key) => ({ ...byA(key), Select: "COUNT", ReturnConsumedCapacity: "TOTAL" }),
    () => ({ ok: { Count: 4, ScannedCount: 4, ConsumedCapacity: { TableName: "Indexed", CapacityUnits: 0.5 } } }),
  ],
  [
    "legacy conditions",
    (key) => ({
      KeyConditions: {
        a: { ComparisonOperator: "EQ", AttributeValueList: [{ S: key }] },
        b: { ComparisonOperator: "GE", AttributeValueList: [{ S: "b3" }] },
      },
      QueryFilter: { e: { ComparisonOperator: "NE", AttributeValueList: [{ N: "3" }] } },
    }),
    (key) => ({ ok: { Items: [item(key, 4)], Count: 1, ScannedCount: 2 } }),
  ],
  [
    "a sparse local index",
    (key) => ({ ...byA(key), IndexName: "local" }),
    (key) => ok([1, 2, 3].map((n) => item(key, n, "a", "b", "c"))),
  ],
  [
    "a local index, all attributes",
    (key) => ({ ...byA(key), IndexName: "local", Select: "ALL_ATTRIBUTES" }),
    (key) => ok([1, 2, 3].map((n) => item(key, n))),
  ],
  [
    "a global index",
    (key) => ({
      IndexName: "global",
      KeyConditionExpression: "c = :c AND d < :d",
      ExpressionAttributeValues: { ":c": { S: `${key}-c` }, ":d": { S: `${key}-d1` } },
    }),
    (key) => ok([item(key, 2)]),
  ],
  [
    "a global index by both keys",
    (key) => ({
      IndexName: "global",
      KeyConditionExpression: "c = :c AND d = :d",
      ExpressionAttributeValues: { ":c": { S: `${key}-c` }, ":d": { S: `${key}-d0` } },
    }),
    (key) => ok([item(key, 2)]),
  ],
  [
    "a page of a global index",
    (key) => ({
      IndexName: "global",
      Limit: 2,
      KeyConditionExpression: "c = :c",
      ExpressionAttributeValues: { ":c": { S: `${key}-c` } },
    }),
    (key) => ok([item(key, 2), item(key, 1)], { LastEvaluatedKey: item(key, 1, "a", "b", "c", "d") }),
  ],
  [
    "the next page of a global index",
    (key) => ({
      IndexName: "global",
      ExclusiveStartKey: item(key, 1, "a", "b", "c", "d"),
      KeyConditionExpression: "c = :c",
      ExpressionAttributeValues: { ":c": { S: `${key}-c` } },
    }),
    (key) => ok([item(key, 3)]),
  ],
  [
    "an index that includes some attributes",
    (key) => ({
      IndexName: "some",
      KeyConditionExpression: "d = :d",
      FilterExpression: "e = :e",
      ExpressionAttributeValues: { ":d": { S: `${key}-d0` }, ":e": { N: "2" } },
    }),
    (key) => ({ ok: { Items: [item(key, 2, "a", "b", "d", "e")], Count: 1, ScannedCount: 2 } }),
  ],
];

export const readCases: readonly CaseMaker[] = [
  ...keyRanges,
  ...queries.map(([name, input, then]): CaseMaker => (key) => ({
    name: `query answers ${name}`,
    given: rows(key),
    when: { operation: "Query", input: { TableName: "Indexed", ...input(key) } },
    then: then(key),
  })),
  ...refusedQueries.map(([name, input, message]): CaseMaker => () => ({
    name: `query refuses ${name}`,
    when: { operation: "Query", input: { TableName: "Indexed", ...input } },
    then: invalid(message),
  })),
  ...refusedScans.map(([name, input, then]): CaseMaker => () => ({
    name: `scan refuses ${name}`,
    when: { operation: "Scan", input: { TableName: "Indexed", ...input } },
    then,
  })),
  (key) => ({
    name: "scan answers what a filter leaves",
    given: [{ table: "Scanned", item: { a: { S: key }, uniq: { S: key } } }],
    when: {
      operation: "Scan",
      input: {
        TableName: "Scanned",
        FilterExpression: "uniq = :k",
        ExpressionAttributeValues: { ":k": { S: key } },
        ProjectionExpression: "a",
        Select: "SPECIFIC_ATTRIBUTES",
      },
    },
    then: { ok: { Items: [{ a: { S: key } }], Count: 1, ScannedCount: 1 } },
  }),
];
