import { conditionFailed, invalid, type CaseMaker, type TestItem } from "./case";
import type { Outcome } from "../outcome";

const parameter = (message: string): Outcome => invalid(`One or more parameter values were invalid: ${message}`);
const notValid = (message: string): Outcome => invalid(`One or more parameter values are not valid. ${message}`);
const mismatch = invalid("The provided key element does not match the schema");
const missingTable: Outcome = { error: "ResourceNotFoundException", message: "Requested resource not found" };

type Simple = readonly [name: string, operation: string, input: (key: string) => object, then: Outcome];

/** Values as they are given, and as they come back. */
const stored: readonly (readonly [TestItem[string], TestItem[string]])[] = [
  [{ N: "1" }, { N: "1" }],
  [{ N: "-0" }, { N: "0" }],
  [{ N: "00012.500" }, { N: "12.5" }],
  [{ N: "1e3" }, { N: "1000" }],
  [{ N: "1.5E-3" }, { N: "0.0015" }],
  [{ N: ".5" }, { N: "0.5" }],
  [{ N: "-123456789012345678901234567890.12345678" }, { N: "-123456789012345678901234567890.12345678" }],
  [{ N: "1E125" }, { N: "1" + "0".repeat(125) }],
  [{ N: "1E-130" }, { N: "0." + "0".repeat(129) + "1" }],
  [{ N: "100000000000000000000000000000000000000000" }, { N: "100000000000000000000000000000000000000000" }],
  [{ S: "" }, { S: "" }],
  [{ S: "ü€😀" }, { S: "ü€😀" }],
  [{ B: new Uint8Array([0, 255, 7]) }, { B: new Uint8Array([0, 255, 7]) }],
  [{ B: new Uint8Array([]) }, { B: new Uint8Array([]) }],
  [{ NS: ["1.0", "2"] }, { NS: ["1", "2"] }],
  [{ L: [] }, { L: [] }],
  [{ M: {} }, { M: {} }],
  [
    { L: [{ M: { k: { L: [{ NULL: true }, { BOOL: false }] } } }] },
    { L: [{ M: { k: { L: [{ NULL: true }, { BOOL: false }] } } }] },
  ],
];

const put =
  (value: unknown) =>
  (key: string): object => ({ TableName: "Plain", Item: { a: { S: key }, v: value } });

