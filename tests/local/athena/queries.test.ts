import {
  AthenaClient,
  BatchGetQueryExecutionCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetWorkGroupCommand,
  ListQueryExecutionsCommand,
  ListWorkGroupsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { expect } from "chai";
import * as fc from "fast-check";
import { role } from "../s3/served-cloud";
import { AnalyticsWorld } from "./analytics-world";

describe("Athena through the AWS SDK", () => {
  let world: AnalyticsWorld;
  let athena: AthenaClient;

  beforeEach(async () => {
    world = await new AnalyticsWorld().prepare();
    await world.table(
      "players",
      "SELECT 'p' || i AS playerid, CAST(i AS DOUBLE) AS lastactive, md5(CAST(random() AS VARCHAR)) || md5(CAST(random() AS VARCHAR)) || md5(CAST(random() AS VARCHAR)) AS padding FROM range(2500) t(i)",
      {
        playerid: "string",
        lastactive: "double",
        padding: "string",
      },
    );
    athena = new AthenaClient({ ...(await world.clientConfig()), maxAttempts: 1 });
  });
  afterEach(async () => {
    athena.destroy();
    await world.close();
  });

  const start = async (QueryString: string, more: Partial<StartQueryExecutionCommandInput> = {}): Promise<string> => {
    const answer = await athena.send(
      new StartQueryExecutionCommand({
        QueryString,
        WorkGroup: "segments",
        QueryExecutionContext: { Database: "game" },
        ...more,
      }),
    );
    return answer.QueryExecutionId!;
  };
  const describeQuery = async (QueryExecutionId: string): Promise<QueryExecution> =>
    (await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution!;
  const refused = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "it was not refused",
      (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
    );

  it("goes from queued over running to succeeded and tells its figures", async () => {
    const id = await start("SELECT playerid FROM players WHERE lastactive >= 2490");
    expect((await describeQuery(id)).Status!.State).to.equal("QUEUED");
    await world.virtual.advance(1_000);

    const execution = await describeQuery(id);
    expect(execution).to.deep.include({
      StatementType: "DML",
      SubstatementType: "SELECT",
      WorkGroup: "segments",
      ResultConfiguration: { OutputLocation: `s3://results/segments/${id}.csv` },
    });
    expect(execution.Status!.State).to.equal("SUCCEEDED");
    expect(execution.Status!.SubmissionDateTime).to.deep.equal(new Date("2026-06-15T12:00:00Z"));
    expect(execution.Status!.CompletionDateTime).to.deep.equal(new Date("2026-06-15T12:00:00.100Z"));
    expect(execution.Statistics!.QueryQueueTimeInMillis).to.equal(100);
    const keys = (await world.cloud.ports.objects.list("results", "")).map(({ key }) => key);
    expect(keys).to.deep.equal([`segments/${id}.csv`, `segments/${id}.csv.metadata`]);
  });

  it("puts its state changes on the bus in the documented shape, doubled or lost as chance has it", async () => {
    world.athena.queries.eventCopies = (detail) =>
      detail["currentState"] === "SUCCEEDED" ? 2 : detail["currentState"] === "RUNNING" ? 0 : 1;
    const id = await start("SELECT 1");
    await world.virtual.advance(1_000);

    const detail = { versionId: "0", statementType: "DML", queryExecutionId: id, workgroupName: "segments" };
    const succeeded = { ...detail, currentState: "SUCCEEDED", previousState: "RUNNING", sequenceNumber: "3" };
    expect(world.events.map((event) => event.detail)).to.deep.equal([
      { ...detail, currentState: "QUEUED", sequenceNumber: "1" },
      succeeded,
      succeeded,
    ]);
    expect(world.events[0]).to.include({ source: "aws.athena", detailType: "Athena Query State Change" });
  });

  it("hands results out in pages, the header first", async () => {
    const id = await start(
      "SELECT playerid, CAST(lastactive AS bigint) AS n, nullif(playerid, 'p1') AS maybe FROM players ORDER BY lastactive",
    );
    expect(await refused(athena.send(new GetQueryResultsCommand({ QueryExecutionId: id })))).to.include(
      "Query has not yet finished. Current state: QUEUED",
    );
    await world.virtual.advance(1_000);

    const rows: (string | undefined)[][] = [];
    const sizes: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken }));
      sizes.push(page.ResultSet!.Rows!.length);
      rows.push(...page.ResultSet!.Rows!.map(({ Data }) => Data!.map(({ VarCharValue }) => VarCharValue)));
      NextToken = page.NextToken;
      const types = page.ResultSet!.ResultSetMetadata!.ColumnInfo!.map(({ Name, Type }) => `${Name} ${Type}`);
      expect(types).to.deep.equal(["playerid varchar", "n bigint", "maybe varchar"]);
    } while (NextToken);
    expect(sizes).to.deep.equal([1000, 1000, 501]);
    expect(rows.slice(0, 3)).to.deep.equal([
      ["playerid", "n", "maybe"],
      ["p0", "0", "p0"],
      ["p1", "1", undefined],
    ]);
    expect(rows.at(-1)).to.deep.equal(["p2499", "2499", "p2499"]);
    const few = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 2 }));
    expect(few.ResultSet!.Rows).to.have.length(2);
  });

  it("starts a query once per token, and refuses the token for another", async () => {
    const ClientRequestToken = "run-0123456789-0123456789-0123456789";
    const [first, second] = await Promise.all([
      start("SELECT 1", { ClientRequestToken }),
      start("SELECT 1", { ClientRequestToken }),
    ]);
    const third = await start("SELECT 1", { ClientRequestToken });

    expect(new Set([first, second, third]).size).to.equal(1);
    expect(await refused(start("SELECT 2", { ClientRequestToken }))).to.equal(
      "InvalidRequestException: Idempotent parameters do not match",
    );
    expect(await refused(start("SELECT 1", { ClientRequestToken: "short" }))).to.include(
      "Member must have length between 32 and 128",
    );
  });

  it("refuses at the start what cannot be a query", async () => {
    expect(await refused(start("SELECT FROM WHERE"))).to.match(/^InvalidRequestException: line 1:\d+: /);
    expect(await refused(start("SELECT 1; SELECT 2"))).to.include("Only one sql statement is allowed");
    expect(await refused(start("DROP TABLE players"))).to.include("Queries of this type are not supported");
    expect(await refused(start(`SELECT '${"x".repeat(262_144)}'`))).to.include("262144 bytes");
    expect(await refused(start("SELECT 1", { WorkGroup: "none" }))).to.equal(
      "InvalidRequestException: WorkGroup none is not found.",
    );
    expect(await refused(start("SELECT 1", { WorkGroup: "primary" }))).to.include("No output location provided");
  });

  it("fails with the category and type of the error", async () => {
    const failures: [string, string, number][] = [
      [
        "SELECT nothing FROM players",
        "COLUMN_NOT_FOUND: line 1:1: Column 'nothing' cannot be resolved or requester is not authorized to access requested resources",
        1006,
      ],
      ["SELECT 1 FROM nowhere", "TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.game.nowhere' does not exist", 1110],
      ["SELECT 1 FROM other.players", "SCHEMA_NOT_FOUND: line 1:1: Schema 'other' does not exist", 1110],
      [
        'SELECT 1 FROM "players$snapshots"',
        "TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.game.players$snapshots' does not exist",
        1110,
      ],
    ];
    for (const [query, message, type] of failures) {
      const id = await start(query);
      await world.virtual.advance(1_000);
      const { Status } = await describeQuery(id);
      expect(Status, query).to.deep.include({
        State: "FAILED",
        StateChangeReason: message,
        AthenaError: { ErrorCategory: 2, ErrorType: type, Retryable: false, ErrorMessage: message },
      });
      expect(world.events.at(-1)!.detail["athenaError"]).to.deep.equal({
        errorCategory: 2,
        errorType: type,
        errorMessage: message,
        retryable: false,
      });
    }
    const id = await start("SELECT CAST(playerid AS bigint) FROM players");
    await world.virtual.advance(1_000);
    expect((await describeQuery(id)).Status!.StateChangeReason).to.match(/^INVALID_CAST_ARGUMENT/);
  });

  it("counts the bytes of the columns that it reads, and bills 10 MB at least", async () => {
    const bytes = async (query: string): Promise<number> =>
      (await world.run(query)).execution.Statistics.DataScannedInBytes;
    const one = await bytes("SELECT lastactive FROM players");
    const two = await bytes("SELECT lastactive, playerid FROM players");
    const all = await bytes("SELECT * FROM players");

    expect(await bytes("SELECT count(*) FROM players")).to.equal(0);
    expect(one).to.be.greaterThan(0);
    expect(await bytes("SELECT 1 FROM players WHERE lastactive > 3")).to.equal(one);
    expect(two).to.be.greaterThan(one);
    expect(all).to.be.greaterThan(two * 4);
    expect(await bytes("SELECT count(*) FROM players a JOIN players b ON a.lastactive = b.lastactive")).to.equal(
      2 * one,
    );
    expect(world.cloud.meter.snapshot().units["athena.tb"]).to.be.closeTo((6 * 10 * 1024 ** 2) / 1024 ** 4, 1e-12);
  });

  it("cancels a query that would scan more than the workgroup allows", async () => {
    await world.table(
      "large",
      `SELECT ${Array(6).fill("md5(CAST(random() AS VARCHAR))").join(" || ")} AS padding, i FROM range(70000) t(i)`,
      {
        padding: "string",
        i: "bigint",
      },
    );
    await world.declare("aws:athena/workgroup:Workgroup", "capped", {
      name: "capped",
      configuration: {
        bytesScannedCutoffPerQuery: 10_485_760,
        resultConfiguration: { outputLocation: "s3://results/" },
      },
    });
    const whole = await world.run("SELECT padding FROM large", { WorkGroup: "capped" });
    const narrow = await world.run("SELECT max(i) FROM large", { WorkGroup: "capped" });

    expect(whole.execution.Status).to.deep.include({
      State: "CANCELLED",
      StateChangeReason: "Query cancelled! : Bytes scanned limit was exceeded",
    });
    expect(whole.execution.Statistics.DataScannedInBytes).to.equal(10_485_760);
    expect(await world.cloud.ports.objects.list("results", whole.id)).to.deep.equal([]);
    expect(narrow.execution.Status.State).to.equal("SUCCEEDED");
  });

  it("stops a query that waits, and leaves one that is over alone", async () => {
    const id = await start("SELECT 1");
    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    await world.virtual.advance(1_000);
    expect((await describeQuery(id)).Status).to.include({
      State: "CANCELLED",
      StateChangeReason: "Query cancelled by user",
    });
    expect(world.events.map(({ detail }) => detail["currentState"])).to.deep.equal(["QUEUED", "CANCELLED"]);
    const done = await start("SELECT 1");
    await world.virtual.advance(1_000);
    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: done }));
    expect((await describeQuery(done)).Status!.State).to.equal("SUCCEEDED");
  });

  it("lists queries newest first, gets many at once, and shows workgroups", async () => {
    const ids = [await start("SELECT 1"), await start("SELECT 2"), await start("SELECT 3")];
    const page = await athena.send(new ListQueryExecutionsCommand({ WorkGroup: "segments", MaxResults: 2 }));
    const rest = await athena.send(
      new ListQueryExecutionsCommand({ WorkGroup: "segments", NextToken: page.NextToken }),
    );
    const many = await athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: [ids[0]!, "none"] }));

    expect([...page.QueryExecutionIds!, ...rest.QueryExecutionIds!]).to.deep.equal([...ids].reverse());
    expect(many.QueryExecutions!.map(({ Query }) => Query)).to.deep.equal(["SELECT 1"]);
    expect(many.UnprocessedQueryExecutionIds![0]).to.include({ QueryExecutionId: "none" });
    const { WorkGroup } = await athena.send(new GetWorkGroupCommand({ WorkGroup: "segments" }));
    expect(WorkGroup!.Configuration).to.deep.include({
      EnforceWorkGroupConfiguration: true,
      ResultConfiguration: { OutputLocation: "s3://results/segments/" },
    });
    const { WorkGroups } = await athena.send(new ListWorkGroupsCommand({}));
    expect(WorkGroups!.map(({ Name }) => Name)).to.deep.equal(["primary", "segments"]);
  });

  it("holds to the workgroup's location, and takes the caller's only where it may", async () => {
    const other = { ResultConfiguration: { OutputLocation: "s3://results/mine" } };
    const enforced = await start("SELECT 1", other);
    await world.declare("aws:athena/workgroup:Workgroup", "free", {
      name: "free",
      configuration: { enforceWorkgroupConfiguration: false },
    });
    const free = await start("SELECT 1", { ...other, WorkGroup: "free" });

    expect((await describeQuery(enforced)).ResultConfiguration!.OutputLocation).to.equal(
      `s3://results/segments/${enforced}.csv`,
    );
    expect((await describeQuery(free)).ResultConfiguration!.OutputLocation).to.equal(`s3://results/mine/${free}.csv`);
  });

  it("uses the caller's rights to catalog, data, keys and results, and fails at the first that is missing", async () => {
    const keyArn = "arn:aws:kms:us-east-1:123456789012:key/k1";
    world.s3.store.bucket("data").encryption = { algorithm: "aws:kms", keyArn };
    await world.cloud.ports.objects.adopt("data", "players/part-0.parquet");
    await world.declare("aws:athena/workgroup:Workgroup", "segments", {
      name: "segments",
      configuration: {
        resultConfiguration: {
          outputLocation: "s3://results/segments/",
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: keyArn },
        },
      },
    });
    const analyst = role("analyst");
    world.asked.length = 0;
    const { id, execution } = await world.run("SELECT playerid FROM players", {}, analyst);
    expect(execution.Status.State).to.equal("SUCCEEDED");
    const needed = world.asked
      .filter(({ principal }) => principal === analyst)
      .map(({ request }) => `${request.action} ${request.resource.replace(id, "ID")}`);
    expect(needed).to.deep.equal([
      "athena:StartQueryExecution arn:aws:athena:us-east-1:123456789012:workgroup/segments",
      "s3:GetBucketLocation arn:aws:s3:::results",
      "glue:GetDatabase arn:aws:glue:us-east-1:123456789012:catalog",
      "glue:GetDatabase arn:aws:glue:us-east-1:123456789012:database/game",
      "glue:GetTable arn:aws:glue:us-east-1:123456789012:catalog",
      "glue:GetTable arn:aws:glue:us-east-1:123456789012:database/game",
      "glue:GetTable arn:aws:glue:us-east-1:123456789012:table/game/players",
      "glue:GetPartitions arn:aws:glue:us-east-1:123456789012:catalog",
      "glue:GetPartitions arn:aws:glue:us-east-1:123456789012:database/game",
      "glue:GetPartitions arn:aws:glue:us-east-1:123456789012:table/game/players",
      "s3:ListBucket arn:aws:s3:::data",
      "s3:GetObject arn:aws:s3:::data/players/part-0.parquet",
      `kms:Decrypt ${keyArn}`,
      "s3:ListBucket arn:aws:s3:::results",
      "s3:PutObject arn:aws:s3:::results/segments/ID.csv",
      "s3:AbortMultipartUpload arn:aws:s3:::results/segments/ID.csv",
      "s3:ListMultipartUploadParts arn:aws:s3:::results/segments/ID.csv",
      "s3:PutObject arn:aws:s3:::results/segments/ID.csv.metadata",
      `kms:GenerateDataKey ${keyArn}`,
      `kms:Decrypt ${keyArn}`,
    ]);
    for (const right of needed.slice(2)) {
      const action = right.split(" ")[0]!;
      world.rule = (principal, request) =>
        principal === analyst && request.action === action ? "because no identity-based policy allows it" : undefined;
      const denied = await world.run("SELECT playerid FROM players", {}, analyst);
      expect(denied.execution.Status.State, action).to.equal("FAILED");
      expect(denied.execution.Status.StateChangeReason, action).to.include(
        `is not authorized to perform: ${action} on resource: `,
      );
      const line = world.cloud.trace.since().filter(({ kind }) => kind === "denied");
      expect(line.at(-1)!.data, action).to.include({ action });
    }
    world.rule = (_, request) => (request.action === "s3:GetBucketLocation" ? "no" : undefined);
    expect(await refused(start("SELECT 1"))).to.equal(
      "InvalidRequestException: Unable to verify/create output bucket results",
    );
  });

  it("reads nothing beside the catalog's tables: no file of the machine, no function or setting of the engine", async () => {
    for (const [query, reason] of [
      ["SELECT * FROM read_csv('/etc/passwd')", "Table function 'read_csv' not registered"],
      ["SELECT (SELECT content FROM read_text('/etc/passwd'))", "Table function 'read_text' not registered"],
      ["SELECT * FROM TABLE(glob('/*'))", "Table function 'glob' not registered"],
      [
        "SELECT * FROM players CROSS JOIN LATERAL (SELECT * FROM read_blob('/etc/passwd')) t",
        "Table function 'read_blob' not registered",
      ],
      ["SELECT * FROM duckdb_settings()", "Table function 'duckdb_settings' not registered"],
      [
        `SELECT * FROM (WITH "/etc/hosts.csv" AS (SELECT 1) SELECT * FROM "/etc/hosts.csv") a, "/etc/hosts.csv" b`,
        "Table '/etc/hosts.csv' does not exist",
      ],
    ] as const) {
      const id = await start(query);
      await world.virtual.advance(1_000);
      const { Status } = await describeQuery(id);
      expect(Status?.State, query).to.equal("FAILED");
      expect(Status?.StateChangeReason).to.equal(`SYNTAX_ERROR: line 1:1: ${reason}`);
    }
    const id = await start("SELECT x FROM UNNEST(sequence(1, 2)) AS t (x)");
    await world.virtual.advance(1_000);
    expect((await describeQuery(id)).Status?.State).to.equal("SUCCEEDED");
  });

  it("writes any text so that an independent reader of CSV gets it back", async () => {
    const texts = fc.sample(
      fc.array(
        fc.option(
          fc.string({ unit: "binary" }).filter((s) => !s.includes("\0")),
          { nil: null },
        ),
        { minLength: 3, maxLength: 3 },
      ),
      { numRuns: 30, seed: 7 },
    );
    const sql = (text: string | null): string =>
      text === null ? "CAST(NULL AS varchar)" : `'${text.replaceAll("'", "''")}'`;
    const query = `SELECT a, b, c FROM (VALUES ${texts.map((row, i) => `(${i}, ${row.map(sql).join(", ")})`).join(", ")}) AS t (i, a, b, c) ORDER BY i`;
    const id = await start(query);
    await world.virtual.advance(1_000);
    const file = (await world.cloud.ports.objects.get("results", `segments/${id}.csv`)).toString("utf8");

    expect(readCsv(file)).to.deep.equal([["a", "b", "c"], ...texts]);
    const page = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
    expect(
      page.ResultSet!.Rows!.slice(1).map(({ Data }) => Data!.map(({ VarCharValue }) => VarCharValue ?? null)),
    ).to.deep.equal(texts);
  });
});

/** A reader of RFC 4180 that tells bare from quoted fields, written apart from the service's own. */
function readCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/gy;
  for (let match = pattern.exec(text); match && pattern.lastIndex <= text.length; match = pattern.exec(text)) {
    rows.at(-1)!.push(match[1] === undefined ? null : match[1].replace(/""/g, '"'));
    if (match[3] === "\n" && pattern.lastIndex < text.length) rows.push([]);
    if (match[3] === "" || pattern.lastIndex === text.length) break;
  }
  return rows;
}
