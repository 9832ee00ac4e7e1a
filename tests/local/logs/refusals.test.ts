import { expect } from "chai";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { AwsError } from "../../../local/aws-error";
import { cloudwatchService } from "../../../local/services/cloudwatch";
import { iamService } from "../../../local/services/iam";
import { logsService } from "../../../local/services/logs";
import type { Json } from "../../../local/service";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("CloudWatch Logs", () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 21));
  let cloud: Cloud;
  beforeEach(async () => {
    cloud = new Cloud({ clock, folder: "" });
    for (const make of [iamService, cloudwatchService, logsService]) cloud.register(make(cloud));
    await call("CreateLogGroup", { logGroupName: "group" });
    await call("CreateLogStream", { logGroupName: "group", logStreamName: "stream" });
  });
  afterEach(() => cloud.close());

  const call = (operation: string, input: Json): Promise<Json> => cloud.call("logs", operation, input, cloud.operator);
  const refusal = async (operation: string, input: Json): Promise<string> => {
    try {
      await call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return "";
  };
  const put = (...ages: number[]): Json => ({
    logGroupName: "group",
    logStreamName: "stream",
    logEvents: ages.map((age) => ({ timestamp: clock.now() - age, message: String(age) })),
  });
  const kept = async (): Promise<unknown> =>
    (
      (await call("GetLogEvents", { logGroupName: "group", logStreamName: "stream" }))["events"] as Record<
        string,
        unknown
      >[]
    ).map(({ message }) => message);

  it("tells which events it leaves, being too old, expired or too new, and takes the rest", async () => {
    const old = 14 * DAY + HOUR;
    expect((await call("PutLogEvents", put(old + 1, old, old - 2 * HOUR)))["rejectedLogEventsInfo"]).to.deep.equal({
      tooOldLogEventEndIndex: 2,
    });
    expect((await call("PutLogEvents", put(0, -HOUR, -3 * HOUR)))["rejectedLogEventsInfo"]).to.deep.equal({
      tooNewLogEventStartIndex: 2,
    });
    expect(await kept()).to.deep.equal([String(old - 2 * HOUR), "0", String(-HOUR)]);
    await call("PutRetentionPolicy", { logGroupName: "group", retentionInDays: 1 });
    expect((await call("PutLogEvents", put(DAY + 1, HOUR)))["rejectedLogEventsInfo"]).to.deep.equal({
      expiredLogEventEndIndex: 1,
    });
    expect((await call("PutLogEvents", put(HOUR)))["rejectedLogEventsInfo"]).to.equal(undefined);
  });

  it("refuses an upload over more than a day, or of more than a megabyte", async () => {
    expect(await refusal("PutLogEvents", put(DAY + 1, 0))).to.match(/cannot span more than 24 hours/);
    const large = { timestamp: clock.now(), message: "x".repeat(600_000) };
    expect(await refusal("PutLogEvents", { ...put(), logEvents: [large, large] })).to.equal(
      "InvalidParameterException: Upload too large: 1200052 bytes exceeds limit of 1048576",
    );
  });

  const cases: readonly (readonly [string, string, Json, RegExp])[] = [
    ["a page that is too long", "DescribeLogGroups", { limit: 51 }, /'51' at 'limit'.*less than or equal to 50$/],
    ["a page of nothing", "DescribeLogStreams", { logGroupName: "group", limit: 0 }, /greater than or equal to 1$/],
    ["too many events", "FilterLogEvents", { logGroupName: "group", limit: 10_001 }, /less than or equal to 10000$/],
    [
      "an order that there is not",
      "DescribeLogStreams",
      { logGroupName: "group", orderBy: "Name" },
      /Member must satisfy enum value set: \[LogStreamName, LastEventTime\]$/,
    ],
    [
      "a prefix beside the order by time",
      "DescribeLogStreams",
      { logGroupName: "group", orderBy: "LastEventTime", logStreamNamePrefix: "s" },
      /Cannot order by LastEventTime with a logStreamNamePrefix\.$/,
    ],
    [
      "a token of its own making",
      "GetLogEvents",
      { logGroupName: "group", logStreamName: "stream", nextToken: "mine" },
      /The specified nextToken is invalid\.$/,
    ],
    ["a name that is too long", "CreateLogGroup", { logGroupName: "g".repeat(513) }, /less than or equal to 512$/],
    ["a name with a blank", "CreateLogGroup", { logGroupName: "a b" }, /regular expression pattern/],
    ["a policy that is not there", "DeleteResourcePolicy", { policyName: "none" }, /Policy with name \[none\]/],
  ];
  for (const [what, operation, input, words] of cases) {
    it(`refuses ${what}`, async () => {
      expect(await refusal(operation, input)).to.match(words);
    });
  }

  it("shows a resource policy as it was given", async () => {
    const policyDocument =
      '{ "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "logs:PutLogEvents", "Resource": "*"}] }';
    const { resourcePolicy } = await call("PutResourcePolicy", { policyName: "events", policyDocument });
    expect(resourcePolicy).to.deep.equal({ policyName: "events", policyDocument, lastUpdatedTime: clock.now() });
    expect((await call("DescribeResourcePolicies", {}))["resourcePolicies"]).to.deep.equal([resourcePolicy]);
  });

  it("finds the streams of a group that is named by its ARN", async () => {
    const logGroupIdentifier = cloud.arn("logs", "log-group:group");
    const { logStreams } = await call("DescribeLogStreams", { logGroupIdentifier });
    expect((logStreams as Json[]).map((stream) => stream["logStreamName"])).to.deep.equal(["stream"]);
  });
});