const refused: readonly Simple[] = [
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
    parameter("Null attribute value types must have the value of true"),
  ],
  ["an empty set of texts", "PutItem", put({ SS: [] }), parameter("An string set  may not be empty")],
  ["an empty set of numbers", "PutItem", put({ NS: [] }), parameter("An number set  may not be empty")],
  ["an empty set of binaries", "PutItem", put({ BS: [] }), parameter("Binary sets should not be empty")],
  [
    "a set with a text twice",
    "PutItem",
    put({ SS: ["x", "y", "x"] }),
    parameter("Input collection [x, y, x] contains duplicates."),
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
    parameter("Missing the key a in the item"),
  ],
  [
    "an item whose key has another type",
    "PutItem",
    () => ({ TableName: "Plain", Item: { a: { N: "1" } } }),
    parameter("Type mismatch for key a expected: S actual: N"),
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
    parameter("Size of hashkey has exceeded the maximum size limit of2048 bytes"),
  ],
  [
    "an item with a sort key of 1,025 bytes",
    "PutItem",
    (key) => ({ TableName: "RangeS", Item: { a: { S: key }, b: { S: "x".repeat(1025) } } }),
    parameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
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
    parameter("Type mismatch for Index Key c Expected: S Actual: N IndexName: global"),
  ],
  ["a table that does not exist", "PutItem", () => ({ TableName: "Nowhere", Item: { a: { S: "x" } } }), missingTable],
  [
    "a bad item for a table that does not exist",
    "PutItem",
    () => ({ TableName: "Nowhere", Item: { a: { N: "x" } } }),
    invalid("The parameter cannot be converted to a numeric value: x"),
  ],
  [
    "both generations of parameters",
    "PutItem",
    (key) => ({
      TableName: "Plain",
      Item: { a: { S: key } },
      Expected: { a: { Exists: false } },
      ConditionExpression: "attribute_not_exists(a)",
    }),
    invalid(
      "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
    ),
  ],
  [
    "names without an expression",
    "PutItem",
    (key) => ({ TableName: "Plain", Item: { a: { S: key } }, ExpressionAttributeNames: { "#a": "a" } }),
    invalid("ExpressionAttributeNames can only be specified when using expressions"),
  ],
  [
    "values without an expression",
    "PutItem",
    (key) => ({ TableName: "Plain", Item: { a: { S: key } }, ExpressionAttributeValues: { ":a": { S: "a" } } }),
    invalid("ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null"),
  ],
  [
    "a name that no expression uses",
    "PutItem",
    (key) => ({
      TableName: "Plain",
      Item: { a: { S: key } },
      ConditionExpression: "attribute_not_exists(a)",
      ExpressionAttributeNames: { "#b": "b" },
    }),
    invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"),
  ],
  [
    "a value that no expression uses",
    "PutItem",
    (key) => ({
      TableName: "Plain",
      Item: { a: { S: key } },
      ConditionExpression: "attribute_not_exists(a)",
      ExpressionAttributeValues: { ":b": { S: "b" } },
    }),
    invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"),
  ],
  [
    "a bad value of an expression",
    "PutItem",
    (key) => ({
      TableName: "Plain",
      Item: { a: { S: key } },
      ConditionExpression: "a = :b",
      ExpressionAttributeValues: { ":b": { N: "b" } },
    }),
    invalid(
      "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: b for key :b",
    ),
  ],
  [
    "a placeholder of a wrong form",
    "PutItem",
    (key) => ({
      TableName: "Plain",
      Item: { a: { S: key } },
      ConditionExpression: "a = :b",
      ExpressionAttributeValues: { b: { S: "b" } },
    }),
    invalid('ExpressionAttributeValues contains invalid key: Syntax error; key: "b"'),
  ],
  [
    "ReturnValues that a put does not have",
    "PutItem",
    (key) => ({ TableName: "Plain", Item: { a: { S: key } }, ReturnValues: "ALL_NEW" }),
    invalid("ReturnValues can only be ALL_OLD or NONE"),
  ],
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
    parameter("The AttributeValue for a key attribute cannot contain an empty string value. Key: a"),
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
    parameter("Duplicate value in attribute name: v"),
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
    parameter("Type mismatch for Index Key d Expected: S Actual: N IndexName: global"),
  ],
  [
    "a legacy condition that does not hold",
    "PutItem",
    (key) => ({ TableName: "Plain", Item: { a: { S: key } }, Expected: { v: { Value: { S: "x" } } } }),
    conditionFailed,
  ],
  [
    "Value and Exists false",
    "PutItem",
    (key) => ({ TableName: "Plain", Item: { a: { S: key } }, Expected: { v: { Value: { S: "x" }, Exists: false } } }),
    parameter("Value cannot be used when Exists is false for Attribute: v"),
  ],
  [
    "Exists without a value",
    "PutItem",
    (key) => ({ TableName: "Plain", Item: { a: { S: key } }, Expected: { v: { Exists: true } } }),
    parameter("Value must be provided when Exists is true for Attribute: v"),
  ],
  [
    "ComparisonOperator and Exists",
    "PutItem",
    (key) => ({
      TableName: "Plain",
      Item: { a: { S: key } },
      Expected: { v: { Exists: true, ComparisonOperator: "NULL" } },
    }),
    parameter("Exists and ComparisonOperator cannot be used together for Attribute: v"),
  ],
  [
    "BETWEEN with one value",
    "PutItem",
    (key) => ({
      TableName: "Plain",
      Item: { a: { S: key } },
      Expected: { v: { AttributeValueList: [{ S: "x" }], ComparisonOperator: "BETWEEN" } },
    }),
    parameter("Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
  ],
  [
    "a legacy ADD of a text",
    "UpdateItem",
    (key) => ({
      TableName: "Plain",
      Key: { a: { S: key } },
      AttributeUpdates: { v: { Action: "ADD", Value: { S: "x" } } },
    }),
    parameter("ADD action is not supported for the type S"),
  ],
  [
    "a legacy DELETE of a number",
    "UpdateItem",
    (key) => ({
      TableName: "Plain",
      Key: { a: { S: key } },
      AttributeUpdates: { v: { Action: "DELETE", Value: { N: "1" } } },
    }),
    parameter("DELETE action with value is not supported for the type N"),
  ],
  [
    "a legacy PUT without a value",
    "UpdateItem",
    (key) => ({ TableName: "Plain", Key: { a: { S: key } }, AttributeUpdates: { v: { Action: "PUT" } } }),
    parameter("Only DELETE action is allowed when no attribute value is specified"),
  ],
];

