import { expect } from "chai";
import type { Json } from "../../../local/service";
import { account, WatchedCloud } from "./watched";

describe("CloudWatch", () => {
  let world: WatchedCloud;
  beforeEach(() => {
    world = new WatchedCloud();
  });
  afterEach(() => world.close());

  describe("metrics", () => {
    it("are put, listed and read back by statistic", async () => {
      const MetricData = [1, 2, 3, 10].map((Value) => ({
        MetricName: "Latency",
        Dimensions: [{ Name: "Zone", Value: "eu" }],
        Value,
        Unit: "Milliseconds",
      }));
      await world.call("PutMetricData", { Namespace: "Game", MetricData });
      await world.clock.advance(60_000);
      await world.call("PutMetricData", {
        Namespace: "Game",
        MetricData: [
          { MetricName: "Latency", Dimensions: [{ Name: "Zone", Value: "eu" }], Values: [5, 7], Counts: [2, 1] },
        ],
      });
      const read = await world.call<{ Datapoints: Json[] }>("GetMetricStatistics", {
        Namespace: "Game",
        MetricName: "Latency",
        Dimensions: [{ Name: "Zone", Value: "eu" }],
        StartTime: world.clock.now() / 1000 - 60,
        EndTime: world.clock.now() / 1000 + 60,
        Period: 60,
        Statistics: ["Sum", "Average", "Minimum", "Maximum", "SampleCount"],
        ExtendedStatistics: ["p50"],
      });
      expect(read.Datapoints).to.deep.equal([
        {
          Timestamp: new Date("2026-01-01T00:00:00Z"),
          Unit: "Milliseconds",
          Sum: 16,
          Average: 4,
          Minimum: 1,
          Maximum: 10,
          SampleCount: 4,
          ExtendedStatistics: { p50: 2 },
        },
        {
          Timestamp: new Date("2026-01-01T00:01:00Z"),
          Unit: "Milliseconds",
          Sum: 17,
          Average: 17 / 3,
          Minimum: 5,
          Maximum: 7,
          SampleCount: 3,
          ExtendedStatistics: { p50: 5 },
        },
      ]);
      expect((await world.call<{ Metrics: Json[] }>("ListMetrics", { Namespace: "Game" })).Metrics).to.deep.equal([
        { Namespace: "Game", MetricName: "Latency", Dimensions: [{ Name: "Zone", Value: "eu" }] },
      ]);
    });

    it("answer expressions and gauges", async () => {
      let depth = 5;
      world.cloud.ports.metrics.gauge("AWS/SQS", "Depth", { QueueName: "q" }, () => depth);
      world.cloud.ports.metrics.put("AWS/SQS", "Sent", { QueueName: "q" }, 20);
      const stat = (Id: string, MetricName: string): Json => ({
        Id,
        ReturnData: false,
        MetricStat: {
          Metric: { Namespace: "AWS/SQS", MetricName, Dimensions: [{ Name: "QueueName", Value: "q" }] },
          Period: 60,
          Stat: "Maximum",
        },
      });
      const read = (): Promise<{ MetricDataResults: Json[] }> =>
        world.call("GetMetricData", {
          StartTime: world.clock.now() / 1000,
          EndTime: world.clock.now() / 1000 + 60,
          MetricDataQueries: [
            { Id: "share", Expression: "100 * depth / sent", Label: "Share" },
            stat("depth", "Depth"),
            stat("sent", "Sent"),
          ],
        });
      expect((await read()).MetricDataResults).to.deep.equal([
        {
          Id: "share",
          Label: "Share",
          Timestamps: [new Date(world.clock.now())],
          Values: [25],
          StatusCode: "Complete",
        },
      ]);
      depth = 10;
      expect((await read()).MetricDataResults[0]!["Values"]).to.deep.equal([50]);
      const wrong = await world
        .call("GetMetricData", {
          StartTime: 0,
          EndTime: 60,
          MetricDataQueries: [{ Id: "e", Expression: "SEARCH('x', 'Sum', 60)" }],
        })
        .catch((error: unknown) => error);
      expect(wrong).to.include({ code: "ValidationError" });
    });

    it("refuse AWS's own namespaces and times out of range", async () => {
      const refused = async (input: Json): Promise<unknown> =>
        world.call("PutMetricData", input).catch((error: unknown) => (error as { code: string }).code);
      expect(await refused({ Namespace: "AWS/SQS", MetricData: [] })).to.equal("InvalidParameterValueException");
      expect(await refused({ Namespace: "Game", MetricData: [{ MetricName: "x", Value: 1, Timestamp: 0 }] })).to.equal(
        "InvalidParameterValueException",
      );
    });
  });

  it("checks a dashboard's body", async () => {
    const body = (widget: Json): string => JSON.stringify({ widgets: [widget] });
    const good = body({
      type: "metric",
      x: 0,
      y: 0,
      width: 12,
      height: 6,
      properties: { metrics: [["AWS/SQS", "Depth"]], region: "us-east-1" },
    });
    const made = await world.declare("aws:cloudwatch/dashboard:Dashboard", { dashboardName: "d", dashboardBody: good });
    expect(made["dashboardArn"]).to.equal(`arn:aws:cloudwatch::${account}:dashboard/d`);
    expect((await world.call("GetDashboard", { DashboardName: "d" }))["DashboardBody"]).to.equal(good);
    for (const bad of [
      "{",
      "{}",
      body({ type: "graph", properties: {} }),
      body({ type: "metric", properties: { metrics: [] } }),
      body({ type: "text", x: 30, properties: {} }),
    ]) {
      expect(
        await world.call("PutDashboard", { DashboardName: "d", DashboardBody: bad }).catch((error: unknown) => error),
        bad,
      ).to.include({ code: "DashboardInvalidInputError" });
    }
  });
});
