import { CloudWatchClient, PutMetricDataCommand, type MetricDatum } from "@aws-sdk/client-cloudwatch";
import { expect } from "chai";
import type { Json } from "../../../local/service";
import { refusalOf } from "../../helpers/refusal";
import { behindFront } from "../iam/front";

describe("CloudWatch metrics", () => {
  let front: Awaited<ReturnType<typeof behindFront>>;
  beforeEach(async () => {
    front = await behindFront();
  });
  afterEach(() => front.close());

  const call = (operation: string, input: Json): Promise<Json> =>
    front.cloud.call("cloudwatch", operation, input, front.cloud.operator);
  const refusal = (operation: string, input: Json): Promise<string> => refusalOf(call(operation, input));
  const statistics = { SampleCount: 3, Sum: 123, Minimum: 12, Maximum: 100 };
  const read = (more: Json): Json => ({
    Namespace: "Game",
    MetricName: "Latency",
    StartTime: front.cloud.clock.now() / 1000 - 60,
    EndTime: front.cloud.clock.now() / 1000 + 60,
    Period: 300,
    ...more,
  });

  it("keep the extremes of a set of statistics, and its mean between them", async () => {
    const put = (datum: Json): Promise<Json> =>
      call("PutMetricData", { Namespace: "Game", MetricData: [{ MetricName: "Latency", ...datum }] });
    await put({ StatisticValues: statistics });
    await put({ Value: 101 });
    const Statistics = ["SampleCount", "Sum", "Minimum", "Maximum", "Average"];
    const { Datapoints } = await call("GetMetricStatistics", read({ Statistics, Period: 86_400 }));
    expect(Datapoints).to.have.length(1);
    expect((Datapoints as Json[])[0]).to.include({ SampleCount: 4, Sum: 224, Minimum: 12, Maximum: 101, Average: 56 });
  });

  it("refuse values that exclude each other, by the names that SDKs show", async () => {
    const client = new CloudWatchClient(front.config);
    const put = async (datum: Partial<MetricDatum>): Promise<string> => {
      const MetricData = [
        { MetricName: "Latency", Value: 1 },
        { MetricName: "Latency", ...datum },
      ];
      try {
        await client.send(new PutMetricDataCommand({ Namespace: "Game", MetricData }));
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`;
      }
      return "";
    };
    expect(await put({ Value: 1, Values: [1] })).to.match(
      /^InvalidParameterCombination.*: The parameters MetricData\.member\.2\.Value and MetricData\.member\.2\.Values are mutually exclusive/,
    );
    expect(await put({ Value: 1, StatisticValues: statistics })).to.match(/^InvalidParameterCombination/);
    expect(await put({ Values: [1, 2], Counts: [1] })).to.match(/^InvalidParameterValue.*must be of the same size\.$/);
    client.destroy();
  });

  it("refuse a time that ends before it begins, statistics that are missing, and a token of one's own making", async () => {
    const { StartTime: end, EndTime: start } = read({});
    expect(
      await refusal("GetMetricStatistics", read({ StartTime: start, EndTime: end, Statistics: ["Sum"] })),
    ).to.match(/StartTime must be less than the parameter EndTime\.$/);
    expect(await refusal("GetMetricStatistics", read({}))).to.equal(
      "InvalidParameterCombinationException: Must specify either Statistics or ExtendedStatistics",
    );
    const queries = { MetricDataQueries: [{ Id: "a", Expression: "1" }] };
    expect(await refusal("GetMetricData", { ...queries, StartTime: start, EndTime: end })).to.equal(
      "ValidationError: The parameter EndTime must be greater than StartTime.",
    );
    expect(await refusal("GetMetricData", { ...queries, StartTime: start, EndTime: start })).to.equal(
      "ValidationError: The parameter StartTime must not equal parameter EndTime.",
    );
    expect(await refusal("GetMetricStatistics", read({ Period: 61, Statistics: ["Sum"] }))).to.match(
      /^InvalidParameterValue.*The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60\.$/,
    );
    const day = { EndTime: end, StartTime: Number(end) - 86_400, Period: 60, Statistics: ["Sum"] };
    await call("GetMetricStatistics", read(day));
    expect(await refusal("GetMetricStatistics", read({ ...day, StartTime: day.StartTime - 60 }))).to.match(
      /^InvalidParameterCombination.*You have requested up to 1,441 datapoints, which exceeds the limit of 1,440\./,
    );
    expect(await refusal("ListMetrics", { NextToken: "mine" })).to.match(/NextToken is invalid$/);
  });
});
