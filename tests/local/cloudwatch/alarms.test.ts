import { expect } from "chai";
import { tmpdir } from "node:os";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Json, Service } from "../../../local/service";
import { cloudwatchEngine, cloudwatchService } from "../../../local/services/cloudwatch";
import { iamService } from "../../../local/services/iam";

const account = "123456789012";
const topic = `arn:aws:sns:us-east-1:${account}:alarms`;

describe("CloudWatch", () => {
  let cloud: Cloud;
  let clock: VirtualClock;
  let published: Json[];
  beforeEach(() => {
    clock = new VirtualClock();
    cloud = new Cloud({ clock, folder: tmpdir() });
    published = [];
    const sns: Service = {
      name: "sns",
      signingName: "sns",
      protocols: [],
      resourceTypes: {},
      operations: {
        Publish: {
          authorize: ({ TopicArn }: { TopicArn: string }) => [{ action: "sns:Publish", resource: TopicArn }],
          answer: (input: Json) => {
            published.push(input);
            return {};
          },
        },
      },
    };
    cloud.register(iamService(cloud));
    cloud.register(sns);
    cloud.register(cloudwatchService(cloud));
    cloud.ports.events = { emit: () => undefined };
    const statement = {
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topic,
    };
    cloud.resourcePolicies.set(topic, { Version: "2012-10-17", Statement: [statement] });
  });
  afterEach(() => cloudwatchEngine(cloud).close());
  const call = <O = Json>(operation: string, input: Json): Promise<O> =>
    cloud.call<O>("cloudwatch", operation, input, cloud.operator);
  const declare = async (type: string, inputs: Json): Promise<Json> =>
    (
      await cloud.services
        .get("cloudwatch")!
        .resourceTypes[type]!.create(inputs, { cloud, name: "a", type, urn: "u", physicalName: () => "a-1234567" })
    ).state;
  const errors = {
    namespace: "AWS/Lambda",
    metricName: "Errors",
    dimensions: { FunctionName: "f" },
    statistic: "Sum",
    period: 60,
  };
  const alarm = (more: Json = {}): Promise<Json> =>
    declare("aws:cloudwatch/metricAlarm:MetricAlarm", {
      name: "errors",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: "notBreaching",
      alarmActions: [topic],
      okActions: [topic],
      ...errors,
      ...more,
    });
  const state = (name = "errors"): string => cloudwatchEngine(cloud).alarms.get(name)!.state;
  const put = (value: number): void => cloud.ports.metrics.put("AWS/Lambda", "Errors", { FunctionName: "f" }, value);

  describe("metrics", () => {
    it("are put, listed and read back by statistic", async () => {
      const MetricData = [1, 2, 3, 10].map((Value) => ({
        MetricName: "Latency",
        Dimensions: [{ Name: "Zone", Value: "eu" }],
        Value,
        Unit: "Milliseconds",
      }));
      await call("PutMetricData", { Namespace: "Game", MetricData });
      await clock.advance(60_000);
      await call("PutMetricData", {
        Namespace: "Game",
        MetricData: [
          { MetricName: "Latency", Dimensions: [{ Name: "Zone", Value: "eu" }], Values: [5, 7], Counts: [2, 1] },
        ],
      });
      const read = await call<{ Datapoints: Json[] }>("GetMetricStatistics", {
        Namespace: "Game",
        MetricName: "Latency",
        Dimensions: [{ Name: "Zone", Value: "eu" }],
        StartTime: clock.now() / 1000 - 60,
        EndTime: clock.now() / 1000 + 60,
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
      expect((await call<{ Metrics: Json[] }>("ListMetrics", { Namespace: "Game" })).Metrics).to.deep.equal([
        { Namespace: "Game", MetricName: "Latency", Dimensions: [{ Name: "Zone", Value: "eu" }] },
      ]);
    });

    it("answer expressions and gauges", async () => {
      let depth = 5;
      cloud.ports.metrics.gauge("AWS/SQS", "Depth", { QueueName: "q" }, () => depth);
      cloud.ports.metrics.put("AWS/SQS", "Sent", { QueueName: "q" }, 20);
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
        call("GetMetricData", {
          StartTime: clock.now() / 1000,
          EndTime: clock.now() / 1000 + 60,
          MetricDataQueries: [
            { Id: "share", Expression: "100 * depth / sent", Label: "Share" },
            stat("depth", "Depth"),
            stat("sent", "Sent"),
          ],
        });
      expect((await read()).MetricDataResults).to.deep.equal([
        { Id: "share", Label: "Share", Timestamps: [new Date(clock.now())], Values: [25], StatusCode: "Complete" },
      ]);
      depth = 10;
      expect((await read()).MetricDataResults[0]!["Values"]).to.deep.equal([50]);
      const wrong = await call("GetMetricData", {
        StartTime: 0,
        EndTime: 60,
        MetricDataQueries: [{ Id: "e", Expression: "SEARCH('x', 'Sum', 60)" }],
      }).catch((error: unknown) => error);
      expect(wrong).to.include({ code: "ValidationError" });
    });

    it("refuse AWS's own namespaces and times out of range", async () => {
      const refused = async (input: Json): Promise<unknown> =>
        call("PutMetricData", input).catch((error: unknown) => (error as { code: string }).code);
      expect(await refused({ Namespace: "AWS/SQS", MetricData: [] })).to.equal("InvalidParameterValueException");
      expect(await refused({ Namespace: "Game", MetricData: [{ MetricName: "x", Value: 1, Timestamp: 0 }] })).to.equal(
        "InvalidParameterValueException",
      );
    });
  });

  describe("alarms", () => {
    it("come to OK, go to ALARM and back, and notify each time", async () => {
      await alarm();
      expect(state()).to.equal("INSUFFICIENT_DATA");
      await clock.advance(60_000);
      expect(state()).to.equal("OK");
      put(1);
      await clock.advance(60_000);
      expect(state()).to.equal("ALARM");
      await clock.advance(60_000);
      expect(state()).to.equal("OK");
      const messages = published.map((input) => JSON.parse(String(input["Message"])) as Json);
      expect(messages.map((message) => message["NewStateValue"])).to.deep.equal(["OK", "ALARM", "OK"]);
      expect(messages[1]).to.deep.include({
        AlarmName: "errors",
        AWSAccountId: account,
        NewStateReason: "Threshold Crossed: 1 datapoint [1] was greater than the threshold (0).",
        StateChangeTime: "2026-01-01T00:02:00.000+0000",
        OldStateValue: "OK",
      });
      expect((messages[1]!["Trigger"] as Json)["Dimensions"]).to.deep.equal([{ value: "f", name: "FunctionName" }]);
    });

    it("cost nothing while nothing happens", async () => {
      await alarm();
      let fired = 0;
      const setTimer = clock.setTimer.bind(clock);
      clock.setTimer = (delay, action) => {
        fired++;
        return setTimer(delay, action);
      };
      await clock.advance(30 * 86_400_000);
      expect(state()).to.equal("OK");
      expect(fired).to.be.at.most(1);
    });

    it("need M of N datapoints", async () => {
      await alarm({ evaluationPeriods: 3, datapointsToAlarm: 2 });
      put(1);
      await clock.advance(60_000);
      expect(state()).to.equal("OK");
      await clock.advance(60_000);
      put(1);
      await clock.advance(60_000);
      expect(state()).to.equal("ALARM");
      await clock.advance(120_000);
      expect(state()).to.equal("OK");
    });

    for (const [treatMissingData, expected] of [
      ["missing", "INSUFFICIENT_DATA"],
      ["ignore", "ALARM"],
      ["breaching", "ALARM"],
      ["notBreaching", "OK"],
    ] as const) {
      it(`treat missing data as ${treatMissingData}`, async () => {
        await alarm({ treatMissingData });
        put(1);
        await clock.advance(60_000);
        expect(state()).to.equal("ALARM");
        await clock.advance(600_000);
        expect(state()).to.equal(expected);
      });
    }

    it("watch a gauge that only moves with events", async () => {
      let depth = 0;
      cloud.ports.metrics.gauge("AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName: "dlq" }, () => depth);
      await alarm({
        name: "dlq",
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: "dlq" },
        statistic: "Maximum",
        period: 300,
      });
      await clock.advance(86_400_000);
      expect(state("dlq")).to.equal("OK");
      depth = 1;
      cloud.trace.emit({ kind: "call", service: "sqs", name: "SendMessage" });
      await clock.advance(60_000);
      expect(state("dlq")).to.equal("ALARM");
      await clock.advance(86_400_000);
      expect(state("dlq")).to.equal("ALARM");
      depth = 0;
      cloud.trace.emit({ kind: "call", service: "sqs", name: "DeleteMessage" });
      await clock.advance(360_000);
      expect(state("dlq")).to.equal("OK");
    });

    it("watch an age that grows by itself", async () => {
      const since = clock.now();
      cloud.ports.metrics.gauge(
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        { QueueName: "q" },
        () => (clock.now() - since) / 1000,
      );
      await alarm({
        name: "age",
        namespace: "AWS/SQS",
        metricName: "ApproximateAgeOfOldestMessage",
        dimensions: { QueueName: "q" },
        statistic: "Maximum",
        threshold: 600,
        evaluationPeriods: 2,
      });
      await clock.advance(600_000);
      expect(state("age")).to.equal("OK");
      await clock.advance(180_000);
      expect(state("age")).to.equal("ALARM");
    });

    it("evaluate expressions", async () => {
      const metric = (metricName: string): Json => ({ namespace: "AWS/SES", metricName, period: 60, stat: "Sum" });
      await alarm({
        name: "rate",
        metricQueries: [
          { id: "rate", expression: "IF(sent > 0, bounced / sent, 0)", returnData: true },
          { id: "sent", metric: metric("Send") },
          { id: "bounced", metric: metric("Bounce") },
        ],
        threshold: 0.05,
      });
      cloud.ports.metrics.put("AWS/SES", "Send", {}, 10);
      cloud.ports.metrics.put("AWS/SES", "Bounce", {}, 1);
      await clock.advance(60_000);
      expect(state("rate")).to.equal("ALARM");
    });

    it("change state but notify nobody when the topic's policy does not admit CloudWatch", async () => {
      cloud.resourcePolicies.delete(topic);
      await alarm();
      put(1);
      await clock.advance(60_000);
      expect(state()).to.equal("ALARM");
      expect(published).to.deep.equal([]);
      expect(
        cloud.trace
          .since()
          .filter(({ name }) => name === "AlarmAction")
          .map(({ data }) => data),
      ).to.deep.equal([
        {
          alarm: "errors",
          message: `User: cloudwatch.amazonaws.com is not authorized to perform: sns:Publish on resource: ${topic} because no resource-based policy allows the sns:Publish action`,
        },
      ]);
      const history = await call<{ AlarmHistoryItems: Json[] }>("DescribeAlarmHistory", { AlarmName: "errors" });
      expect(history.AlarmHistoryItems.map((item) => item["HistorySummary"])).to.deep.equal([
        `Failed to execute action ${topic}`,
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "errors" created',
      ]);
    });

    it("compose", async () => {
      await alarm();
      await alarm({ name: "other" });
      await declare("aws:cloudwatch/compositeAlarm:CompositeAlarm", {
        alarmName: "both",
        alarmRule: 'ALARM("errors") AND NOT (OK(other) OR FALSE)',
      });
      await call("SetAlarmState", { AlarmName: "errors", StateValue: "ALARM", StateReason: "test" });
      await call("SetAlarmState", { AlarmName: "other", StateValue: "ALARM", StateReason: "test" });
      await clock.advance(60_000);
      // The children have gone back to OK in that minute; their parent looks at them in the next.
      await clock.advance(60_000);
      expect([state(), state("other"), state("both")]).to.deep.equal(["OK", "OK", "OK"]);
      const history = await call<{ AlarmHistoryItems: Json[] }>("DescribeAlarmHistory", {
        AlarmName: "both",
        HistoryItemType: "StateUpdate",
      });
      expect(history.AlarmHistoryItems).to.have.length.greaterThan(0);
    });

    it("are described and refused as on AWS", async () => {
      const made = await alarm();
      expect(made).to.include({ arn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:errors`, id: "errors" });
      const { MetricAlarms } = await call<{ MetricAlarms: Json[] }>("DescribeAlarms", { AlarmNamePrefix: "err" });
      expect(MetricAlarms[0]).to.include({
        AlarmName: "errors",
        Statistic: "Sum",
        Threshold: 0,
        DatapointsToAlarm: 1,
        StateValue: "INSUFFICIENT_DATA",
      });
      const wrong = {
        AlarmName: "x",
        ComparisonOperator: "GreaterThanThreshold",
        EvaluationPeriods: 1,
        DatapointsToAlarm: 2,
        Threshold: 1,
        Namespace: "n",
        MetricName: "m",
        Statistic: "Sum",
        Period: 60,
      };
      expect(await call("PutMetricAlarm", wrong).catch((error: unknown) => error)).to.include({
        code: "ValidationError",
      });
      expect(
        await call("SetAlarmState", { AlarmName: "none", StateValue: "OK", StateReason: "" }).catch(
          (error: unknown) => error,
        ),
      ).to.include({ code: "ResourceNotFound" });
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
    const made = await declare("aws:cloudwatch/dashboard:Dashboard", { dashboardName: "d", dashboardBody: good });
    expect(made["dashboardArn"]).to.equal(`arn:aws:cloudwatch::${account}:dashboard/d`);
    expect((await call("GetDashboard", { DashboardName: "d" }))["DashboardBody"]).to.equal(good);
    for (const bad of [
      "{",
      "{}",
      body({ type: "graph", properties: {} }),
      body({ type: "metric", properties: { metrics: [] } }),
      body({ type: "text", x: 30, properties: {} }),
    ]) {
      expect(
        await call("PutDashboard", { DashboardName: "d", DashboardBody: bad }).catch((error: unknown) => error),
        bad,
      ).to.include({ code: "InvalidParameterInput" });
    }
  });
});
