import { expect } from "chai";
import { AwsError } from "../../../local/aws-error";
import { TestDatabase } from "./in-process";

const EMPTY =
  "ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: a";
const MISMATCH = "The provided key element does not match the schema";

const put = (item: object, more: object = {}): object => ({ Put: { TableName: "things", Item: item, ...more } });
const check = (key: object, more: object = {}): object => ({
  ConditionCheck: { TableName: "things", Key: key, ConditionExpression: "attribute_not_exists(a)", ...more },
});
const update = (key: object): object => ({
  Update: {
    TableName: "things",
    Key: key,
    UpdateExpression: "SET v = :v",
    ExpressionAttributeValues: { ":v": { S: "x" } },
  },
});
const remove = (key: object): object => ({ Delete: { TableName: "things", Key: key } });
const elsewhere = { Put: { TableName: "nowhere", Item: { a: { S: "x" } } } };

describe("A refused transaction of DynamoDB", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = new TestDatabase();
    await database.table("things");
  });
  const refusal = (...TransactItems: object[]): Promise<string> =>
    database.refusal("TransactWriteItems", { TransactItems });
  const reasons = async (operation: string, ...TransactItems: object[]): Promise<unknown> => {
    try {
      await database.call(operation, { TransactItems });
    } catch (error) {
      return error instanceof AwsError ? error.detail["CancellationReasons"] : error;
    }
    return undefined;
  };

  it("is told of what is wrong with the request before a table that is missing", async () => {
    const syntax = check({ a: { S: "x" } }, { ConditionExpression: "attribute_not_exists(" });
    expect(await refusal(elsewhere, syntax)).to.match(/Invalid ConditionExpression: Syntax error; token: "<EOF>"/);
    const unused = check({ a: { S: "x" } }, { ExpressionAttributeValues: { ":v": { S: "x" } } });
    const words = /ExpressionAttributeValues unused in expressions: keys: \{:v\}/;
    expect(await refusal(elsewhere, unused)).to.match(words);
    expect(await refusal(put({ a: { S: "x" } }), unused)).to.match(words);
    expect(await refusal(elsewhere)).to.equal("ResourceNotFoundException: Requested resource not found");
  });

  it("is cancelled for a key that does not fit its table", async () => {
    for (const wrong of [update, remove, check]) {
      expect(await reasons("TransactWriteItems", put({ a: { S: "ok" } }), wrong({ a: { N: "5" } }))).to.deep.equal([
        { Code: "None" },
        { Code: "ValidationError", Message: MISMATCH },
      ]);
    }
    expect(await reasons("TransactWriteItems", put({ a: { N: "5" } }))).to.deep.equal([
      {
        Code: "ValidationError",
        Message: "One or more parameter values were invalid: Type mismatch for key a expected: S actual: N",
      },
    ]);
    const get = { Get: { TableName: "things", Key: {} } };
    expect(await reasons("TransactGetItems", get)).to.deep.equal([{ Code: "ValidationError", Message: MISMATCH }]);
    expect(await database.items("things")).to.deep.equal([]);
  });

  it("is refused as a whole for an empty key", async () => {
    for (const item of [put({ a: { S: "" } }), ...[update, remove, check].map((of) => of({ a: { S: "" } }))]) {
      expect(await refusal(item)).to.equal(EMPTY);
    }
  });

  it("names a token that is too long first", async () => {
    const input = {
      TransactItems: [put({ a: { S: "x" } })],
      ClientRequestToken: "t".repeat(37),
      ReturnConsumedCapacity: "SOME",
    };
    expect(await database.refusal("TransactWriteItems", input)).to.match(
      /^ValidationException: 2 validation errors detected: Value 't{37}' at 'clientRequestToken' .*; Value 'SOME' at 'returnConsumedCapacity'/,
    );
  });
});

describe("A key condition of DynamoDB", () => {
  it("is refused for a type that no key has, before the table is looked for", async () => {
    const database = new TestDatabase();
    const refused = (condition: string, value: object): Promise<string> =>
      database.refusal("Query", {
        TableName: "nowhere",
        KeyConditionExpression: `a = :a AND ${condition}`,
        ExpressionAttributeValues: { ":a": { S: "x" }, ":v": value },
      });
    const words = (operator: string, type: string): string =>
      `ValidationException: Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`;
    expect(await refused("b < :v", { BOOL: true })).to.equal(words("<", "BOOL"));
    expect(await refused(":v >= b", { BOOL: true })).to.equal(words(">=", "BOOL"));
    expect(await refused("b BETWEEN :v AND :v", { NULL: true })).to.equal(words("BETWEEN", "NULL"));
    expect(await refused("begins_with(b, :v)", { N: "1" })).to.equal(words("begins_with", "N"));
    expect(await refused("b = :v", { S: "x" })).to.equal("ResourceNotFoundException: Requested resource not found");
  });
});