const old: TestItem = {
  v: { N: "1" },
  w: { M: { k: { S: "x" }, l: { L: [{ N: "1" }, { N: "2" }, { N: "3" }] } } },
  tags: { SS: ["x"] },
};

/** Operations on an item `old` that succeed. */
const answered: readonly (readonly [string, string, object, (key: string) => unknown])[] = [
  ["nothing", "PutItem", { Item: { v: { N: "2" } } }, () => ({})],
  [
    "ALL_OLD",
    "PutItem",
    { Item: { v: { N: "2" } }, ReturnValues: "ALL_OLD" },
    (key) => ({ Attributes: { a: { S: key }, ...old } }),
  ],
  ["ALL_OLD", "DeleteItem", { ReturnValues: "ALL_OLD" }, (key) => ({ Attributes: { a: { S: key }, ...old } })],
  [
    "UPDATED_OLD",
    "UpdateItem",
    {
      UpdateExpression: "SET v = :v, n = :v",
      ReturnValues: "UPDATED_OLD",
      ExpressionAttributeValues: { ":v": { S: "s" } },
    },
    () => ({ Attributes: { v: { N: "1" } } }),
  ],
  [
    "UPDATED_NEW",
    "UpdateItem",
    {
      UpdateExpression: "SET v = :v, n = :v",
      ReturnValues: "UPDATED_NEW",
      ExpressionAttributeValues: { ":v": { S: "s" } },
    },
    () => ({ Attributes: { v: { S: "s" }, n: { S: "s" } } }),
  ],
  [
    "UPDATED_NEW of a path",
    "UpdateItem",
    { UpdateExpression: "SET w.k = :v", ReturnValues: "UPDATED_NEW", ExpressionAttributeValues: { ":v": { S: "s" } } },
    () => ({ Attributes: { w: { M: { k: { S: "s" } } } } }),
  ],
  [
    "legacy updates",
    "UpdateItem",
    {
      AttributeUpdates: {
        v: { Action: "ADD", Value: { N: "2" } },
        tags: { Action: "DELETE", Value: { SS: ["x"] } },
        w: { Action: "DELETE" },
        n: { Value: { S: "s" } },
      },
      ReturnValues: "ALL_NEW",
    },
    (key) => ({ Attributes: { a: { S: key }, v: { N: "3" }, n: { S: "s" } } }),
  ],
  [
    "a legacy condition",
    "UpdateItem",
    {
      AttributeUpdates: { v: { Value: { N: "2" } } },
      Expected: { v: { ComparisonOperator: "BETWEEN", AttributeValueList: [{ N: "0" }, { N: "1" }] } },
      ReturnValues: "UPDATED_NEW",
    },
    () => ({ Attributes: { v: { N: "2" } } }),
  ],
  [
    "a legacy OR",
    "UpdateItem",
    {
      AttributeUpdates: { v: { Value: { N: "2" } } },
      Expected: {
        v: { ComparisonOperator: "EQ", AttributeValueList: [{ N: "9" }] },
        w: { ComparisonOperator: "NOT_NULL" },
      },
      ConditionalOperator: "OR",
      ReturnValues: "UPDATED_NEW",
    },
    () => ({ Attributes: { v: { N: "2" } } }),
  ],
  [
    "a projection",
    "GetItem",
    { ProjectionExpression: "w.l[2], w.l[0], v, nothing" },
    () => ({ Item: { v: { N: "1" }, w: { M: { l: { L: [{ N: "1" }, { N: "3" }] } } } } }),
  ],
  ["a projection of nothing", "GetItem", { ProjectionExpression: "nothing, w.x" }, () => ({ Item: {} })],
  ["AttributesToGet", "GetItem", { AttributesToGet: ["v", "nothing"] }, () => ({ Item: { v: { N: "1" } } })],
  [
    "capacity of a get",
    "GetItem",
    { ProjectionExpression: "v", ReturnConsumedCapacity: "TOTAL" },
    () => ({ Item: { v: { N: "1" } }, ConsumedCapacity: { TableName: "Plain", CapacityUnits: 0.5 } }),
  ],
  [
    "capacity of a consistent get",
    "GetItem",
    { ProjectionExpression: "v", ConsistentRead: true, ReturnConsumedCapacity: "INDEXES" },
    () => ({
      Item: { v: { N: "1" } },
      ConsumedCapacity: { TableName: "Plain", CapacityUnits: 1, Table: { CapacityUnits: 1 } },
    }),
  ],
  [
    "capacity of a put",
    "PutItem",
    { Item: { v: { S: "x".repeat(1500) } }, ReturnConsumedCapacity: "TOTAL" },
    () => ({ ConsumedCapacity: { TableName: "Plain", CapacityUnits: 2 } }),
  ],
  [
    "capacity of a delete",
    "DeleteItem",
    { ReturnConsumedCapacity: "TOTAL" },
    () => ({ ConsumedCapacity: { TableName: "Plain", CapacityUnits: 1 } }),
  ],
];

