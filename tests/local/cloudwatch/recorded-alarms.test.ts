import { expect } from "chai";
import { refusalOf } from "../../helpers/refusal";
import type { Json } from "../../../local/service";
import { account, topic, WatchedCloud } from "./watched";

const arn = `arn:aws:cloudwatch:us-east-1:${account}:alarm:slow`;
const stampForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/;

describe("CloudWatch alarms, as AWS answered", () => {
  let world: WatchedCloud;
  beforeEach(() => {
    world = new WatchedCloud();
  });
  afterEach(() => world.close());

  const put = (more: Json = {}): Promise<Json> =>
    world.call("PutMetricAlarm", {
      AlarmName: "slow",
      ComparisonOperator: "GreaterThanThreshold",
      EvaluationPeriods: 1,
      MetricName: "Latency",
      Namespace: "Game",
      Period: 60,
      Statistic: "Average",
      Threshold: 2,
      ...more,
    });
  const data = (...values: number[]): Promise<Json> =>
    world.call("PutMetricData", {
      Namespace: "Game",
      MetricData: values.map((Value) => ({ MetricName: "Latency", Value, Unit: "Seconds" })),
    });
  const described = async (): Promise<Json> =>
    (await world.call<{ MetricAlarms: Json[] }>("DescribeAlarms", {})).MetricAlarms[0]!;
  const reason = async (): Promise<unknown> => (await described())["StateReason"];

  it("shows of a new alarm what was said of it, and no defaults", async () => {
    await put();
    const now = new Date(world.clock.now());
    expect(await described()).to.deep.equal({
      ActionsEnabled: true,
      AlarmActions: [],
      AlarmArn: arn,
      AlarmConfigurationUpdatedTimestamp: now,
      AlarmName: "slow",
      ComparisonOperator: "GreaterThanThreshold",
      Dimensions: [],
      EvaluationPeriods: 1,
      InsufficientDataActions: [],
      MetricName: "Latency",
      Namespace: "Game",
      OKActions: [],
      Period: 60,
      StateReason: "Unchecked: Initial alarm creation",
      StateTransitionedTimestamp: now,
      StateUpdatedTimestamp: now,
      StateValue: "INSUFFICIENT_DATA",
      Statistic: "Average",
      Threshold: 2,
    });
  });

  it("says why it crossed its threshold, in words, as data, to its topic and in its history", async () => {
    await put({ Unit: "Seconds", TreatMissingData: "notBreaching", AlarmActions: [topic] });
    await data(21, 22);
    await world.clock.advance(60_000);
    const words = "Threshold Crossed: 1 datapoint [21.5 (01/01/26 00:00:00)] was greater than the threshold (2.0).";
    const alarm = await described();
    expect(alarm).to.include({ StateValue: "ALARM", StateReason: words });
    const reasonData = JSON.parse(String(alarm["StateReasonData"])) as Json;
    expect(reasonData).to.deep.equal({
      version: "1.0",
      queryDate: "2026-01-01T00:01:00.000+0000",
      startDate: "2026-01-01T00:00:00.000+0000",
      unit: "Seconds",
      statistic: "Average",
      period: 60,
      recentDatapoints: [21.5],
      threshold: 2,
      evaluatedDatapoints: [{ timestamp: "2026-01-01T00:00:00.000+0000", sampleCount: 2, value: 21.5 }],
    });
    const { AlarmHistoryItems } = await world.call<{ AlarmHistoryItems: Json[] }>("DescribeAlarmHistory", {
      AlarmName: "slow",
      HistoryItemType: "StateUpdate",
    });
    expect(AlarmHistoryItems[0]).to.include({
      AlarmType: "MetricAlarm",
      HistorySummary: "Alarm updated from INSUFFICIENT_DATA to ALARM",
    });
    expect(JSON.parse(String(AlarmHistoryItems[0]!["HistoryData"]))).to.deep.equal({
      version: "1.0",
      oldState: { stateValue: "INSUFFICIENT_DATA", stateReason: "Unchecked: Initial alarm creation" },
      newState: { stateValue: "ALARM", stateReason: words, stateReasonData: reasonData },
    });
    const message = JSON.parse(String(world.published[0]!["Message"])) as Json;
    expect(message).to.include({ Region: "US East (N. Virginia)", OldStateValue: "INSUFFICIENT_DATA" });
    expect(message["StateChangeTime"]).to.match(stampForm);
    expect(message["Trigger"]).to.deep.equal({
      ComparisonOperator: "GreaterThanThreshold",
      Dimensions: [],
      EvaluateLowSampleCountPercentile: "",
      EvaluationPeriods: 1,
      MetricName: "Latency",
      Namespace: "Game",
      Period: 60,
      Statistic: "AVERAGE",
      StatisticType: "Statistic",
      Threshold: 2,
      TreatMissingData: "notBreaching",
      Unit: "Seconds",
    });
    await world.clock.advance(180_000);
    expect(await reason()).to.equal(
      "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
    );
    expect(JSON.parse(String((await described())["StateReasonData"]))).to.deep.include({
      recentDatapoints: [],
      evaluatedDatapoints: [{ timestamp: "2026-01-01T00:03:00.000+0000" }],
    });
  });

  it("says that nothing came, and that this counts as a breach", async () => {
    await put({ EvaluationPeriods: 2, TreatMissingData: "breaching" });
    await world.clock.advance(60_000);
    expect(await reason()).to.equal(
      "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].",
    );
  });

  it("lists the newest datapoint first, and what M out of N asks for", async () => {
    await put({ EvaluationPeriods: 2, DatapointsToAlarm: 2 });
    await data(3);
    await world.clock.advance(60_000);
    await data(4.5);
    await world.clock.advance(60_000);
    expect(await reason()).to.equal(
      "Threshold Crossed: 2 out of the last 2 datapoints [4.5 (01/01/26 00:01:00), 3.0 (01/01/26 00:00:00)] were greater than the threshold (2.0) (minimum 2 datapoints for OK -> ALARM transition).",
    );
  });

  it("writes SampleCount in two words to its topic", async () => {
    await put({ Statistic: "SampleCount", Threshold: 0, AlarmActions: [topic] });
    await data(1);
    await world.clock.advance(60_000);
    const message = JSON.parse(String(world.published[0]!["Message"])) as { Trigger: Json };
    expect(message.Trigger["Statistic"]).to.equal("SAMPLE_COUNT");
  });

  it("keeps its state when it is changed, and its tags", async () => {
    await put({ Tags: [{ Key: "tag1", Value: "foo" }] });
    await world.call("SetAlarmState", {
      AlarmName: "slow",
      StateValue: "ALARM",
      StateReason: "testing alarm",
      StateReasonData: '{"a":1}',
    });
    await put({ Threshold: 5, Tags: [{ Key: "other", Value: "ignored" }] });
    expect(await described()).to.include({
      StateValue: "ALARM",
      StateReason: "testing alarm",
      StateReasonData: '{"a":1}',
    });
    await world.call("TagResource", { ResourceARN: arn, Tags: [{ Key: "tag2", Value: "bar" }] });
    await world.call("UntagResource", { ResourceARN: arn, TagKeys: ["tag1"] });
    expect(await world.call("ListTagsForResource", { ResourceARN: arn })).to.deep.equal({
      Tags: [{ Key: "tag2", Value: "bar" }],
    });
  });

  it("is found by its metric", async () => {
    await put();
    const names = async (more: Json): Promise<unknown> => {
      const input = { Namespace: "Game", MetricName: "Latency", ...more };
      const { MetricAlarms } = await world.call<{ MetricAlarms: Json[] }>("DescribeAlarmsForMetric", input);
      return MetricAlarms.map((alarm) => alarm["AlarmName"]);
    };
    expect(await names({})).to.deep.equal(["slow"]);
    expect(await names({ Statistic: "Average", Period: 60 })).to.deep.equal(["slow"]);
    expect(await names({ Statistic: "Sum" })).to.deep.equal([]);
    expect(await names({ Dimensions: [{ Name: "a", Value: "b" }] })).to.deep.equal([]);
  });

  it("says of a composite alarm that it was made, and then which of its children moved", async () => {
    await put();
    await world.call("PutCompositeAlarm", { AlarmName: "both", AlarmRule: 'ALARM("slow") OR ALARM(none)' });
    const both = async (): Promise<Json> => {
      const input = { AlarmTypes: ["CompositeAlarm"] };
      const { CompositeAlarms } = await world.call<{ CompositeAlarms: Json[] }>("DescribeAlarms", input);
      return CompositeAlarms[0]!;
    };
    await world.clock.advance(60_000);
    expect(await both()).to.include({
      StateValue: "OK",
      StateReason: `${arn.replace("slow", "both")} was created and its alarm rule evaluates to OK`,
      StateReasonData: `{"triggeringAlarms":[{"arn":"${arn}","state":{"value":"INSUFFICIENT_DATA","timestamp":"2026-01-01T00:00:00.000+0000"}}]}`,
    });
    await data(3);
    await world.clock.advance(120_000);
    expect(await both()).to.include({
      StateValue: "ALARM",
      StateReason: `${arn} transitioned to ALARM at Thursday 1 January, 2026 00:02:00 UTC`,
      StateReasonData: `{"triggeringAlarms":[{"arn":"${arn}","state":{"value":"ALARM","timestamp":"2026-01-01T00:02:00.000+0000"}}]}`,
    });
  });

  it("invokes a function with what happened, if the function's policy lets it", async () => {
    const action = `arn:aws:lambda:us-east-1:${account}:function:page`;
    const invoked: Json[] = [];
    world.cloud.register({
      name: "lambda",
      signingName: "lambda",
      protocols: [],
      resourceTypes: {},
      operations: {
        Invoke: {
          authorize: () => [{ action: "lambda:InvokeFunction", resource: action }],
          answer: ({ Payload }: { Payload: string }) => {
            invoked.push(JSON.parse(Buffer.from(Payload, "base64").toString()) as Json);
            return {};
          },
        },
      },
    });
    const set = (StateValue: string): Promise<Json> =>
      world.call("SetAlarmState", { AlarmName: "slow", StateValue, StateReason: "testing alarm" });
    await put({ AlarmActions: [action], AlarmDescription: "too slow" });
    await set("ALARM");
    expect(invoked).to.deep.equal([]);
    const Principal = { Service: "lambda.alarms.cloudwatch.amazonaws.com" };
    const statement = { Effect: "Allow", Principal, Action: "lambda:InvokeFunction", Resource: action };
    world.cloud.resourcePolicies.set(action, { Version: "2012-10-17", Statement: [statement] });
    await set("INSUFFICIENT_DATA");
    await set("ALARM");
    const timestamp = "2026-01-01T00:00:00.000+0000";
    expect(invoked).to.have.length(1);
    const { metrics, ...configuration } = (invoked[0] as { alarmData: { configuration: Json } }).alarmData
      .configuration;
    expect(configuration).to.deep.equal({ description: "too slow" });
    const metric = { namespace: "Game", name: "Latency", dimensions: {} };
    expect((metrics as Json[])[0]).to.deep.include({
      metricStat: { metric, period: 60, stat: "Average" },
      returnData: true,
    });
    expect(invoked[0]).to.deep.include({
      source: "aws.cloudwatch",
      alarmArn: arn,
      accountId: account,
      time: timestamp,
      region: "us-east-1",
    });
    expect(invoked[0]!["alarmData"]).to.deep.include({
      alarmName: "slow",
      state: { value: "ALARM", reason: "testing alarm", timestamp },
      previousState: { value: "INSUFFICIENT_DATA", reason: "testing alarm", timestamp },
    });
  });

  it("refuses a state that is none", async () => {
    await put();
    const input = { AlarmName: "slow", StateValue: "INVALID", StateReason: "" };
    expect(await refusalOf(world.call("SetAlarmState", input))).to.equal(
      "ValidationError: 1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
    );
  });

  it("names the results of a query by what tells them apart", async () => {
    const labels = async (...asked: readonly (readonly [stat: string, period: number])[]): Promise<unknown> => {
      const MetricDataQueries = asked.map(([Stat, Period], n) => ({
        Id: `m${n}`,
        MetricStat: { Metric: { Namespace: "Game", MetricName: "Latency" }, Stat, Period },
      }));
      const now = world.clock.now() / 1000;
      const answer = await world.call<{ MetricDataResults: Json[] }>("GetMetricData", {
        MetricDataQueries,
        StartTime: now - 600,
        EndTime: now + 600,
      });
      return answer.MetricDataResults.map(({ Label, Values }) => [Label, Values]);
    };
    await data(1, 2);
    await world.clock.advance(60_000);
    await data(3);
    expect(await labels(["Sum", 60])).to.deep.equal([["Latency", [3, 3]]]);
    expect(await labels(["Sum", 60], ["Minimum", 60])).to.deep.equal([
      ["Latency Sum", [3, 3]],
      ["Latency Minimum", [3, 1]],
    ]);
    expect(await labels(["Sum", 60], ["Sum", 300])).to.deep.equal([
      ["Latency 60", [3, 3]],
      ["Latency 300", [6]],
    ]);
    expect(await labels(["Sum", 60], ["Minimum", 300])).to.deep.equal([
      ["Latency Sum 60", [3, 3]],
      ["Latency Minimum 300", [1]],
    ]);
  });
});
