import { expect } from "chai";
import type { AccessRequest } from "../../../local/service";
import { TestDatabase, withStream } from "./in-process";

const table = "arn:aws:dynamodb:us-east-1:123456789012:table/Tab";
const keyArn = "arn:aws:kms:us-east-1:123456789012:key/k1";

describe("DynamoDB asks for the rights", () => {
  let db: TestDatabase;
  let asked: AccessRequest[];
  beforeEach(async () => {
    db = new TestDatabase();
    await db.table("Tab", {
      ...withStream,
      AttributeDefinitions: ["a", "g"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      GlobalSecondaryIndexes: [
        {
          IndexName: "byG",
          KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    });
    asked = [];
    db.cloud.ports.iam.evaluate = (_, request) => {
      asked.push(request);
      return { allowed: true, reason: "" };
    };
  });
  const rights = (): string[] => asked.map(({ action, resource }) => `${action} ${resource}`);

  it("of a write on the table, with key and attributes", async () => {
    await db
      .call("UpdateItem", {
        TableName: "Tab",
        Key: { a: { S: "x" } },
        UpdateExpression: "SET #v = :v, w.k = :v",
        ExpressionAttributeNames: { "#v": "v" },
        ExpressionAttributeValues: { ":v": { M: {} } },
      })
      .catch(() => undefined);
    expect(asked).to.deep.equal([
      {
        action: "dynamodb:UpdateItem",
        resource: table,
        context: { "dynamodb:LeadingKeys": ["x"], "dynamodb:Attributes": ["a", "v", "w"] },
      },
    ]);
  });

  it("of a query on the index, under the table's policy", async () => {
    await db.call("Query", {
      TableName: "Tab",
      IndexName: "byG",
      KeyConditionExpression: "g = :g",
      ExpressionAttributeValues: { ":g": { S: "x" } },
    });
    expect(asked[0]).to.deep.include({ action: "dynamodb:Query", resource: `${table}/index/byG`, policyOf: table });
  });

  it("of each item of a transaction", async () => {
    await db.call("TransactWriteItems", {
      TransactItems: [
        { Put: { TableName: "Tab", Item: { a: { S: "1" } } } },
        { Update: { TableName: "Tab", Key: { a: { S: "2" } }, UpdateExpression: "REMOVE v" } },
        { Delete: { TableName: "Tab", Key: { a: { S: "3" } } } },
        {
          ConditionCheck: { TableName: "Tab", Key: { a: { S: "4" } }, ConditionExpression: "attribute_not_exists(a)" },
        },
      ],
    });
    expect(rights()).to.deep.equal(
      ["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"].map((name) => `dynamodb:${name} ${table}`),
    );
  });

  it("of batches by their own names", async () => {
    await db.call("BatchWriteItem", { RequestItems: { Tab: [{ PutRequest: { Item: { a: { S: "1" } } } }] } });
    await db.call("BatchGetItem", { RequestItems: { Tab: { Keys: [{ a: { S: "1" } }] } } });
    expect(rights()).to.deep.equal([`dynamodb:BatchWriteItem ${table}`, `dynamodb:BatchGetItem ${table}`]);
  });

  it("on the stream", async () => {
    const StreamArn = db.streamArn("Tab");
    await db.call("DescribeStream", { StreamArn });
    expect(rights()).to.deep.equal([`dynamodb:DescribeStream ${StreamArn}`]);
  });

  it("on a customer's key, in the caller's name", async () => {
    await db.table("Secret", { SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: keyArn } });
    asked = [];
    await db.call("GetItem", { TableName: "Secret", Key: { a: { S: "x" } } });
    expect(asked[1]).to.deep.equal({
      action: "kms:Decrypt",
      resource: keyArn,
      context: {
        "kms:ViaService": "dynamodb.us-east-1.amazonaws.com",
        "kms:CallerAccount": "123456789012",
        "kms:EncryptionContext:aws:dynamodb:tableName": "Secret",
        "kms:EncryptionContext:aws:dynamodb:subscriberId": "123456789012",
      },
    });
    asked = [];
    await db.put("Secret", { a: { S: "x" } });
    expect(asked.slice(1).map(({ action }) => action)).to.deep.equal([
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ]);
  });

  it("and does nothing without them", async () => {
    db.cloud.ports.iam.evaluate = () => ({
      allowed: false,
      reason: "because no identity-based policy allows the dynamodb:PutItem action",
    });
    expect(await db.refusal("PutItem", { TableName: "Tab", Item: { a: { S: "x" } } })).to.equal(
      `AccessDeniedException: User: arn:aws:iam::123456789012:user/operator is not authorized to perform: dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
    );
    expect(db.service.database.find("Tab")!.rows.size).to.equal(0);
  });
});
