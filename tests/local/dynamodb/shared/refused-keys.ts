import { badParameter, invalid, missingTable, type Refused } from "./case";

const mismatch = invalid("The provided key element does not match the schema");

/** Keys and paths that do not fit the table, and updates that would leave an item that it does not take. */
export const refusedKeys: readonly Refused[] = [
  [
    "a key with an attribute too many",
    "GetItem",
    (key) => ({ TableName: "Plain", Key: { a: { S: key }, b: { S: "x" } } }),
    mismatch,
  ],
  ["a key with an attribute too few", "GetItem", (key) => ({ TableName: "RangeS", Key: { a: { S: key } } }), mismatch],
  ["a key of another type", "GetItem", () => ({ TableName: "Plain", Key: { a: { N: "1" } } }), mismatch],
  ["a key of another name", "DeleteItem", () => ({ TableName: "Plain", Key: { b: { S: "1" } } }), mismatch],
  [
    "an empty key of a get",
    "GetItem",
    () => ({ TableName: "Plain", Key: { a: { S: "" } } }),
    invalid(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: a",
    ),
  ],
  [
    "a table that does not exist, of a get",
    "GetItem",
    () => ({ TableName: "Nowhere", Key: { a: { S: "x" } } }),
    missingTable,
  ],
  [
    "overlapping paths of a projection",
    "GetItem",
    (key) => ({ TableName: "Plain", Key: { a: { S: key } }, ProjectionExpression: "v, v.k" }),
    invalid(
      "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [v], path two: [v, k]",
    ),
  ],
  [
    "an attribute twice",
    "GetItem",
    (key) => ({ TableName: "Plain", Key: { a: { S: key } }, AttributesToGet: ["v", "v"] }),
    badParameter("Duplicate value in attribute name: v"),
  ],
  [
    "a path into a key",
    "GetItem",
    (key) => ({ TableName: "Plain", Key: { a: { S: key } }, ProjectionExpression: "a.b" }),
    invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: a"),
  ],
  [
    "an update that makes the item too large",
    "UpdateItem",
    (key) => ({
      TableName: "Plain",
      Key: { a: { S: key } },
      UpdateExpression: "SET v = :v, w = :v",
      ExpressionAttributeValues: { ":v": { S: "x".repeat(204_800) } },
    }),
    invalid("Item size to update has exceeded the maximum allowed size"),
  ],
  [
    "an update of an index key to another type",
    "UpdateItem",
    (key) => ({
      TableName: "Indexed",
      Key: { a: { S: key }, b: { S: "x" } },
      UpdateExpression: "SET d = :v",
      ExpressionAttributeValues: { ":v": { N: "1" } },
    }),
    badParameter("Type mismatch for Index Key d Expected: S Actual: N IndexName: global"),
  ],
];
