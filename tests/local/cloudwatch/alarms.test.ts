import { expect } from "chai";
import type { Json } from "../../../local/service";
import { account, topic, WatchedCloud } from "./watched";

describe("CloudWatch", () => {
  let world: WatchedCloud;
  beforeEach(() => {
    world = new WatchedCloud();
  });
  afterEach(() => world.close());

  describe("alarms", () => {
    it("come to OK, go to ALARM and back, and notify each time", async () => {
      await world.alarm();
      expect(world.state()).to.equal("INSUFFICIENT_DATA");
      await world.clock.advance(60_000);
      expect(world.state()).to.equal("OK");
      world.put(1);
      await world.clock.advance(60_000);
      expect(world.state()).to.equal("ALARM");
      // The next two looks still find the breach, in the place of what is missing.
      await world.clock.advance(120_000);
      expect(world.state()).to.equal("ALARM");
      await world.clock.advance(60_000);
      expect(world.state()).to.equal("OK");
      const messages = world.published.map((input) => JSON.parse(String(input["Message"])) as Json);
      expect(messages.map((message) => message["NewStateValue"])).to.deep.equal(["OK", "ALARM", "OK"]);
      expect(messages[1]).to.deep.include({
        AlarmName: "errors",
        AWSAccountId: account,
        NewStateReason:
          "Threshold Crossed: 1 datapoint [1.0 (01/01/26 00:01:00)] was greater than the threshold (0.0).",
        StateChangeTime: "2026-01-01T00:02:00.000+0000",
        OldStateValue: "OK",
      });
      expect((messages[1]!["Trigger"] as Json)["Dimensions"]).to.deep.equal([{ value: "f", name: "FunctionName" }]);
    });

    it("cost nothing while nothing happens", async () => {
      await world.alarm();
      let fired = 0;
      const setTimer = world.clock.setTimer.bind(world.clock);
      world.clock.setTimer = (delay, action) => {
        fired++;
        return setTimer(delay, action);
      };
      await world.clock.advance(30 * 86_400_000);
      expect(world.state()).to.equal("OK");
      expect(fired).to.be.at.most(1);
    });

    it("need M of N datapoints", async () => {
      await world.alarm({ evaluationPeriods: 3, datapointsToAlarm: 2 });
      world.put(1);
      await world.clock.advance(60_000);
      expect(world.state()).to.equal("OK");
      await world.clock.advance(60_000);
      world.put(1);
      await world.clock.advance(60_000);
      expect(world.state()).to.equal("ALARM");
      // Both count for five minutes, the older one since two minutes.
      await world.clock.advance(120_000);
      expect(world.state()).to.equal("ALARM");
      await world.clock.advance(60_000);
      expect(world.state()).to.equal("OK");
    });

    for (const [treatMissingData, expected] of [
      ["missing", "INSUFFICIENT_DATA"],
      ["ignore", "ALARM"],
      ["breaching", "ALARM"],
      ["notBreaching", "OK"],
    ] as const) {
      it(`treat missing data as ${treatMissingData}`, async () => {
        await world.alarm({ treatMissingData });
        world.put(1);
        await world.clock.advance(60_000);
        expect(world.state()).to.equal("ALARM");
        await world.clock.advance(600_000);
        expect(world.state()).to.equal(expected);
      });
    }

    it("sum up whole periods, those of minutes before included", async () => {
      await world.alarm({ period: 300, threshold: 2 });
      for (let i = 0; i < 3; i++) {
        world.put(1);
        await world.clock.advance(60_000);
      }
      expect(world.state()).to.equal("ALARM");
    });

    it("tell the actions of the state that they enter, and none while they are switched off or do not move", async () => {
      await world.alarm({ treatMissingData: "missing", insufficientDataActions: [topic], okActions: [] });
      const states = (): unknown[] =>
        world.published.map((input) => (JSON.parse(String(input["Message"])) as Json)["NewStateValue"]);
      const set = (StateValue: string): Promise<Json> =>
        world.call("SetAlarmState", { AlarmName: "errors", StateValue, StateReason: "by hand" });
      await set("OK");
      await set("ALARM");
      await set("ALARM");
      await set("INSUFFICIENT_DATA");
      expect(states()).to.deep.equal(["ALARM", "INSUFFICIENT_DATA"]);
      await world.call("DisableAlarmActions", { AlarmNames: ["errors"] });
      await set("ALARM");
      expect(states()).to.have.length(2);
    });

    it("watch a gauge that only moves with events", async () => {
      let depth = 0;
      world.cloud.ports.metrics.gauge(
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        { QueueName: "dlq" },
        () => depth,
      );
      await world.alarm({
        name: "dlq",
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: "dlq" },
        statistic: "Maximum",
        period: 300,
      });
      await world.clock.advance(86_400_000);
      expect(world.state("dlq")).to.equal("OK");
      depth = 1;
      world.cloud.trace.emit({ kind: "call", service: "sqs", name: "SendMessage" });
      await world.clock.advance(60_000);
      expect(world.state("dlq")).to.equal("ALARM");
      await world.clock.advance(86_400_000);
      expect(world.state("dlq")).to.equal("ALARM");
      depth = 0;
      world.cloud.trace.emit({ kind: "call", service: "sqs", name: "DeleteMessage" });
      await world.clock.advance(360_000);
      expect(world.state("dlq")).to.equal("OK");
    });

    it("watch an age that grows by itself", async () => {
      const since = world.clock.now();
      world.cloud.ports.metrics.gauge(
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        { QueueName: "q" },
        () => (world.clock.now() - since) / 1000,
      );
      await world.alarm({
        name: "age",
        namespace: "AWS/SQS",
        metricName: "ApproximateAgeOfOldestMessage",
        dimensions: { QueueName: "q" },
        statistic: "Maximum",
        threshold: 600,
        evaluationPeriods: 2,
      });
      await world.clock.advance(600_000);
      expect(world.state("age")).to.equal("OK");
      await world.clock.advance(180_000);
      expect(world.state("age")).to.equal("ALARM");
    });

    it("evaluate expressions", async () => {
      const metric = (metricName: string): Json => ({ namespace: "AWS/SES", metricName, period: 60, stat: "Sum" });
      await world.alarm({
        name: "rate",
        metricQueries: [
          { id: "rate", expression: "IF(sent > 0, bounced / sent, 0)", returnData: true },
          { id: "sent", metric: metric("Send") },
          { id: "bounced", metric: metric("Bounce") },
        ],
        threshold: 0.05,
      });
      world.cloud.ports.metrics.put("AWS/SES", "Send", {}, 10);
      world.cloud.ports.metrics.put("AWS/SES", "Bounce", {}, 1);
      await world.clock.advance(60_000);
      expect(world.state("rate")).to.equal("ALARM");
    });

    it("change state but notify nobody when the topic's policy does not admit CloudWatch", async () => {
      world.cloud.resourcePolicies.delete(topic);
      await world.alarm();
      world.put(1);
      await world.clock.advance(60_000);
      expect(world.state()).to.equal("ALARM");
      expect(world.published).to.deep.equal([]);
      expect(
        world.cloud.trace
          .since()
          .filter(({ name }) => name === "AlarmAction")
          .map(({ data }) => data),
      ).to.deep.equal([
        {
          alarm: "errors",
          message: `User: cloudwatch.amazonaws.com is not authorized to perform: sns:Publish on resource: ${topic} because no resource-based policy allows the sns:Publish action`,
        },
      ]);
      const history = await world.call<{ AlarmHistoryItems: Json[] }>("DescribeAlarmHistory", { AlarmName: "errors" });
      expect(history.AlarmHistoryItems.map((item) => item["HistorySummary"])).to.deep.equal([
        `Failed to execute action ${topic}`,
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "errors" created',
      ]);
    });

    it("compose", async () => {
      await world.alarm();
      await world.alarm({ name: "other" });
      await world.declare("aws:cloudwatch/compositeAlarm:CompositeAlarm", {
        alarmName: "both",
        alarmRule: 'ALARM("errors") AND NOT (OK(other) OR FALSE)',
      });
      await world.call("SetAlarmState", { AlarmName: "errors", StateValue: "ALARM", StateReason: "test" });
      await world.call("SetAlarmState", { AlarmName: "other", StateValue: "ALARM", StateReason: "test" });
      await world.clock.advance(60_000);
      // The children have gone back to OK in that minute; their parent looks at them in the next.
      await world.clock.advance(60_000);
      expect([world.state(), world.state("other"), world.state("both")]).to.deep.equal(["OK", "OK", "OK"]);
      const history = await world.call<{ AlarmHistoryItems: Json[] }>("DescribeAlarmHistory", {
        AlarmName: "both",
        HistoryItemType: "StateUpdate",
      });
      expect(history.AlarmHistoryItems).to.have.length.greaterThan(0);
    });

    it("are described and refused as on AWS", async () => {
      const made = await world.alarm();
      expect(made).to.include({ arn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:errors`, id: "errors" });
      const { MetricAlarms } = await world.call<{ MetricAlarms: Json[] }>("DescribeAlarms", { AlarmNamePrefix: "err" });
      expect(MetricAlarms[0]).to.include({
        AlarmName: "errors",
        Statistic: "Sum",
        Threshold: 0,
        TreatMissingData: "notBreaching",
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
      for (const more of [{}, { DatapointsToAlarm: 1, Period: 45 }, { DatapointsToAlarm: 1, EvaluationPeriods: 0 }]) {
        const refused = world.call("PutMetricAlarm", { ...wrong, ...more }).catch((error: unknown) => error);
        expect(await refused).to.include({ code: "ValidationError" });
      }
      expect(
        await world
          .call("SetAlarmState", { AlarmName: "none", StateValue: "OK", StateReason: "" })
          .catch((error: unknown) => error),
      ).to.include({ code: "ResourceNotFound" });
    });
  });
});
