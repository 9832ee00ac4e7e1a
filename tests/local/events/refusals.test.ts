import { expect } from "chai";
import { refusalOf } from "../../helpers/refusal";
import { EventsFixture } from "./fixture";

describe("EventBridge refuses", () => {
  const fixture = new EventsFixture();
  const refusal = (operation: string, input: Record<string, unknown>): Promise<string> =>
    refusalOf(fixture.cloud.call("events", operation, input, fixture.cloud.operator));
  const noRule = "ResourceNotFoundException: Rule none does not exist on EventBus default.";

  it("a rule that does not exist, by name and by ARN", async () => {
    expect(await refusal("DescribeRule", { Name: "none" })).to.equal(noRule);
    const ResourceARN = fixture.cloud.arn("events", "rule/none");
    expect(await refusal("ListTagsForResource", { ResourceARN })).to.equal(noRule);
  });

  it("to take a statement that is not there, with and without a policy", async () => {
    const words = "ResourceNotFoundException: Statement with the provided id does not exist.";
    expect(await refusal("RemovePermission", { StatementId: "none" })).to.equal(words);
    const other = { StatementId: "other", Action: "events:PutEvents", Principal: "111122223333" };
    await fixture.cloud.call("events", "PutPermission", other, fixture.cloud.operator);
    expect(await refusal("RemovePermission", { StatementId: "none" })).to.equal(words);
  });

  it("more events than one call takes, and none", async () => {
    const Entries = Array.from({ length: 11 }, () => ({ Source: "game", DetailType: "join", Detail: "{}" }));
    const shown =
      "PutEventsRequestEntry(time=null, source=game, resources=null, detailType=join, detail={}, eventBusName=null, traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)";
    expect(await refusal("PutEvents", { Entries })).to.equal(
      `ValidationException: 1 validation error detected: Value '[${Array(11).fill(shown).join(", ")}]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10`,
    );
    expect(await refusal("PutEvents", { Entries: [] })).to.match(/greater than or equal to 1$/);
  });

  const arn = "arn:aws:sqs:us-east-1:123456789012:queue";
  const target = (more: object): object => ({ Rule: "rule", Targets: [{ Id: "one", Arn: arn, ...more }] });
  const id = (value: string, constraint: string): string =>
    `ValidationException: 1 validation error detected: Value '${value}' at 'targets.1.member.id' failed to satisfy constraint: ${constraint}`;
  const schedule = "ValidationException: Parameter ScheduleExpression is not valid.";
  const schedules = [
    ...["10 seconds", "10 years", "1 minutes", "1 hours", "1 days", "10 minute", "10 hour", "10 day", "", "10"],
    ...["10 minutess", "foo minutes", "0 minutes", "-10 minutes", "10 MINUTES", " 10 minutes "],
  ].map((rate) => `rate(${rate})`);
  const crons = ["0 1 * * * *", "7 20 * * NOT *", "INVALID", "0 dummy ? * MON-FRI *", "71 8 1 * ? *"];
  const event = { id: "1", source: "s", "detail-type": "t", account: "1", region: "r" };
  const rows: readonly (readonly [string, object, string])[] = [
    [
      "PutTargets",
      target({ Id: "!@#" }),
      id("!@#", "Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+"),
    ],
    [
      "PutTargets",
      target({ Id: "i".repeat(65) }),
      id("i".repeat(65), "Member must have length less than or equal to 64"),
    ],
    [
      "PutTargets",
      target({ Input: "{}", InputPath: "$.detail" }),
      "ValidationException: Only one of Input, InputPath, or InputTransformer must be provided for target one.",
    ],
    [
      "PutTargets",
      target({ InputTransformer: { InputPathsMap: {}, InputTemplate: '"<none>"' } }),
      "ValidationException: InputTemplate for target one contains invalid placeholder none.",
    ],
    [
      "PutTargets",
      { Rule: "rule", Targets: ["1", "2", "3", "4", "5", "6"].map((Id) => ({ Id, Arn: arn })) },
      "LimitExceededException: The requested resource exceeds the maximum number allowed.",
    ],
    ...[...schedules, " rate(10 minutes)", ...crons.map((cron) => `cron(${cron})`)].map(
      (ScheduleExpression) => ["PutRule", { Name: "timed", ScheduleExpression }, schedule] as const,
    ),
    [
      "PutRule",
      { Name: `a ${"b".repeat(63)}`, EventPattern: '{"source":["s"]}' },
      `ValidationException: 2 validation errors detected: Value 'a ${"b".repeat(63)}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 64; Value 'a ${"b".repeat(63)}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    ],
    ...["text", "[1]", '{"id": 1', JSON.stringify(event)].map(
      (Event) =>
        [
          "TestEventPattern",
          { Event, EventPattern: '{"id":["1"]}' },
          "ValidationException: Parameter Event is not valid.",
        ] as const,
    ),
    [
      "TestEventPattern",
      { Event: JSON.stringify({ ...event, time: "2026-01-01T00:00:00Z" }), EventPattern: "[]" },
      'InvalidEventPatternException: Event pattern is not valid. Reason: Filter is not an object\n at [Source: (String)"[]"; line: 1, column: 2]',
    ],
  ];
  for (const [operation, input, words] of rows) {
    it(`${operation} with ${JSON.stringify(input).slice(0, 120)}`, async () => {
      const rule = { Name: "rule", EventPattern: '{"source":["s"]}' };
      await fixture.cloud.call("events", "PutRule", rule, fixture.cloud.operator);
      expect(await refusal(operation, input as Record<string, unknown>)).to.equal(words);
    });
  }

  it("nothing of an event for a bus that is not there: it answers as ever, and the event is lost", async () => {
    const answer = await fixture.putEvent("game", "join", {}, "none");
    expect(answer["FailedEntryCount"]).to.equal(0);
    expect((answer["Entries"] as object[])[0]).to.have.all.keys("EventId");
  });

  it("no event without resources, which the test of a pattern does not need", async () => {
    const Event = JSON.stringify({ ...event, time: "2026-01-01T00:00:00Z" });
    const input = { Event, EventPattern: '{"id":["1"]}' };
    expect(await fixture.cloud.call("events", "TestEventPattern", input, fixture.cloud.operator)).to.deep.equal({
      Result: true,
    });
  });
});
