import {
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteDatabaseCommand,
  DeleteTableCommand,
  DescribeIntegrationsCommand,
  GetDatabaseCommand,
  GetDatabasesCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  GlueClient,
  UpdateTableCommand,
} from "@aws-sdk/client-glue";
import { expect } from "chai";
import { glueService } from "../../../local/services/glue";
import { refusalOf } from "../../helpers/refusal";
import { role, ServedCloud } from "../s3/served-cloud";

describe("Glue's Data Catalog through the AWS SDK", () => {
  let served: ServedCloud;
  let glue: GlueClient;

  before(async () => {
    served = new ServedCloud();
    served.add(glueService(served.cloud));
    glue = new GlueClient({ ...(await served.clientConfig()), maxAttempts: 1 });
  });
  after(async () => {
    glue.destroy();
    await served.close();
  });

  it("keeps databases and tables under names in lower case", async () => {
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: "Game", LocationUri: "s3://data/game/" } }));
    const Columns = [{ Name: "PlayerId", Type: "string" }];
    const TableInput = { Name: "Players", StorageDescriptor: { Columns, Location: "s3://data/game/players/" } };
    await glue.send(new CreateTableCommand({ DatabaseName: "game", TableInput }));

    const { Database } = await glue.send(new GetDatabaseCommand({ Name: "GAME" }));
    expect(Database).to.include({ Name: "game", LocationUri: "s3://data/game/", CatalogId: "123456789012" });
    expect(Database!.CreateTime).to.deep.equal(new Date("2026-01-01T00:00:00Z"));
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: "game", Name: "players" }));
    expect(Table).to.deep.include({ Name: "players", DatabaseName: "game", VersionId: "0" });
    expect(Table!.StorageDescriptor!.Columns).to.deep.equal([{ Name: "playerid", Type: "string" }]);
    await glue.send(
      new UpdateTableCommand({ DatabaseName: "game", TableInput: { ...TableInput, Description: "new" } }),
    );
    const { TableList } = await glue.send(new GetTablesCommand({ DatabaseName: "game", Expression: "play*" }));
    expect(TableList!.map(({ Name, Description, VersionId }) => [Name, Description, VersionId])).to.deep.equal([
      ["players", "new", "1"],
    ]);
    expect(
      (await glue.send(new GetPartitionsCommand({ DatabaseName: "game", TableName: "players" }))).Partitions,
    ).to.deep.equal([]);
    expect((await glue.send(new GetDatabasesCommand({}))).DatabaseList!.map(({ Name }) => Name)).to.deep.equal([
      "game",
    ]);
    expect((await glue.send(new DescribeIntegrationsCommand({}))).Integrations).to.deep.equal([]);
    await glue.send(new DeleteTableCommand({ DatabaseName: "game", Name: "players" }));
    await glue.send(new DeleteDatabaseCommand({ Name: "game" }));
    expect(await refusalOf(glue.send(new GetDatabaseCommand({ Name: "game" })))).to.equal(
      "EntityNotFoundException: Database game not found.",
    );
  });

  it("refuses what is there already and what is not there", async () => {
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: "twice" } }));
    expect(await refusalOf(glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: "twice" } })))).to.match(
      /^AlreadyExistsException/,
    );
    expect(await refusalOf(glue.send(new GetTableCommand({ DatabaseName: "twice", Name: "none" })))).to.equal(
      "EntityNotFoundException: Table none not found.",
    );
    expect(await refusalOf(glue.send(new GetTableCommand({ DatabaseName: "none", Name: "none" })))).to.equal(
      "EntityNotFoundException: Database none not found.",
    );
  });

  it("refuses requests without what they need, and with what is of another type", async () => {
    const table = { Name: "t", StorageDescriptor: { Columns: [{ Name: "c", Type: "string" }] } };
    const cases: readonly (readonly [string, Record<string, unknown>, string])[] = [
      ["GetTable", {}, "Value null at 'databaseName' failed to satisfy constraint: Member must not be null"],
      ["GetTable", { DatabaseName: "d" }, "Value null at 'name' failed"],
      [
        "GetTable",
        { DatabaseName: "d", Name: 7 },
        "Value at 'name' failed to satisfy constraint: Member must be a string",
      ],
      [
        "GetTable",
        { DatabaseName: "d", Name: "" },
        "Value at 'name' failed to satisfy constraint: Member must have length",
      ],
      ["GetTable", { DatabaseName: ["d"], Name: "t" }, "Value at 'databaseName'"],
      ["GetTables", { DatabaseName: null }, "Value null at 'databaseName'"],
      ["GetPartitions", { DatabaseName: "d", TableName: {} }, "Value at 'tableName'"],
      ["DeleteTable", { Name: "t" }, "Value null at 'databaseName'"],
      ["GetDatabase", {}, "Value null at 'name'"],
      ["DeleteDatabase", { Name: true }, "Value at 'name'"],
      ["CreateDatabase", {}, "Value null at 'databaseInput'"],
      [
        "CreateDatabase",
        { DatabaseInput: "game" },
        "Value at 'databaseInput' failed to satisfy constraint: Member must be a structure",
      ],
      ["CreateDatabase", { DatabaseInput: { Name: "d", Parameters: { a: 1 } } }, "Value at 'databaseInput.parameters'"],
      ["CreateTable", { DatabaseName: "d" }, "Value null at 'tableInput'"],
      ["CreateTable", { DatabaseName: "d", TableInput: {} }, "Value null at 'tableInput.name'"],
      [
        "CreateTable",
        { DatabaseName: "d", TableInput: { ...table, StorageDescriptor: [] } },
        "Value at 'tableInput.storageDescriptor'",
      ],
      [
        "CreateTable",
        { DatabaseName: "d", TableInput: { ...table, PartitionKeys: "day" } },
        "Value at 'tableInput.partitionKeys' failed to satisfy constraint: Member must be a list",
      ],
      [
        "UpdateTable",
        { DatabaseName: "d", TableInput: { Name: "t", StorageDescriptor: { Columns: [{}] } } },
        "Value null at 'tableInput.storageDescriptor.columns.1.member.name'",
      ],
      ["DeleteIntegration", {}, "Value null at 'integrationIdentifier'"],
    ];
    for (const [operation, input, message] of cases) {
      expect(
        await refusalOf(served.call("glue", operation, input)),
        `${operation} ${JSON.stringify(input)}`,
      ).to.include(`InvalidInputException: 1 validation error detected: ${message}`);
    }
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: "shaped" } }));
    expect(await refusalOf(glue.send(new GetTablesCommand({ DatabaseName: "shaped", Expression: "(" })))).to.equal(
      "InvalidInputException: Expression ( is not a valid regular expression",
    );
  });

  it("asks each right on catalog, database and table, under the catalog's policy", async () => {
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: "asked" } }));
    served.asked.length = 0;
    await served.call("glue", "GetTables", { DatabaseName: "asked" }, role("reader"));
    const policyOf = "arn:aws:glue:us-east-1:123456789012:catalog";
    expect(served.asked.map(({ request }) => request)).to.deep.equal([
      { action: "glue:GetTables", resource: policyOf, policyOf },
      { action: "glue:GetTables", resource: "arn:aws:glue:us-east-1:123456789012:database/asked", policyOf },
    ]);
  });

  it("has one resource policy, which a second declaration does not overwrite", async () => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const state = await served.declare("aws:glue/resourcePolicy:ResourcePolicy", "policy", { policy });
    expect(state["id"]).to.equal("us-east-1");
    expect(served.cloud.resourcePolicies.get("arn:aws:glue:us-east-1:123456789012:catalog")).to.deep.equal({
      Version: "2012-10-17",
      Statement: [],
    });
    const again = await refusalOf(served.declare("aws:glue/resourcePolicy:ResourcePolicy", "again", { policy }));
    expect(again).to.include("one exists in this account and region; expected none");
  });
});
