import { badParameter, conditionFailed, invalid, type Refused } from "./case";

/** Expressions and legacy parameters that do not fit together, or not their values. */
export const refusedParameters: readonly Refused[] = [
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
    "a legacy condition that does not hold",
    "PutItem",
    (key) => ({ TableName: "Plain", Item: { a: { S: key } }, Expected: { v: { Value: { S: "x" } } } }),
    conditionFailed,
  ],
  [
    "Value and Exists false",
    "PutItem",
    (key) => ({ TableName: "Plain", Item: { a: { S: key } }, Expected: { v: { Value: { S: "x" }, Exists: false } } }),
    badParameter("Value cannot be used when Exists is false for Attribute: v"),
  ],
  [
    "Exists without a value",
    "PutItem",
    (key) => ({ TableName: "Plain", Item: { a: { S: key } }, Expected: { v: { Exists: true } } }),
    badParameter("Value must be provided when Exists is true for Attribute: v"),
  ],
  [
    "ComparisonOperator and Exists",
    "PutItem",
    (key) => ({
      TableName: "Plain",
      Item: { a: { S: key } },
      Expected: { v: { Exists: true, ComparisonOperator: "NULL" } },
    }),
    badParameter("Exists and ComparisonOperator cannot be used together for Attribute: v"),
  ],
  [
    "BETWEEN with one value",
    "PutItem",
    (key) => ({
      TableName: "Plain",
      Item: { a: { S: key } },
      Expected: { v: { AttributeValueList: [{ S: "x" }], ComparisonOperator: "BETWEEN" } },
    }),
    badParameter("Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
  ],
  [
    "a legacy ADD of a text",
    "UpdateItem",
    (key) => ({
      TableName: "Plain",
      Key: { a: { S: key } },
      AttributeUpdates: { v: { Action: "ADD", Value: { S: "x" } } },
    }),
    badParameter("ADD action is not supported for the type S"),
  ],
  [
    "a legacy DELETE of a number",
    "UpdateItem",
    (key) => ({
      TableName: "Plain",
      Key: { a: { S: key } },
      AttributeUpdates: { v: { Action: "DELETE", Value: { N: "1" } } },
    }),
    badParameter("DELETE action with value is not supported for the type N"),
  ],
  [
    "a legacy PUT without a value",
    "UpdateItem",
    (key) => ({ TableName: "Plain", Key: { a: { S: key } }, AttributeUpdates: { v: { Action: "PUT" } } }),
    badParameter("Only DELETE action is allowed when no attribute value is specified"),
  ],
];
