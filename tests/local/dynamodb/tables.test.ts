import { expect } from "chai";
import type { Json } from "../../../local/service";
import { TestDatabase, withStream } from "./in-process";

interface Described {
  readonly Table: Json & { readonly TableStatus: string };
}

describe("DynamoDB tables", () => {
  let db: TestDatabase;
  const status = async (): Promise<string> =>
    (await db.call<Described>("DescribeTable", { TableName: "Tab" })).Table.TableStatus;
  const plain = {
    TableName: "Tab",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
  };
  beforeEach(() => {
    db = new TestDatabase();
  });

  it("become active after a while, and refuse items until then", async () => {
    await db.call("CreateTable", plain);
    expect(await status()).to.equal("CREATING");
    expect(await db.refusal("PutItem", { TableName: "Tab", Item: { a: { S: "x" } } })).to.equal(
      "ResourceNotFoundException: Requested resource not found",
    );
    expect(await db.refusal("DeleteTable", { TableName: "Tab" })).to.match(/^ResourceInUseException/);
    await db.clock.advance(1000);
    expect(await status()).to.equal("ACTIVE");
  });

  it("are described as they were made", async () => {
    await db.table("Tab", {
      ...plain,
      ...withStream,
      Tags: [{ Key: "k", Value: "v" }],
      DeletionProtectionEnabled: true,
    });
    await db.put("Tab", { a: { S: "x" } });
    const { Table: table } = await db.call<Described>("DescribeTable", {
      TableName: "arn:aws:dynamodb:us-east-1:123456789012:table/Tab",
    });
    expect(table).to.deep.include({
      TableName: "Tab",
      TableArn: "arn:aws:dynamodb:us-east-1:123456789012:table/Tab",
      AttributeDefinitions: plain.AttributeDefinitions,
      KeySchema: plain.KeySchema,
      ItemCount: 1,
      TableSizeBytes: 2,
      DeletionProtectionEnabled: true,
      LatestStreamLabel: "2026-01-01T00:00:00.000",
      CreationDateTime: 1767225600,
    });
    expect(await db.call("ListTagsOfResource", { ResourceArn: table["TableArn"] })).to.deep.equal({
      Tags: [{ Key: "k", Value: "v" }],
    });
  });

  it("that are protected are not deleted", async () => {
    await db.table("Tab", { ...plain, DeletionProtectionEnabled: true });
    expect(await db.refusal("DeleteTable", { TableName: "Tab" })).to.equal(
      "ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    );
    await db.call("UpdateTable", { TableName: "Tab", DeletionProtectionEnabled: false });
    await db.clock.advance(1000);
    await db.call("DeleteTable", { TableName: "Tab" });
    expect(await status()).to.equal("DELETING");
    await db.clock.advance(1000);
    expect(await db.refusal("DescribeTable", { TableName: "Tab" })).to.equal(
      "ResourceNotFoundException: Requested resource not found: Table: Tab not found",
    );
  });

  it("are listed in pages", async () => {
    for (const name of ["Tab2", "Tab1", "Tab3"]) await db.table(name);
    expect(await db.call("ListTables", { Limit: 2 })).to.deep.equal({
      TableNames: ["Tab1", "Tab2"],
      LastEvaluatedTableName: "Tab2",
    });
    expect(await db.call("ListTables", { ExclusiveStartTableName: "Tab2" })).to.deep.equal({ TableNames: ["Tab3"] });
  });

  it("tell when they can be recovered", async () => {
    await db.table("Tab", plain);
    await db.call("UpdateContinuousBackups", {
      TableName: "Tab",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    const described = await db.call<{ ContinuousBackupsDescription: Json }>("DescribeContinuousBackups", {
      TableName: "Tab",
    });
    expect(described.ContinuousBackupsDescription["PointInTimeRecoveryDescription"]).to.deep.include({
      PointInTimeRecoveryStatus: "ENABLED",
      RecoveryPeriodInDays: 35,
    });
  });

  it("carry a resource policy", async () => {
    await db.table("Tab", plain);
    const ResourceArn = db.service.database.find("Tab")!.definition.arn;
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const { RevisionId } = await db.call("PutResourcePolicy", { ResourceArn, Policy });
    expect(await db.call("GetResourcePolicy", { ResourceArn })).to.deep.equal({ Policy, RevisionId });
    expect(db.cloud.resourcePolicies.get(ResourceArn)).to.deep.equal(JSON.parse(Policy));
    await db.call("DeleteResourcePolicy", { ResourceArn });
    expect(await db.refusal("GetResourcePolicy", { ResourceArn })).to.match(/^PolicyNotFoundException/);
  });

  it("change their units when an update is through, and tell when that was", async () => {
    const units = (read: number): object => ({ ReadCapacityUnits: read, WriteCapacityUnits: 2 });
    await db.table("Units", { BillingMode: "PROVISIONED", ProvisionedThroughput: units(2) });
    const asked = db.clock.now() / 1000;
    const update = { TableName: "Units", ProvisionedThroughput: units(6) };
    const { TableDescription: during } = await db.call<{ TableDescription: Json }>("UpdateTable", update);
    const plain = { NumberOfDecreasesToday: 0, LastIncreaseDateTime: asked };
    expect(during["ProvisionedThroughput"]).to.deep.equal({ ...plain, ...units(2) });
    await db.clock.advance(1000);
    const { Table: after } = await db.call<{ Table: Json }>("DescribeTable", { TableName: "Units" });
    expect(after["ProvisionedThroughput"]).to.include(units(6));
    expect((after["ProvisionedThroughput"] as Json)["LastIncreaseDateTime"]).to.be.greaterThan(asked);
  });

  it("tell the most units that they may use on demand", async () => {
    const limits = { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 5 };
    await db.table("Limited", { OnDemandThroughput: limits });
    const described = async (): Promise<unknown> =>
      (await db.call<{ Table: Json }>("DescribeTable", { TableName: "Limited" })).Table["OnDemandThroughput"];
    expect(await described()).to.deep.equal(limits);
    await db.call("UpdateTable", { TableName: "Limited", OnDemandThroughput: { MaxReadRequestUnits: 20 } });
    expect(await described()).to.deep.equal({ MaxReadRequestUnits: 20 });
  });

  const refusals: readonly (readonly [string, object, string])[] = [
    ["no name", { TableName: undefined }, "The parameter 'TableName' is required but was not present in the request"],
    [
      "a short name",
      { TableName: "ab" },
      "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    ],
    [
      "a name with a space",
      { TableName: "a table" },
      "1 validation error detected: Value 'a table' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ],
    [
      "no throughput",
      { BillingMode: undefined },
      "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    ],
    [
      "a key without a definition",
      { AttributeDefinitions: [{ AttributeName: "z", AttributeType: "S" }] },
      "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [a], AttributeDefinitions: [z]",
    ],
    [
      "a definition without a key",
      { AttributeDefinitions: [...plain.AttributeDefinitions, { AttributeName: "b", AttributeType: "S" }] },
      "One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    ],
    [
      "a sort key first",
      { KeySchema: [{ AttributeName: "a", KeyType: "RANGE" }] },
      "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
    ],
    [
      "an empty list of indexes",
      { GlobalSecondaryIndexes: [] },
      "One or more parameter values were invalid: List of GlobalSecondaryIndexes is empty",
    ],
    [
      "a stream without a view",
      { StreamSpecification: { StreamEnabled: true } },
      "One or more parameter values were invalid: StreamViewType must be specified when StreamEnabled is true",
    ],
  ];
  for (const [name, change, message] of refusals) {
    it(`are refused with ${name}`, async () => {
      expect(await db.refusal("CreateTable", { ...plain, ...change })).to.equal(`ValidationException: ${message}`);
    });
  }

  const wrongTypes: readonly (readonly [string, object, string])[] = [
    ["a number for a name", { TableName: 3 }, "NUMBER_VALUE cannot be converted to String"],
    [
      "a list for an item",
      { TableName: "Tab", Item: [] },
      "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
    ],
    ["a text for a value", { TableName: "Tab", Item: { a: "x" } }, "Unexpected value type in payload"],
    [
      "a number for a number",
      { TableName: "Tab", Item: { a: { N: 3.5 } } },
      "DECIMAL_VALUE cannot be converted to String",
    ],
    ["a text for a set", { TableName: "Tab", Item: { a: { SS: "x" } } }, "Unexpected field type"],
    [
      "a binary that is not base64",
      { TableName: "Tab", Item: { a: { B: "abc" } } },
      "Base64 encoded length is expected a multiple of 4 bytes but found: 3",
    ],
  ];
  for (const [name, input, message] of wrongTypes) {
    it(`refuse ${name} before anything else`, async () => {
      expect(await db.refusal("PutItem", input)).to.equal(`SerializationException: ${message}`);
    });
  }
});
