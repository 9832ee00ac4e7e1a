import { conditionFailed, type CaseMaker, type TestItem } from "./case";
import { refusedKeys } from "./refused-keys";
import { refusedParameters } from "./refused-parameters";
import { refusedPuts } from "./refused-puts";

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
  ...[...refusedPuts, ...refusedParameters, ...refusedKeys].map(
    ([name, operation, input, then]): CaseMaker =>
      (key) => ({
        name: `${operation} refuses ${name}`,
        when: { operation, input: input(key) },
        then,
      }),
  ),
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
