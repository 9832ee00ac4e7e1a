import type { Outcome } from "../outcome";
import { invalid, type CaseMaker } from "./case";

const cancelled = (...reasons: object[]): Outcome =>
  ({
    error: "TransactionCanceledException",
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map((r) => (r as { Code: string }).Code).join(", ")}]`,
    reasons,
  }) as unknown as Outcome;
const none = { Code: "None" };
const failed = { Code: "ConditionalCheckFailed", Message: "The conditional request failed" };

const put = (key: string, more: object = {}): object => ({
  Put: { TableName: "Plain", Item: { a: { S: key } }, ...more },
});

type Simple = readonly [name: string, items: (key: string) => object[], then: (key: string) => Outcome, more?: object];

const writes: readonly Simple[] = [
  [
    "writes of every kind",
    (key) => [
      put(`${key}1`),
      {
        Update: {
          TableName: "Plain",
          Key: { a: { S: key } },
          UpdateExpression: "SET v = v + :v",
          ExpressionAttributeValues: { ":v": { N: "1" } },
        },
      },
      { Delete: { TableName: "Plain", Key: { a: { S: `${key}2` } } } },
      {
        ConditionCheck: {
          TableName: "Plain",
          Key: { a: { S: `${key}3` } },
          ConditionExpression: "attribute_not_exists(a)",
        },
      },
    ],
    () => ({ ok: {} }),
  ],
  [
    "capacity",
    (key) => [put(`${key}1`)],
    () => ({ ok: { ConsumedCapacity: [{ TableName: "Plain", CapacityUnits: 2, WriteCapacityUnits: 2 }] } }),
    { ReturnConsumedCapacity: "TOTAL" },
  ],
  [
    "a condition that fails",
    (key) => [put(`${key}1`), put(key, { ConditionExpression: "attribute_not_exists(a)" })],
    () => cancelled(none, failed),
  ],
  [
    "a condition that fails, with the item",
    (key) => [
      put(key, { ConditionExpression: "attribute_not_exists(a)", ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
    ],
    (key) => cancelled({ ...failed, Item: { a: { S: key }, v: { N: "1" } } }),
  ],
  [
    "an update of a wrong type",
    (key) => [
      put(`${key}1`),
      {
        Update: {
          TableName: "Plain",
          Key: { a: { S: key } },
          UpdateExpression: "SET v = nothing + :v",
          ExpressionAttributeValues: { ":v": { N: "1" } },
        },
      },
    ],
    () =>
      cancelled(none, {
        Code: "ValidationError",
        Message: "The provided expression refers to an attribute that does not exist in the item",
      }),
  ],
  [
    "an item twice",
    (key) => [put(key), { Delete: { TableName: "Plain", Key: { a: { S: key } } } }],
    () => invalid("Transaction request cannot include multiple operations on one item"),
  ],
  [
    "an unknown table",
    () => [{ Put: { TableName: "Nowhere", Item: { a: { S: "x" } } } }],
    () => ({ error: "ResourceNotFoundException", message: "Requested resource not found" }),
  ],
];

export const transactionCases: readonly CaseMaker[] = [
  ...writes.map(([name, items, then, more = {}]): CaseMaker => (key) => ({
    name: `TransactWriteItems answers ${name}`,
    given: [{ table: "Plain", item: { a: { S: key }, v: { N: "1" } } }],
    when: { operation: "TransactWriteItems", input: { TransactItems: items(key), ...more } },
    then: then(key),
    lackedBy: ["dynalite"],
  })),
  (key) => ({
    name: "TransactGetItems answers",
    given: [{ table: "Plain", item: { a: { S: key }, v: { N: "1" }, w: { N: "2" } } }],
    when: {
      operation: "TransactGetItems",
      input: {
        TransactItems: [
          { Get: { TableName: "Plain", Key: { a: { S: key } }, ProjectionExpression: "v" } },
          { Get: { TableName: "Plain", Key: { a: { S: `${key}none` } } } },
        ],
        ReturnConsumedCapacity: "TOTAL",
      },
    },
    then: {
      ok: {
        Responses: [{ Item: { v: { N: "1" } } }, {}],
        ConsumedCapacity: [{ TableName: "Plain", CapacityUnits: 4, ReadCapacityUnits: 4 }],
      },
    },
    lackedBy: ["dynalite"],
  }),
];
