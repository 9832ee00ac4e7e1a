import {
  AthenaClient,
  GetDataCatalogCommand,
  GetDatabaseCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetTableMetadataCommand,
  ListDatabasesCommand,
  ListDataCatalogsCommand,
  ListTableMetadataCommand,
  ListWorkGroupsCommand,
} from "@aws-sdk/client-athena";
import { expect } from "chai";
import { refusalOf } from "../../helpers/refusal";
import { role } from "../s3/served-cloud";
import { AnalyticsWorld } from "./analytics-world";

/** What a stranger tries first: which databases, tables and columns there are. */
describe("Athena's view of the catalog", () => {
  let world: AnalyticsWorld;
  let athena: AthenaClient;

  before(async () => {
    world = await new AnalyticsWorld().prepare();
    await world.table("players", "SELECT 'p1' AS pk, 7.0::DOUBLE AS level", { pk: "string", level: "double" });
    await world.table("matches", "SELECT 'm1' AS pk, ['a'] AS tags", { pk: "string", tags: "array<string>" });
    await world.declare("aws:glue/catalogDatabase:CatalogDatabase", "archive", { name: "archive" });
    athena = new AthenaClient({ ...(await world.clientConfig()), maxAttempts: 1 });
  });
  after(async () => {
    athena.destroy();
    await world.close();
  });

  const rows = async (query: string): Promise<(string | undefined)[][]> => {
    const { id } = await world.run(query);
    const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
    return (ResultSet?.Rows ?? []).map(({ Data }) => (Data ?? []).map(({ VarCharValue }) => VarCharValue));
  };

  describe("by statements", () => {
    const statements: Readonly<Record<string, readonly string[]>> = {
      "SHOW DATABASES": ["archive", "game"],
      "show schemas like 'g*|x'": ["game"],
      "SHOW TABLES": ["matches", "players"],
      "SHOW TABLES IN archive": [],
      "SHOW TABLES IN `game` '*play*';": ["players"],
      "-- which columns\nSHOW COLUMNS IN players": ["pk                  ", "level               "],
      "SHOW COLUMNS FROM matches FROM game": ["pk                  ", "tags                "],
      "DESCRIBE game.players": [
        "pk                  \tstring              \t                    ",
        "level               \tdouble              \t                    ",
      ],
    };
    for (const [statement, lines] of Object.entries(statements)) {
      it(`answers ${JSON.stringify(statement)} in lines without a header`, async () => {
        expect(await rows(statement)).to.deep.equal(lines.map((line) => [line]));
      });
    }

    it("writes their results as text, and says that they are no queries of data", async () => {
      const { id } = await world.run("DESCRIBE players");
      const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
      expect(QueryExecution).to.deep.include({
        StatementType: "UTILITY",
        SubstatementType: "DESCRIBE_TABLE",
        ResultConfiguration: { OutputLocation: `s3://results/segments/${id}.txt` },
      });
      expect(QueryExecution?.Statistics?.DataScannedInBytes).to.equal(0);
      const page = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1 }));
      expect(page.ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Name }) => Name)).to.deep.equal([
        "col_name",
        "data_type",
        "comment",
      ]);
      const second = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: page.NextToken }));
      expect(second.ResultSet?.Rows?.map(({ Data }) => Data?.[0]?.VarCharValue?.trim().split(/\s+/)[0])).to.deep.equal([
        "level",
      ]);
      expect(second.NextToken).to.equal(undefined);
    });

    for (const [statement, reason] of [
      ["DESCRIBE nothing", /TABLE_NOT_FOUND.*nothing/],
      ["SHOW TABLES IN nowhere", /SCHEMA_NOT_FOUND.*nowhere/],
      ["SELECT * FROM information_schema.views", /TABLE_NOT_FOUND.*information_schema\.views/],
    ] as const) {
      it(`fails ${statement}`, async () => {
        const { execution } = await world.run(statement);
        expect(execution.Status.State).to.equal("FAILED");
        expect(execution.Status.StateChangeReason).to.match(reason);
      });
    }

    it("fails without the caller's rights in the catalog", async () => {
      world.rule = ({ type }, { action }) => (type === "role" && action === "glue:GetTables" ? "no" : undefined);
      try {
        for (const statement of ["SHOW TABLES", "SELECT * FROM information_schema.tables"]) {
          const { execution } = await world.run(statement, {}, role("reader"));
          expect(execution.Status.StateChangeReason, statement).to.match(/PERMISSION_DENIED: .*glue:GetTables/);
        }
      } finally {
        world.rule = () => undefined;
      }
    });

    it("refuses at the start what is not played, by name", async () => {
      for (const [statement, verb] of [
        ["SHOW CREATE TABLE players", "SHOW"],
        ["DROP TABLE players", "DROP"],
      ] as const) {
        expect(await refusalOf(world.run(statement)), statement).to.match(
          new RegExp(`the local cloud plays SELECT, WITH, VALUES, SHOW DATABASES, .* and DESCRIBE; got ${verb}`),
        );
      }
    });
  });

  describe("as a schema of its own", () => {
    it("lists columns in order, with Trino's types", async () => {
      const [header, ...found] = await rows(
        "SELECT table_name, column_name, ordinal_position, data_type FROM information_schema.columns " +
          "WHERE table_schema = 'game' ORDER BY 1, 3",
      );
      expect(header).to.deep.equal(["table_name", "column_name", "ordinal_position", "data_type"]);
      expect(found).to.deep.equal([
        ["matches", "pk", "1", "varchar"],
        ["matches", "tags", "2", "array(varchar)"],
        ["players", "pk", "1", "varchar"],
        ["players", "level", "2", "double"],
      ]);
    });

    it("lists databases and tables, also beside a table of data", async () => {
      expect((await rows("SELECT schema_name FROM information_schema.schemata ORDER BY 1")).slice(1)).to.deep.equal([
        ["archive"],
        ["game"],
      ]);
      const both = await rows(
        "SELECT p.pk, t.table_name FROM players p JOIN information_schema.tables t ON t.table_name LIKE 'play%'",
      );
      expect(both.slice(1)).to.deep.equal([["p1", "players"]]);
    });
  });

  describe("by operations", () => {
    it("has Glue's catalog, its databases, its tables and the workgroups", async () => {
      const { DataCatalogsSummary } = await athena.send(new ListDataCatalogsCommand({}));
      expect(DataCatalogsSummary?.map(({ CatalogName, Type }) => [CatalogName, Type])).to.deep.equal([
        ["AwsDataCatalog", "GLUE"],
      ]);
      const { DataCatalog } = await athena.send(new GetDataCatalogCommand({ Name: "AwsDataCatalog" }));
      expect(DataCatalog?.Parameters).to.deep.equal({ "catalog-id": "123456789012" });
      const CatalogName = "AwsDataCatalog";
      const { DatabaseList } = await athena.send(new ListDatabasesCommand({ CatalogName }));
      expect(DatabaseList?.map(({ Name }) => Name)).to.deep.equal(["archive", "game"]);
      const { Database } = await athena.send(new GetDatabaseCommand({ CatalogName, DatabaseName: "game" }));
      expect(Database?.Name).to.equal("game");
      const { TableMetadata } = await athena.send(
        new GetTableMetadataCommand({ CatalogName, DatabaseName: "game", TableName: "players" }),
      );
      expect(TableMetadata).to.deep.include({
        Name: "players",
        TableType: "EXTERNAL_TABLE",
        Columns: [
          { Name: "pk", Type: "string" },
          { Name: "level", Type: "double" },
        ],
        PartitionKeys: [],
      });
      const { WorkGroups } = await athena.send(new ListWorkGroupsCommand({}));
      expect(WorkGroups?.map(({ Name }) => Name)).to.deep.equal(["primary", "segments"]);
    });

    it("hands tables out in pages and by expression", async () => {
      const input = { CatalogName: "AwsDataCatalog", DatabaseName: "game" };
      const first = await athena.send(new ListTableMetadataCommand({ ...input, MaxResults: 1 }));
      const second = await athena.send(new ListTableMetadataCommand({ ...input, NextToken: first.NextToken }));
      const names = [first, second].map(({ TableMetadataList }) => TableMetadataList?.map(({ Name }) => Name));
      expect(names).to.deep.equal([["matches"], ["players"]]);
      expect(second.NextToken).to.equal(undefined);
      const { TableMetadataList } = await athena.send(new ListTableMetadataCommand({ ...input, Expression: "^pl" }));
      expect(TableMetadataList?.map(({ Name }) => Name)).to.deep.equal(["players"]);
    });

    it("asks the caller's rights on the catalog, in Athena and in Glue", async () => {
      world.asked.length = 0;
      const input = { CatalogName: "AwsDataCatalog", DatabaseName: "game", TableName: "players" };
      await world.call("athena", "GetTableMetadata", input, role("reader"));
      expect(world.asked.map(({ request }) => `${request.action} ${request.resource}`)).to.deep.equal([
        "athena:GetTableMetadata arn:aws:athena:us-east-1:123456789012:datacatalog/AwsDataCatalog",
        "glue:GetTable arn:aws:glue:us-east-1:123456789012:catalog",
        "glue:GetTable arn:aws:glue:us-east-1:123456789012:database/game",
        "glue:GetTable arn:aws:glue:us-east-1:123456789012:table/game/players",
      ]);
    });

    it("refuses what is not there, and input that is none", async () => {
      const CatalogName = "AwsDataCatalog";
      const table = (more: object): Promise<string> =>
        refusalOf(
          athena.send(new GetTableMetadataCommand({ CatalogName, DatabaseName: "game", TableName: "x", ...more })),
        );
      expect(await table({})).to.equal(
        "MetadataException: Unable to fetch metadata. EntityNotFoundException: Table x not found.",
      );
      expect(await table({ DatabaseName: "none" })).to.include("Database none not found.");
      expect(await table({ CatalogName: "other" })).to.equal(
        "InvalidRequestException: Data catalog other was not found",
      );
      expect(await table({ TableName: undefined })).to.match(/^InvalidRequestException: .*Value null at 'tableName'/);
      expect(
        await refusalOf(
          athena.send(new ListTableMetadataCommand({ CatalogName, DatabaseName: "game", Expression: "(" })),
        ),
      ).to.match(/^InvalidRequestException: .*not a valid regular expression/);
      for (const operation of [
        "GetQueryExecution",
        "GetQueryResults",
        "StopQueryExecution",
        "BatchGetQueryExecution",
        "GetWorkGroup",
        "CreateWorkGroup",
        "StartQueryExecution",
      ]) {
        for (const input of [
          {},
          { QueryExecutionId: 7, QueryExecutionIds: "x", WorkGroup: [], Name: {}, QueryString: 7 },
        ]) {
          expect(await refusalOf(world.call("athena", operation, input)), operation).to.match(
            /^InvalidRequestException: 1 validation error detected: Value/,
          );
        }
      }
    });
  });
});