export const itemCases: readonly CaseMaker[] = [
  ...stored.map(([given, back], i): CaseMaker => (key) => ({
    name: `keeps value ${i + 1}: ${JSON.stringify(given).slice(0, 60)}`,
    given: [{ table: "Plain", item: { a: { S: key }, v: given } }],
    when: { operation: "GetItem", input: { TableName: "Plain", Key: { a: { S: key } } } },
    then: { ok: { Item: { a: { S: key }, v: back } } },
  })),
  ...refused.map(([name, operation, input, then]): CaseMaker => (key) => ({
    name: `${operation} refuses ${name}`,
    when: { operation, input: input(key) },
    then,
  })),
  ...answered.map(([name, operation, input, then]): CaseMaker => (key) => ({
    name: `${operation} answers ${name}`,
    given: [{ table: "Plain", item: { a: { S: key }, ...old } }],
    when: {
      operation,
      input: {
        TableName: "Plain",
        ...(operation === "PutItem" ? {} : { Key: { a: { S: key } } }),
        ...input,
        ...("Item" in input ? { Item: { a: { S: key }, ...(input.Item as object) } } : {}),
      },
    },
    then: { ok: then(key) },
  })),
  (key) => ({
    name: "PutItem shows the item that did not meet the condition",
    given: [{ table: "Plain", item: { a: { S: key }, v: { N: "1" } } }],
    when: {
      operation: "PutItem",
      input: {
        TableName: "Plain",
        Item: { a: { S: key } },
        ConditionExpression: "attribute_not_exists(a)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    },
    then: { ...conditionFailed, item: { a: { S: key }, v: { N: "1" } } },
    lackedBy: ["dynalite"],
  }),
];
