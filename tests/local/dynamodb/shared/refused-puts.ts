import type { Outcome } from "../outcome";
import { badParameter, invalid, missingTable, type Refused } from "./case";

const notValid = (message: string): Outcome => invalid(`One or more parameter values are not valid. ${message}`);

const put =
  (value: unknown) =>
  (key: string): object => ({ TableName: "Plain", Item: { a: { S: key }, v: value } });

/** Values, keys and items that no table takes. */
export const refusedPuts: readonly Refused[] = [
  [
    "a number that is none",
    "PutItem",
    put({ N: "abc" }),
    invalid("The parameter cannot be converted to a numeric value: abc"),
  ],
  ["an empty number", "PutItem", put({ N: "" }), invalid("The parameter cannot be converted to a numeric value")],
  [
    "a number with too many digits",
    "PutItem",
    put({ N: "123456789012345678901234567890123456789" }),
    invalid("Attempting to store more than 38 significant digits in a Number"),
  ],
  [
    "a number that is too large",
    "PutItem",
    put({ N: "1E126" }),
    invalid("Number overflow. Attempting to store a number with magnitude larger than supported range"),
  ],
  [
    "a number that is too small",
    "PutItem",
    put({ N: "1E-131" }),
    invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range"),
  ],
  [
    "a null that is false",
    "PutItem",
    put({ NULL: false }),
    badParameter("Null attribute value types must have the value of true"),
  ],
  ["an empty set of texts", "PutItem", put({ SS: [] }), badParameter("An string set  may not be empty")],
  ["an empty set of numbers", "PutItem", put({ NS: [] }), badParameter("An number set  may not be empty")],
  ["an empty set of binaries", "PutItem", put({ BS: [] }), badParameter("Binary sets should not be empty")],
  [
    "a set with a text twice",
    "PutItem",
    put({ SS: ["x", "y", "x"] }),
    badParameter("Input collection [x, y, x] contains duplicates."),
  ],
  ["a set with a number twice", "PutItem", put({ NS: ["1", "1.0"] }), invalid("Input collection contains duplicates")],
  [
    "a bad value deep inside",
    "PutItem",
    put({ L: [{ M: { k: { N: "x" } } }] }),
    invalid("The parameter cannot be converted to a numeric value: x"),
  ],
  [
    "an item without its key",
    "PutItem",
    () => ({ TableName: "Plain", Item: { b: { S: "x" } } }),
    badParameter("Missing the key a in the item"),
  ],
  [
    "an item whose key has another type",
    "PutItem",
    () => ({ TableName: "Plain", Item: { a: { N: "1" } } }),
    badParameter("Type mismatch for key a expected: S actual: N"),
  ],
  [
    "an item with an empty key",
    "PutItem",
    () => ({ TableName: "Plain", Item: { a: { S: "" } } }),
    notValid("The AttributeValue for a key attribute cannot contain an empty string value. Key: a"),
  ],
  [
    "an item with a key of 2,049 bytes",
    "PutItem",
    () => ({ TableName: "Plain", Item: { a: { S: "x".repeat(2049) } } }),
    badParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes"),
  ],
  [
    "an item with a sort key of 1,025 bytes",
    "PutItem",
    (key) => ({ TableName: "RangeS", Item: { a: { S: key }, b: { S: "x".repeat(1025) } } }),
    badParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
  ],
  [
    "an item of more than 400 KB",
    "PutItem",
    (key) => ({ TableName: "Plain", Item: { a: { S: key }, v: { S: "x".repeat(409_600) } } }),
    invalid("Item size has exceeded the maximum allowed size"),
  ],
  [
    "an index key of another type",
    "PutItem",
    (key) => ({ TableName: "Indexed", Item: { a: { S: key }, b: { S: "x" }, c: { N: "1" } } }),
    badParameter("Type mismatch for Index Key c Expected: S Actual: N IndexName: global"),
  ],
  ["a table that does not exist", "PutItem", () => ({ TableName: "Nowhere", Item: { a: { S: "x" } } }), missingTable],
  [
    "a bad item for a table that does not exist",
    "PutItem",
    () => ({ TableName: "Nowhere", Item: { a: { N: "x" } } }),
    invalid("The parameter cannot be converted to a numeric value: x"),
  ],
];
