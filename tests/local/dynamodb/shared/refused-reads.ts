import type { Outcome } from "../outcome";
import { invalid } from "./case";

const values = { ":a": { S: "x" }, ":b": { S: "y" } };
const expression = (KeyConditionExpression: string, more: object = {}): object => {
  const used = Object.fromEntries(Object.entries(values).filter(([name]) => KeyConditionExpression.includes(name)));
  return { KeyConditionExpression, ExpressionAttributeValues: used, ...more };
};

/** Queries, and why they are refused. */
export const refusedQueries: readonly (readonly [string, object, string])[] = [
  [
    "no condition",
    {},
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
  ],
  ["no partition key", expression("b = :b"), "Query condition missed key schema element: a"],
  ["an inequality of the partition key", expression("a > :a"), "Query key condition not supported"],
  ["another attribute", expression("a = :a AND e = :b"), "Query condition missed key schema element: b"],
  [
    "a key twice",
    expression("a = :a AND a = :b"),
    "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key",
  ],
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
    "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    "an empty table name",
    expression("a = :a", { TableName: "" }),
    "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
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

/** Scans, and how they are refused. */
export const refusedScans: readonly (readonly [string, object, Outcome])[] = [
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
