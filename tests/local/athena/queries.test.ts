import {
  type AthenaClient,
  BatchGetQueryExecutionCommand,
  GetWorkGroupCommand,
  ListQueryExecutionsCommand,
  ListWorkGroupsCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { expect } from "chai";
import { describe as describeExecution } from "../../../local/services/athena/executions";
import { refusalOf } from "../../helpers/refusal";
import type { AnalyticsWorld } from "./analytics-world";
import { beforeEachSession, type AthenaSession } from "./athena-session";

describe("Athena through the AWS SDK: queries", () => {
  let session: AthenaSession;
  let world: AnalyticsWorld;
  let athena: AthenaClient;

  beforeEachSession((opened) => {
    session = opened;
    ({ world, athena } = session);
  });

  it("goes from queued over running to succeeded and tells its figures", async () => {
    const id = await session.start("SELECT playerid FROM players WHERE lastactive >= 2490");
    expect((await session.describe(id)).Status!.State).to.equal("QUEUED");
    await world.virtual.advance(1_000);

    const execution = await session.describe(id);
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

  it("has been queued and not yet computed for any time when it begins to run", async () => {
    const seen: unknown[] = [];
    world.athena.queries.eventCopies = ({ queryExecutionId }) => {
      seen.push(describeExecution(world.athena.queries.get(queryExecutionId as string))["Statistics"]);
      return 1;
    };
    await session.start("SELECT 1");
    await world.virtual.advance(1_000);
    const times = seen.map((figures) => {
      const told = figures as Record<string, number>;
      return ["Total", "Engine"].map((of) => told[`${of}ExecutionTimeInMillis`]).concat(told["QueryQueueTimeInMillis"]);
    });
    expect(times).to.deep.equal([
      [0, 0, 0],
      [100, 0, 100],
      [100, 0, 100],
    ]);
  });

  it("puts its state changes on the bus in the documented shape, doubled or lost as chance has it", async () => {
    world.athena.queries.eventCopies = (detail) =>
      detail["currentState"] === "SUCCEEDED" ? 2 : detail["currentState"] === "RUNNING" ? 0 : 1;
    const id = await session.start("SELECT 1");
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

  it("starts a query once per token, and refuses the token for another", async () => {
    const ClientRequestToken = "run-0123456789-0123456789-0123456789";
    const [first, second] = await Promise.all([
      session.start("SELECT 1", { ClientRequestToken }),
      session.start("SELECT 1", { ClientRequestToken }),
    ]);
    const third = await session.start("SELECT 1", { ClientRequestToken });

    expect(new Set([first, second, third]).size).to.equal(1);
    expect(await refusalOf(session.start("SELECT 2", { ClientRequestToken }))).to.equal(
      "InvalidRequestException: Idempotent parameters do not match",
    );
    expect(await refusalOf(session.start("SELECT 1", { ClientRequestToken: "short" }))).to.include(
      "Member must have length between 32 and 128",
    );
  });

  it("refuses at the start what cannot be a query", async () => {
    expect(await refusalOf(session.start("SELECT FROM WHERE"))).to.match(/^InvalidRequestException: line 1:\d+: /);
    expect(await refusalOf(session.start("SELECT 1; SELECT 2"))).to.include("Only one sql statement is allowed");
    expect(await refusalOf(session.start("DROP TABLE players"))).to.include("Queries of this type are not supported");
    expect(await refusalOf(session.start(`SELECT '${"x".repeat(262_144)}'`))).to.include("262144 bytes");
    expect(await refusalOf(session.start("SELECT 1", { WorkGroup: "none" }))).to.equal(
      "InvalidRequestException: WorkGroup none is not found.",
    );
    expect(await refusalOf(session.start("SELECT 1", { WorkGroup: "primary" }))).to.include(
      "No output location provided",
    );
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
      const id = await session.start(query);
      await world.virtual.advance(1_000);
      const { Status } = await session.describe(id);
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
    const id = await session.start("SELECT CAST(playerid AS bigint) FROM players");
    await world.virtual.advance(1_000);
    const { Status } = await session.describe(id);
    expect(Status!.StateChangeReason).to.match(/^INVALID_CAST_ARGUMENT/);
    expect(Status!.AthenaError).to.include({ ErrorCategory: 2, ErrorType: 1100 });
  });

  it("stops a query that waits, and leaves one that is over alone", async () => {
    const id = await session.start("SELECT 1");
    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    await world.virtual.advance(1_000);
    expect((await session.describe(id)).Status).to.include({
      State: "CANCELLED",
      StateChangeReason: "Query cancelled by user",
    });
    expect(world.events.map(({ detail }) => detail["currentState"])).to.deep.equal(["QUEUED", "CANCELLED"]);
    const done = await session.start("SELECT 1");
    await world.virtual.advance(1_000);
    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: done }));
    expect((await session.describe(done)).Status!.State).to.equal("SUCCEEDED");
  });

  it("lists queries newest first, gets many at once, and shows workgroups", async () => {
    const ids = [await session.start("SELECT 1"), await session.start("SELECT 2"), await session.start("SELECT 3")];
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
});
