import { invalid, type CaseMaker, type TestItem } from "./case";
import type { Outcome } from "../outcome";

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

const ranges: readonly CaseMaker[] = Object.keys(sorted).flatMap((table) =>
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

const values = { ":a": { S: "x" }, ":b": { S: "y" } };
const expression = (KeyConditionExpression: string, more: object = {}): object => {
  const used = Object.fromEntries(Object.entries(values).filter(([name]) => KeyConditionExpression.includes(name)));
  return { KeyConditionExpression, ExpressionAttributeValues: used, ...more };
};

const refused: readonly (readonly [string, object, string])[] = [
  [
    "no condition",
    {},
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
  ],
  ["no partition key", expression("b = :b"), "Query condition missed key schema element: a"],
  ["an inequality of the partition key", expression("a > :a"), "Query key condition not supported"],
  ["another attribute", expression("a = :a AND e = :b"), "Query condition missed key schema element: b"],
  ["a key twice", expression("a = :a AND a = :b"), "KeyConditionExpressions must only contain one condition per key"],
  ["OR", expression("a = :a OR b = :b"), "Invalid operator used in KeyConditionExpression: OR"],
  ["NOT", expression("NOT a = :a"), "Invalid operator used in KeyConditionExpression: NOT"],
  ["<>", expression("a = :a AND b <> :b"), "Invalid operator used in KeyConditionExpression: <>"],
  ["IN", expression("a = :a AND b IN (:b)"), "Invalid operator used in KeyConditionExpression: IN"],
  ["contains", expression("a = :a AND contains(b, :b)"), "Invalid operator used in KeyConditionExpression: contains"],
  [
    "a nested path",
    expression("a = :a AND b.c = :b"),
    "KeyConditionExpressions cannot have conditions on nested attributes",
  ],
  [
    "a value of another type",
    { KeyConditionExpression: "a = :a", ExpressionAttributeValues: { ":a": { N: "1" } } },
    "One or more parameter values were invalid: Condition parameter type does not match schema type",
  ],
  [
    "a filter on a key",
    expression("a = :a", { FilterExpression: "b = :b", ExpressionAttributeValues: values }),
    "Filter Expression can only contain non-primary key attributes: Primary key attribute: b",
  ],
  [
    "an unknown index",
    expression("a = :a", { IndexName: "nowhere" }),
    "The table does not have the specified index: nowhere",
  ],
  [
    "a consistent read of a global index",
    {
      IndexName: "global",
      ConsistentRead: true,
      KeyConditionExpression: "c = :a",
      ExpressionAttributeValues: { ":a": { S: "x" } },
    },
    "Consistent reads are not supported on global secondary indexes",
  ],
  [
    "all attributes of an index without them",
    {
      IndexName: "some",
      Select: "ALL_ATTRIBUTES",
      KeyConditionExpression: "d = :a",
      ExpressionAttributeValues: { ":a": { S: "x" } },
    },
    "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index some because its projection type is not ALL",
  ],
  [
    "a start key without the sort key",
    expression("a = :a", { ExclusiveStartKey: { a: { S: "x" } } }),
    "The provided starting key is invalid",
  ],
  [
    "a start key of another partition",
    expression("a = :a", { ExclusiveStartKey: { a: { S: "q" }, b: { S: "q" } } }),
    "The provided starting key is outside query boundaries based on provided conditions",
  ],
  [
    "a start key outside of the range",
    expression("a = :a AND b > :b", { ExclusiveStartKey: { a: { S: "x" }, b: { S: "a" } } }),
    "The provided starting key does not match the range key predicate",
  ],
  [
    "a limit of 0",
    expression("a = :a", { Limit: 0 }),
    "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    "a table name of two characters",
    expression("a = :a", { TableName: "ab" }),
    "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
  ],
  [
    "a Select that is none",
    expression("a = :a", { Select: "ALL" }),
    "1 validation error detected: Value 'ALL' at 'select' failed to satisfy constraint: Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
  ],
  [
    "two wrong members",
    expression("a = :a", { Select: "ALL", ReturnConsumedCapacity: "SOME" }),
    "2 validation errors detected: Value 'ALL' at 'select' failed to satisfy constraint: Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]; Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]",
  ],
  [
    "a legacy condition on a key that is not indexable",
    {
      KeyConditions: {
        a: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "x" }] },
        b: { ComparisonOperator: "CONTAINS", AttributeValueList: [{ S: "x" }] },
      },
    },
    "Attempted conditional constraint is not an indexable operation",
  ],
];

const scans: readonly (readonly [string, object, Outcome])[] = [
  [
    "a segment without a total",
    { Segment: 1 },
    invalid(
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    ),
  ],
  [
    "a total without a segment",
    { TotalSegments: 2 },
    invalid(
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    ),
  ],
  [
    "a segment that is not below the total",
    { Segment: 2, TotalSegments: 2 },
    invalid(
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2",
    ),
  ],
  [
    "a start key of another form",
    { ExclusiveStartKey: { a: { S: "x" } } },
    invalid("The provided starting key is invalid: The provided key element does not match the schema"),
  ],
];

export const readCases: readonly CaseMaker[] = [
  ...ranges,
  ...queries.map(([name, input, then]): CaseMaker => (key) => ({
    name: `query answers ${name}`,
    given: rows(key),
    when: { operation: "Query", input: { TableName: "Indexed", ...input(key) } },
    then: then(key),
  })),
  ...refused.map(([name, input, message]): CaseMaker => () => ({
    name: `query refuses ${name}`,
    when: { operation: "Query", input: { TableName: "Indexed", ...input } },
    then: invalid(message),
  })),
  ...scans.map(([name, input, then]): CaseMaker => () => ({
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
