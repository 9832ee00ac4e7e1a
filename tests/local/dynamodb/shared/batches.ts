import { invalid, type CaseMaker } from "./case";

const mismatch = invalid("The provided key element does not match the schema");

export const batchCases: readonly CaseMaker[] = [
  (key) => ({
    name: "BatchWriteItem answers",
    when: {
      operation: "BatchWriteItem",
      input: {
        RequestItems: {
          Plain: [{ PutRequest: { Item: { a: { S: key } } } }, { DeleteRequest: { Key: { a: { S: `${key}x` } } } }],
        },
        ReturnConsumedCapacity: "TOTAL",
      },
    },
    then: {
      ok: {
        UnprocessedItems: {},
        ConsumedCapacity: [{ TableName: "Plain", CapacityUnits: 2 }],
      },
    },
  }),
  (key) => ({
    name: "BatchWriteItem refuses an item twice",
    when: {
      operation: "BatchWriteItem",
      input: {
        RequestItems: {
          Plain: [{ PutRequest: { Item: { a: { S: key } } } }, { DeleteRequest: { Key: { a: { S: key } } } }],
        },
      },
    },
    then: invalid("Provided list of item keys contains duplicates"),
  }),
  () => ({
    name: "BatchWriteItem refuses an item without its key",
    when: {
      operation: "BatchWriteItem",
      input: { RequestItems: { Plain: [{ PutRequest: { Item: { b: { S: "x" } } } }] } },
    },
    then: mismatch,
  }),
  () => ({
    name: "BatchWriteItem looks at all values before it looks at a table",
    when: {
      operation: "BatchWriteItem",
      input: {
        RequestItems: {
          Plain: [{ PutRequest: { Item: { b: { S: "x" } } } }, { PutRequest: { Item: { a: { N: "many" } } } }],
        },
      },
    },
    then: invalid("The parameter cannot be converted to a numeric value: many"),
    lackedBy: ["dynoxide"],
  }),
  () => ({
    name: "BatchGetItem tells doubles before it looks at keys",
    when: {
      operation: "BatchGetItem",
      input: { RequestItems: { Plain: { Keys: [{ b: { S: "x" } }, { b: { S: "x" } }] } } },
    },
    then: invalid("Provided list of item keys contains duplicates"),
    lackedBy: ["dynoxide"],
  }),
  () => ({
    name: "BatchWriteItem refuses an unknown table",
    when: {
      operation: "BatchWriteItem",
      input: { RequestItems: { Nowhere: [{ PutRequest: { Item: { a: { S: "x" } } } }] } },
    },
    then: { error: "ResourceNotFoundException", message: "Requested resource not found" },
  }),
  (key) => ({
    name: "BatchGetItem answers",
    given: [{ table: "Plain", item: { a: { S: key }, v: { N: "1" } } }],
    when: {
      operation: "BatchGetItem",
      input: {
        RequestItems: { Plain: { Keys: [{ a: { S: key } }, { a: { S: `${key}none` } }], ProjectionExpression: "v" } },
        ReturnConsumedCapacity: "TOTAL",
      },
    },
    then: {
      ok: {
        Responses: { Plain: [{ v: { N: "1" } }] },
        UnprocessedKeys: {},
        ConsumedCapacity: [{ TableName: "Plain", CapacityUnits: 1 }],
      },
    },
  }),
  (key) => ({
    name: "BatchGetItem refuses a key twice",
    when: {
      operation: "BatchGetItem",
      input: { RequestItems: { Plain: { Keys: [{ a: { S: key } }, { a: { S: key } }] } } },
    },
    then: invalid("Provided list of item keys contains duplicates"),
  }),
  (key) => ({
    name: "BatchGetItem refuses a key of another form",
    when: { operation: "BatchGetItem", input: { RequestItems: { RangeN: { Keys: [{ a: { S: key } }] } } } },
    then: mismatch,
  }),
  () => ({
    name: "BatchGetItem refuses more than 100 keys of two tables",
    when: {
      operation: "BatchGetItem",
      input: {
        RequestItems: {
          Plain: { Keys: Array.from({ length: 60 }, (_, i) => ({ a: { S: String(i) } })) },
          RangeN: { Keys: Array.from({ length: 60 }, (_, i) => ({ a: { S: "x" }, b: { N: String(i) } })) },
        },
      },
    },
    then: invalid("Too many items requested for the BatchGetItem call"),
  }),
];
