import { expect } from "chai";
import type { Json } from "../../../local/service";
import { dynamodbService } from "../../../local/services/dynamodb";
import { cloudcontrolService } from "../../../local/services/cloudcontrol";
import { refreshIntegrations } from "../../../local/services/glue";
import { AnalyticsWorld } from "../athena/analytics-world";

const MINUTE = 60_000;
const tableArn = "arn:aws:dynamodb:us-east-1:123456789012:table/Players";
const databaseArn = "arn:aws:glue:us-east-1:123456789012:database/game";
const roleArn = "arn:aws:iam::123456789012:role/zero-etl";

describe("zero-ETL", () => {
  let world: AnalyticsWorld;

  beforeEach(async () => {
    world = await new AnalyticsWorld().prepare();
    world.add(dynamodbService(world.cloud));
    world.add(cloudcontrolService(world.cloud));
    await declareTable({ pointInTimeRecovery: { enabled: true } });
  });
  afterEach(() => world.close());

  const declareTable = (more: Json): Promise<Json> =>
    world.declare("aws:dynamodb/table:Table", "Players", {
      name: "Players",
      billingMode: "PAY_PER_REQUEST",
      hashKey: "PlayerId",
      rangeKey: "Kind",
      attributes: [
        { name: "PlayerId", type: "S" },
        { name: "Kind", type: "S" },
      ],
      ...more,
    });
  const put = (item: Json): Promise<Json> =>
    world.call("dynamodb", "PutItem", { TableName: "Players", Item: { Kind: { S: "profile" }, ...item } });
  const property = (): Promise<Json> =>
    world.declare("aws:cloudcontrol/resource:Resource", "property", {
      typeName: "AWS::Glue::IntegrationResourceProperty",
      desiredState: JSON.stringify({ ResourceArn: databaseArn, TargetProcessingProperties: { RoleArn: roleArn } }),
    });
  const integration = (more: Json = {}): Promise<Json> =>
    world.declare("aws:cloudcontrol/resource:Resource", "integration", {
      typeName: "AWS::Glue::Integration",
      desiredState: JSON.stringify({
        IntegrationName: "players",
        SourceArn: tableArn,
        TargetArn: databaseArn,
        IntegrationConfig: { RefreshInterval: "60" },
        ...more,
      }),
    });
  const described = async (): Promise<Json> => {
    const { Integrations } = await world.call<{ Integrations: Json[] }>("glue", "DescribeIntegrations", {});
    return Integrations[0]!;
  };
  const rows = async (query: string): Promise<string[]> => (await world.csv(query)).slice(0, -1).split("\n").slice(1);

  describe("the target table", () => {
    beforeEach(async () => {
      await property();
    });

    it("holds every type of DynamoDB in the column that the service makes of it", async () => {
      await put({
        PlayerId: { S: "p1" },
        Name: { S: "Zoë 😀" },
        lastActive: { N: "1700000000000" },
        big: { N: "9007199254740993" },
        verified: { BOOL: true },
        avatar: { B: Buffer.from("ab").toString("base64") },
        groups: { SS: ["x", "y"] },
        scores: { NS: ["1.5"] },
        blobs: { BS: [Buffer.from("c").toString("base64")] },
        list: { L: [{ S: "a" }, { N: "1" }, { BOOL: true }, { NULL: true }, { M: { k: { S: "v" } } }] },
        stats: { M: { level: { N: "7" }, deep: { M: { Flag: { BOOL: false } } } } },
        nothing: { NULL: true },
        empty: { S: "" },
      });
      await put({ PlayerId: { S: "p0" } });
      await integration();
      await world.virtual.advance(2_000);

      expect((await described())["Status"]).to.equal("ACTIVE");
      const { Table } = await world.call<{
        Table: { StorageDescriptor: { Columns: { Name: string; Type: string }[]; Location: string }; Parameters: Json };
      }>("glue", "GetTable", { DatabaseName: "game", Name: "players" });
      expect(Table.StorageDescriptor.Location).to.equal("s3://data/players/");
      expect(Table.Parameters["table_type"]).to.equal("ICEBERG");
      const columns: Json = Object.fromEntries(Table.StorageDescriptor.Columns.map(({ Name, Type }) => [Name, Type]));
      expect(Object.keys(columns).slice(0, 2)).to.deep.equal(["playerid", "kind"]);
      expect(columns).to.deep.equal({
        playerid: "string",
        kind: "string",
        name: "string",
        lastactive: "double",
        big: "double",
        verified: "boolean",
        avatar: "binary",
        groups: "array<string>",
        scores: "array<double>",
        blobs: "array<binary>",
        list: "array<string>",
        "stats.level": "double",
        "stats.deep.flag": "boolean",
        empty: "string",
      });
      const text = await world.csv(
        `SELECT playerid, name, lastactive, CAST(big AS bigint) AS big, verified, avatar, groups, scores, blobs, list, "stats.level", "stats.deep.flag", empty FROM players ORDER BY playerid`,
      );
      expect(text.split("\n").slice(1, 3)).to.deep.equal([
        '"p0",,,,,,,,,,,,',
        `"p1","Zoë 😀","1.7E12","9007199254740992","true","61 62","[x, y]","[1.5]","[63]","[a, 1, true, null, {""k"":""v""}]","7.0","false",""`,
      ]);
    });

    it("follows changes on its interval: new rows and columns come, deleted rows go, columns keep their place", async () => {
      await put({ PlayerId: { S: "p1" }, level: { N: "1" } });
      await put({ PlayerId: { S: "p2" }, level: { N: "2" } });
      await integration();
      await world.virtual.advance(2_000);
      expect(await rows("SELECT playerid, level FROM players ORDER BY 1")).to.deep.equal(['"p1","1.0"', '"p2","2.0"']);

      await put({ PlayerId: { S: "p3" }, country: { S: "de" } });
      await put({ PlayerId: { S: "p2" }, level: { N: "5" } });
      await world.call("dynamodb", "DeleteItem", {
        TableName: "Players",
        Key: { PlayerId: { S: "p1" }, Kind: { S: "profile" } },
      });
      expect(await rows("SELECT count(*) FROM players")).to.deep.equal(['"2"']);
      await world.virtual.advance(61 * MINUTE);
      expect(await world.csv("SELECT * FROM players ORDER BY 1")).to.equal(
        '"playerid","kind","level","country"\n"p2","profile","5.0",\n"p3","profile",,"de"\n',
      );
    });

    it("tells the age of its data by snapshots, also when nothing has changed", async () => {
      await put({ PlayerId: { S: "p1" } });
      await integration();
      await world.virtual.advance(2_000);
      await world.virtual.advance(60 * MINUTE);
      const [report] = await refreshIntegrations(world.cloud);

      expect(report).to.deep.include({ status: "ACTIVE", database: "game", table: "players", errors: [] });
      expect(
        await rows(
          `SELECT committed_at, operation, parent_id IS NULL, element_at(summary, 'total-records') FROM "players$snapshots" ORDER BY committed_at`,
        ),
      ).to.deep.equal([
        '"2026-06-15 12:00:01.000 UTC","append","true","1"',
        '"2026-06-15 13:00:01.000 UTC","overwrite","false","1"',
        '"2026-06-15 13:00:02.000 UTC","overwrite","false","1"',
      ]);
      expect(
        await rows(`SELECT date_diff('minute', max(committed_at), current_timestamp) FROM "players$snapshots"`),
      ).to.deep.equal(['"0"']);
    });

    it("tells the sizes of its files, which are what a query is counted for", async () => {
      for (let i = 0; i < 50; i++) await put({ PlayerId: { S: `p${i}` }, note: { S: `note ${i} ${"abc".repeat(i)}` } });
      await integration();
      await world.virtual.advance(2_000);

      const [line] = await rows(
        `SELECT count(*), sum(record_count), max(file_format), sum(file_size_in_bytes), sum(element_at(column_sizes, 1)), sum(element_at(column_sizes, 3)) FROM "players$files"`,
      );
      const [files, records, format, size, key, note] = line!.split(",").map((value) => value.slice(1, -1));
      expect([files, records, format]).to.deep.equal(["1", "50", "PARQUET"]);
      const [object] = await world.cloud.ports.objects.list("data", "players/data/");
      expect(Number(size)).to.equal(object!.size);
      const { execution } = await world.run("SELECT playerid, note FROM players");
      expect(execution.Statistics.DataScannedInBytes).to.equal(Number(key) + Number(note));
    });

    it("keeps the files of the snapshot before, and no older ones", async () => {
      await integration();
      await world.virtual.advance(2_000);
      const counts: number[] = [];
      for (let i = 0; i < 4; i++) {
        await put({ PlayerId: { S: `p${i}` } });
        await world.glue.refresh();
        counts.push((await world.cloud.ports.objects.list("data", "players/data/")).length);
      }
      expect(counts).to.deep.equal([1, 2, 2, 2]);
    });

    it("is empty, with its keys, while the source is", async () => {
      await integration();
      await world.virtual.advance(2_000);
      expect(await world.csv("SELECT * FROM players")).to.equal('"playerid","kind"\n');
    });

    it("shows values of several types as text, and refuses names that differ in case only", async () => {
      await put({ PlayerId: { S: "p1" }, score: { N: "1" } });
      await put({ PlayerId: { S: "p2" }, score: { S: "high" } });
      await integration();
      await world.virtual.advance(2_000);
      expect(await rows("SELECT score FROM players ORDER BY playerid")).to.deep.equal(['"1"', '"high"']);
      await put({ PlayerId: { S: "p3" }, Score: { N: "2" } });
      await world.glue.refresh();
      expect(await described()).to.deep.include({
        Status: "NEEDS_ATTENTION",
        Errors: [
          {
            ErrorCode: "SCHEMA_ERROR",
            ErrorMessage: "The attributes Score and score differ in case only and would be one column",
          },
        ],
      });
    });
  });

  describe("what it needs", () => {
    const denying = (denied: string) => {
      world.rule = (principal, request) =>
        principal.type !== "operator" && request.action === denied ? "because no policy allows it" : undefined;
    };

    it("is a resource property: without one the integration has failed for good", async () => {
      await integration();
      await world.virtual.advance(2_000);
      expect((await described())["Errors"]).to.have.nested.property("[0].ErrorCode", "UNRECOVERABLE_ACCESS_DENIED");
      await property();
      await world.glue.refresh();
      expect((await described())["Status"]).to.equal("FAILED");
    });

    it("is point-in-time recovery, and it heals once that is on", async () => {
      await world.call("dynamodb", "UpdateContinuousBackups", {
        TableName: "Players",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      });
      await property();
      await integration();
      await world.virtual.advance(2_000);
      expect(await described()).to.deep.include({ Status: "NEEDS_ATTENTION" });
      expect((await described())["Errors"]).to.have.nested.property(
        "[0].ErrorMessage",
        "Point-in-time recovery is not enabled on the source table.",
      );
      await world.call("dynamodb", "UpdateContinuousBackups", {
        TableName: "Players",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
      await world.virtual.advance(60 * MINUTE);
      expect(await described()).to.deep.include({ Status: "ACTIVE", Errors: [] });
    });

    it("is each right of the table's, the catalog's and the role's policies", async () => {
      await property();
      await integration();
      await world.virtual.advance(2_000);
      const needed = [
        "dynamodb:ExportTableToPointInTime",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeExport",
        "glue:AuthorizeInboundIntegration",
        "s3:ListBucket",
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "glue:GetDatabase",
        "glue:CreateTable",
        "glue:GetTable",
        "glue:GetTables",
        "glue:UpdateTable",
        "glue:DeleteTable",
        "glue:GetTableVersion",
        "glue:GetTableVersions",
        "glue:GetResourcePolicy",
      ];
      for (const action of needed) {
        denying(action);
        await world.glue.refresh();
        const { Status, Errors } = (await described()) as {
          Status: string;
          Errors: { ErrorCode: string; ErrorMessage: string }[];
        };
        expect(Status, action).to.equal("NEEDS_ATTENTION");
        expect(Errors[0]!.ErrorMessage, action).to.include(`not authorized to perform: ${action} on resource`);
      }
      denying("none");
      await world.glue.refresh();
      expect((await described())["Status"]).to.equal("ACTIVE");
    });

    it("is asked in the name of the integration, of the table, and of the role", async () => {
      await property();
      await integration();
      await world.virtual.advance(2_000);
      const arn = (await described())["IntegrationArn"];
      const by = (action: string) => world.asked.find(({ request }) => request.action === action)!;
      expect(arn).to.match(/^arn:aws:glue:us-east-1:123456789012:integration:[0-9a-f-]{36}$/);
      expect(by("dynamodb:DescribeExport").principal).to.deep.equal({
        type: "service",
        service: "glue.amazonaws.com",
        sourceArn: arn,
      });
      expect(by("dynamodb:DescribeExport").request.resource).to.equal(tableArn);
      expect(by("glue:AuthorizeInboundIntegration").principal).to.deep.equal({
        type: "service",
        service: "glue.amazonaws.com",
        sourceArn: tableArn,
      });
      expect(by("glue:AuthorizeInboundIntegration").request.policyOf).to.equal(
        "arn:aws:glue:us-east-1:123456789012:catalog",
      );
      expect(by("s3:PutObject").principal).to.include({ type: "role", roleArn });
    });

    it("has failed after seven days of trouble", async () => {
      await property();
      denying("s3:PutObject");
      await integration();
      await world.virtual.advance(7 * 24 * 60 * MINUTE - 60 * MINUTE);
      expect((await described())["Status"]).to.equal("NEEDS_ATTENTION");
      await world.virtual.advance(2 * 60 * MINUTE);
      expect((await described())["Status"]).to.equal("FAILED");
    });

    it("is a database with a location and a name without hyphens", async () => {
      await world.declare("aws:glue/catalogDatabase:CatalogDatabase", "game", { name: "game" });
      await property();
      await integration();
      await world.virtual.advance(2_000);
      expect((await described())["Errors"])
        .to.have.nested.property("[0].ErrorMessage")
        .that.includes("has no LocationUri");
    });

    it("is checked when it is declared", async () => {
      const refused = async (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => "it was not refused",
          (error: unknown) => (error as Error).message,
        );
      expect(await refused(integration({ DataFilter: "include: *" }))).to.equal(
        "DataFilter is not supported for DynamoDB sources",
      );
      expect(await refused(integration({ IntegrationConfig: { RefreshInterval: "5" } }))).to.equal(
        "RefreshInterval: got 5; expected 15 to 8640 minutes",
      );
      expect(await refused(integration({ Unknown: 1 }))).to.include("extraneous key [Unknown] is not permitted");
      expect(
        await refused(
          world.declare("aws:cloudcontrol/resource:Resource", "other", {
            typeName: "AWS::Logs::Thing",
            desiredState: "{}",
          }),
        ),
      ).to.include(
        "expected one that the local cloud plays: AWS::Glue::Integration, AWS::Glue::IntegrationResourceProperty",
      );
    });
  });

  it("answers through Cloud Control's state, and leaves the data when it is deleted", async () => {
    await property();
    const state = await integration();
    expect(state["id"]).to.match(/^arn:aws:glue:.*\|players$/);
    expect(JSON.parse(String(state["properties"]))).to.include({ IntegrationName: "players", Status: "CREATING" });
    await put({ PlayerId: { S: "p1" } });
    await world.virtual.advance(2_000);
    await world.call("glue", "DeleteIntegration", {
      IntegrationIdentifier: String((await described())["IntegrationArn"]),
    });
    await world.virtual.advance(24 * 60 * MINUTE);
    expect(await rows("SELECT playerid FROM players")).to.deep.equal(['"p1"']);
  });

  it("writes no file while the table rests: thirty days of refreshes, each with a snapshot of the same files", async () => {
    await property();
    for (let i = 0; i < 200; i++) await put({ PlayerId: { S: `p${i}` } });
    await integration({ IntegrationConfig: { RefreshInterval: "15" } });
    await world.virtual.advance(16 * MINUTE);
    const files = await rows(`SELECT file_path FROM "players$files"`);
    expect(files).to.have.length(1);
    await world.virtual.advance(30 * 24 * 60 * MINUTE);
    expect(await rows(`SELECT file_path FROM "players$files"`)).to.deep.equal(files);
    expect(
      await rows(`SELECT max(committed_at) > current_timestamp - interval '16' minute FROM "players$snapshots"`),
    ).to.deep.equal(['"true"']);
  });
});
