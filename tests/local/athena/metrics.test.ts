import { StopQueryExecutionCommand } from "@aws-sdk/client-athena";
import { expect } from "chai";
import { cloudwatchService } from "../../../local/services/cloudwatch";
import type { AnalyticsWorld } from "./analytics-world";
import { beforeEachSession, type AthenaSession } from "./athena-session";

interface Listed {
  readonly Metrics: readonly {
    readonly MetricName: string;
    readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  }[];
}
interface Read {
  readonly Datapoints: readonly { readonly Timestamp: Date; readonly Unit: string; readonly Sum: number }[];
}

describe("The metrics of Athena's queries", () => {
  let session: AthenaSession;
  let world: AnalyticsWorld;

  beforeEachSession((opened) => {
    session = opened;
    ({ world } = session);
    world.add(cloudwatchService(world.cloud));
  });

  /** Every datapoint there is, as its query's end, type and group, then name, sum and unit; in the order of their names. */
  const published = async (): Promise<string[]> => {
    const { Metrics } = await world.call<Listed>("cloudwatch", "ListMetrics", { Namespace: "AWS/Athena" });
    const read = Metrics.map(async ({ MetricName, Dimensions }) => {
      const { Datapoints } = await world.call<Read>("cloudwatch", "GetMetricStatistics", {
        Namespace: "AWS/Athena",
        MetricName,
        Dimensions,
        StartTime: new Date("2026-06-15T12:00:00Z"),
        EndTime: new Date("2026-06-15T12:10:00Z"),
        Period: 60,
        Statistics: ["Sum"],
      });
      expect(Dimensions.map(({ Name }) => Name).sort()).to.deep.equal(["QueryState", "QueryType", "WorkGroup"]);
      const told = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
      const kind = `${told["QueryState"]} ${told["QueryType"]} ${told["WorkGroup"]}`;
      return Datapoints.map(
        ({ Timestamp, Sum, Unit }) => `${Timestamp.toISOString().slice(11, 16)} ${kind} ${MetricName} ${Sum} ${Unit}`,
      );
    });
    return (await Promise.all(read)).flat().sort();
  };
  const times = (kind: string, queue: number, engine: number): string[] => [
    `${kind} EngineExecutionTime ${engine} Milliseconds`,
    `${kind} QueryQueueTime ${queue} Milliseconds`,
    `${kind} ServicePreProcessingTime 0 Milliseconds`,
    `${kind} ServiceProcessingTime 0 Milliseconds`,
    `${kind} TotalExecutionTime ${queue + engine} Milliseconds`,
  ];

  it("tell bytes and times of a query that succeeded, in the minute of its end", async () => {
    world.athena.queries.queuedMs = () => 60_000;
    await session.start("SELECT playerid FROM players");
    await world.virtual.advance(59_999);
    expect(await published()).to.deep.equal([]);
    await world.virtual.advance(1);
    const [query] = world.athena.queries.executions.values();
    expect(query!.bytesScanned).to.be.greaterThan(0);
    const kind = "12:01 SUCCEEDED DML segments";
    expect(await published()).to.deep.equal(
      [...times(kind, 60_000, 0), `${kind} ProcessedBytes ${query!.bytesScanned} Bytes`].sort(),
    );
  });

  it("add up", async () => {
    const two = [await world.run("SELECT playerid FROM players"), await world.run("SELECT padding FROM players")];
    const bytes = two.reduce((sum, { execution }) => sum + execution.Statistics.DataScannedInBytes, 0);
    expect(await published()).to.include(`12:00 SUCCEEDED DML segments ProcessedBytes ${bytes} Bytes`);
  });

  it("tell a query that failed", async () => {
    await world.run("SELECT nothing FROM players");
    const kind = "12:00 FAILED DML segments";
    expect(await published()).to.deep.equal([...times(kind, 100, 0), `${kind} ProcessedBytes 0 Bytes`].sort());
  });

  it("tell a query that the cut-off cancelled, with what it scanned until then", async () => {
    const Configuration = {
      BytesScannedCutoffPerQuery: 7,
      PublishCloudWatchMetricsEnabled: true,
      ResultConfiguration: { OutputLocation: "s3://results/" },
    };
    await world.call("athena", "CreateWorkGroup", { Name: "capped", Configuration });
    const { execution } = await world.run("SELECT padding FROM players", { WorkGroup: "capped" });
    expect(execution.Status.State).to.equal("CANCELLED");
    const kind = "12:00 CANCELED DML capped";
    expect(await published()).to.deep.equal([...times(kind, 100, 0), `${kind} ProcessedBytes 7 Bytes`].sort());
  });

  it("tell a query that somebody stopped, once", async () => {
    const QueryExecutionId = await session.start("SELECT playerid FROM players");
    await world.virtual.advance(40);
    for (let i = 0; i < 2; i++) await session.athena.send(new StopQueryExecutionCommand({ QueryExecutionId }));
    await world.virtual.advance(1_000);
    const kind = "12:00 CANCELED DML segments";
    expect(await published()).to.deep.equal([...times(kind, 40, 0), `${kind} ProcessedBytes 0 Bytes`].sort());
  });

  it("tell no bytes of a statement about the catalog", async () => {
    await world.run("SHOW TABLES");
    expect(await published()).to.deep.equal(times("12:00 SUCCEEDED UTILITY segments", 100, 0));
  });

  it("are told only by workgroups that publish them: not by the primary one, nor by one made without asking for them", async () => {
    const Configuration = { ResultConfiguration: { OutputLocation: "s3://results/" } };
    await world.call("athena", "CreateWorkGroup", { Name: "quiet", Configuration });
    await world.declare("aws:athena/workgroup:Workgroup", "silent", {
      name: "silent",
      configuration: {
        publishCloudwatchMetricsEnabled: false,
        resultConfiguration: { outputLocation: "s3://results/" },
      },
    });
    for (const WorkGroup of ["primary", "quiet", "silent"]) {
      const { execution } = await world.run("SELECT 1", { WorkGroup, ...Configuration });
      expect(execution.Status.State, WorkGroup).to.equal("SUCCEEDED");
    }
    expect(await published()).to.deep.equal([]);
  });
});
