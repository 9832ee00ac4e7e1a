import { expect } from "chai";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { cloudwatchService } from "../../../local/services/cloudwatch";
import { iamService } from "../../../local/services/iam";
import { logsService } from "../../../local/services/logs";
import type { Json } from "../../../local/service";
import { refusalOf } from "../../helpers/refusal";

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
  const refusal = (operation: string, input: Json): Promise<string> => refusalOf(call(operation, input));
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
    [
      "a name that is too long",
      "CreateLogGroup",
      { logGroupName: "g".repeat(513) },
      /^InvalidParameterException: Invalid LogGroup or LogStream, both must have length less than or equal to 512\.$/,
    ],
    [
      "a prefix beside a pattern",
      "DescribeLogGroups",
      { logGroupNamePrefix: "g", logGroupNamePattern: "g" },
      /^InvalidParameterException: LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters\.$/,
    ],
    [
      "a name beside an identifier",
      "DescribeLogStreams",
      { logGroupName: "group", logGroupIdentifier: "group" },
      /^ValidationException: LogGroup name and LogGroup ARN are mutually exclusive parameters\.$/,
    ],
    [
      "a stream that is not there",
      "PutLogEvents",
      { logGroupName: "group", logStreamName: "none", logEvents: [{ timestamp: 0, message: "" }] },
      /^ResourceNotFoundException: The specified log stream does not exist\.$/,
    ],
    [
      "a group that is not there",
      "GetLogEvents",
      { logGroupName: "none", logStreamName: "none" },
      /^ResourceNotFoundException: The specified log group does not exist\.$/,
    ],
    [
      "a second group of a name",
      "CreateLogGroup",
      { logGroupName: "group" },
      /^ResourceAlreadyExistsException: The specified log group already exists$/,
    ],
    [
      "a second stream of a name",
      "CreateLogStream",
      { logGroupName: "group", logStreamName: "stream" },
      /^ResourceAlreadyExistsException: The specified log stream already exists$/,
    ],
    [
      "a token that is none in a search",
      "FilterLogEvents",
      { logGroupName: "group", nextToken: "mine" },
      /^InvalidParameterException: The specified nextToken is invalid\.$/,
    ],
    [
      "a filter's name that is too long",
      "PutMetricFilter",
      { logGroupName: "group", filterName: "X".repeat(513), filterPattern: "", metricTransformations: [] },
      /^InvalidParameterException: 1 validation error detected: Value 'X{513}' at 'filterName' failed to satisfy constraint: Member must have length less than or equal to 512$/,
    ],
    [
      "a pattern that is too long",
      "PutMetricFilter",
      { logGroupName: "group", filterName: "f", filterPattern: "X".repeat(1025), metricTransformations: [] },
      /'X{1025}' at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to 1024$/,
    ],
    [
      "two transformations",
      "PutMetricFilter",
      {
        logGroupName: "group",
        filterName: "f",
        filterPattern: "",
        metricTransformations: ["1", "2"].map((n) => ({
          metricName: `metric${n}`,
          metricNamespace: `namespace${n}`,
          metricValue: "1",
        })),
      },
      /Value '\[MetricTransformation\(metricName=metric1, metricNamespace=namespace1, metricValue=1, defaultValue=null, unit=null, dimensions=null\), MetricTransformation\(.*\)\]' at 'metricTransformations' failed to satisfy constraint: Member must have length less than or equal to 1$/,
    ],
    [
      "a search for filters by a prefix that is too long",
      "DescribeMetricFilters",
      { filterNamePrefix: "X".repeat(513) },
      /at 'filterNamePrefix' failed to satisfy constraint: Member must have length less than or equal to 512$/,
    ],
    [
      "a search for filters by a metric's name that is too long",
      "DescribeMetricFilters",
      { metricName: "X".repeat(256), metricNamespace: "n" },
      /at 'metricName' failed to satisfy constraint: Member must have length less than or equal to 255$/,
    ],
    ["a name with a blank", "CreateLogGroup", { logGroupName: "a b" }, /regular expression pattern/],
    [
      "a policy that is not there",
      "DeleteResourcePolicy",
      { policyName: "none" },
      /Policy with name \[none\] does not exist\.$/,
    ],
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
    const lastUpdatedTime = clock.now();
    expect(resourcePolicy).to.deep.equal({
      policyName: "events",
      policyDocument,
      lastUpdatedTime,
      policyScope: "ACCOUNT",
    });
    expect((await call("DescribeResourcePolicies", {}))["resourcePolicies"]).to.deep.equal([resourcePolicy]);
  });

  it("finds the streams of a group that is named by its ARN", async () => {
    const logGroupIdentifier = cloud.arn("logs", "log-group:group");
    const { logStreams } = await call("DescribeLogStreams", { logGroupIdentifier });
    expect((logStreams as Json[]).map((stream) => stream["logStreamName"])).to.deep.equal(["stream"]);
  });

  it("refuses more resource policies than an account has", async () => {
    const policyDocument =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"logs:PutLogEvents","Resource":"*"}]}';
    for (let n = 0; n < 10; n++) await call("PutResourcePolicy", { policyName: `policy${n}`, policyDocument });
    await call("PutResourcePolicy", { policyName: "policy0", policyDocument });
    expect(await refusal("PutResourcePolicy", { policyName: "policy10", policyDocument })).to.equal(
      "LimitExceededException: Resource limit exceeded.",
    );
  });

  it("shows groups with what AWS says of them, and less of them in a search by pattern", async () => {
    const searched = {
      logGroupName: "group",
      arn: cloud.arn("logs", "log-group:group:*"),
      logGroupArn: cloud.arn("logs", "log-group:group"),
      creationTime: clock.now(),
      metricFilterCount: 0,
      logGroupClass: "STANDARD",
    };
    const read = async (input: Json): Promise<unknown> => (await call("DescribeLogGroups", input))["logGroups"];
    expect(await read({ logGroupNamePattern: "rou" })).to.deep.equal([searched]);
    expect(await read({ logGroupNamePrefix: "gr" })).to.deep.equal([
      { ...searched, storedBytes: 0, deletionProtectionEnabled: false },
    ]);
    expect((await call("ListLogGroups", { logGroupNamePattern: "none" }))["logGroups"]).to.deep.equal([]);
    expect((await call("ListLogGroups", {}))["logGroups"]).to.deep.equal([
      { logGroupName: "group", logGroupArn: searched.logGroupArn, logGroupClass: "STANDARD" },
    ]);
  });

  it("keeps the tags of a group, by its ARN and by its name", async () => {
    await call("CreateLogGroup", { logGroupName: "tagged", tags: { env: "1" } });
    const resourceArn = cloud.arn("logs", "log-group:tagged");
    await call("TagResource", { resourceArn, tags: { test1: "1", test2: "2" } });
    await call("TagLogGroup", { logGroupName: "tagged", tags: { test3: "3" } });
    expect(await call("ListTagsLogGroup", { logGroupName: "tagged" })).to.deep.equal({
      tags: { env: "1", test1: "1", test2: "2", test3: "3" },
    });
    await call("UntagLogGroup", { logGroupName: "tagged", tags: ["test3"] });
    await call("UntagResource", { resourceArn, tagKeys: ["env", "test1"] });
    expect(await call("ListTagsForResource", { resourceArn })).to.deep.equal({ tags: { test2: "2" } });
  });

  it("finds metric filters by their prefix and by their metric", async () => {
    const filter = (filterName: string, metricName: string): Json => ({
      logGroupName: "group",
      filterName,
      filterPattern: " ",
      metricTransformations: [{ metricName, metricNamespace: "space", metricValue: "1", defaultValue: 0 }],
    });
    await call("PutMetricFilter", filter("one", "first"));
    await call("PutMetricFilter", filter("other", "second"));
    const names = async (input: Json): Promise<unknown> =>
      ((await call("DescribeMetricFilters", input))["metricFilters"] as Json[]).map((found) => found["filterName"]);
    expect(await names({ filterNamePrefix: "o" })).to.deep.equal(["one", "other"]);
    expect(await names({ filterNamePrefix: "on" })).to.deep.equal(["one"]);
    expect(await names({ metricName: "second", metricNamespace: "space" })).to.deep.equal(["other"]);
    expect(await names({ metricName: "second", metricNamespace: "none" })).to.deep.equal([]);
    const { metricFilters } = await call("DescribeMetricFilters", { logGroupName: "group", limit: 1 });
    expect(metricFilters).to.deep.equal([
      { ...filter("one", "first"), creationTime: clock.now(), applyOnTransformedLogs: false },
    ]);
  });
});
