import { expect } from "chai";
import type { Created, Json, ResourceContext } from "../../../local/service";
import { TestDatabase } from "./in-process";

const inputs: Json = {
  attributes: [
    { name: "pk", type: "S" },
    { name: "sk", type: "S" },
    { name: "due", type: "S" },
  ],
  hashKey: "pk",
  rangeKey: "sk",
  billingMode: "PAY_PER_REQUEST",
  globalSecondaryIndexes: [{ name: "byDue", hashKey: "due", projectionType: "INCLUDE", nonKeyAttributes: ["status"] }],
  ttl: { attributeName: "ttl", enabled: true },
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
  pointInTimeRecovery: { enabled: true },
  serverSideEncryption: { enabled: true, kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/k1" },
  deletionProtectionEnabled: true,
  tags: { game: "g" },
};

describe("DynamoDB's Pulumi types", () => {
  let db: TestDatabase;
  beforeEach(() => {
    db = new TestDatabase();
  });
  const type = "aws:dynamodb/table:Table";
  const context = (name: string): ResourceContext => ({
    cloud: db.cloud,
    name,
    type,
    urn: `urn:pulumi:local::game::${type}::${name}`,
    physicalName: (suffix = "") => `${name}-1234567${suffix}`,
  });
  const create = async (token: string, properties: Json): Promise<Created> =>
    db.service.resourceTypes[token]!.create(properties, context("messages"));

  it("make an active table with everything that was declared", async () => {
    const { id, state } = await create(type, inputs);
    expect(id).to.equal("messages-1234567");
    expect(state).to.deep.include({
      ...inputs,
      name: id,
      id,
      arn: `arn:aws:dynamodb:us-east-1:123456789012:table/${id}`,
      streamArn: `arn:aws:dynamodb:us-east-1:123456789012:table/${id}/stream/2026-01-01T00:00:00.000`,
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
      tagsAll: { game: "g" },
    });
    await db.put(id, { pk: { S: "1" }, sk: { S: "1" }, due: { S: "x" }, status: { S: "held" }, other: { N: "1" } });
    expect(await db.items(id, "byDue")).to.deep.equal([
      { pk: { S: "1" }, sk: { S: "1" }, due: { S: "x" }, status: { S: "held" } },
    ]);
    expect(await db.call("DescribeTimeToLive", { TableName: id })).to.deep.include({
      TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName: "ttl" },
    });
  });

  it("change a table in place", async () => {
    const { id } = await create(type, inputs);
    await db.put(id, { pk: { S: "1" }, sk: { S: "1" }, due: { S: "x" } });
    const { state } = await db.service.resourceTypes[type]!.update!(
      id,
      {
        ...inputs,
        streamViewType: "KEYS_ONLY",
        deletionProtectionEnabled: false,
        globalSecondaryIndexes: [{ name: "byDue", hashKey: "due", projectionType: "ALL" }],
      },
      context("messages"),
    );
    expect(state["streamArn"]).to.match(/stream\/2026-01-01T00:00:00\.001$/);
    expect(await db.items(id, "byDue")).to.have.length(1);
  });

  it("refuse to delete a protected table, as AWS does", async () => {
    const { id, state } = await create(type, inputs);
    const remove = db.service.resourceTypes[type]!.delete!;
    expect(() => remove(id, state, context("messages"))).to.throw(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    );
    await db.service.resourceTypes[type]!.update!(
      id,
      { ...inputs, deletionProtectionEnabled: false },
      context("messages"),
    );
    await remove(id, state, context("messages"));
    expect(db.service.database.find(id)).to.equal(undefined);
  });

  it("attach a policy to a table, and put an item", async () => {
    const { id, state } = await create(type, inputs);
    const policy = { Version: "2012-10-17", Statement: [] };
    await create("aws:dynamodb/resourcePolicy:ResourcePolicy", {
      resourceArn: state["arn"],
      policy: JSON.stringify(policy),
    });
    expect(db.cloud.resourcePolicies.get(String(state["arn"]))).to.deep.equal(policy);
    const item = { pk: { S: "1" }, sk: { S: "2" } };
    const made = await create("aws:dynamodb/tableItem:TableItem", {
      tableName: id,
      hashKey: "pk",
      rangeKey: "sk",
      item: JSON.stringify(item),
    });
    expect(made.id).to.equal(`${id}|pk|1|sk|2`);
    expect(await db.items(id)).to.deep.equal([item]);
  });
});
