import { expect } from "chai";
import { AwsError } from "../../../local/aws-error";
import type { Json } from "../../../local/service";
import { EventsFixture, FUNCTION } from "../events/fixture";
import { refusal } from "../sqs/fixture";

describe("EventBridge Scheduler", () => {
  let scheduler: EventsFixture;
  let role: string;
  beforeEach(async () => {
    scheduler = new EventsFixture();
    role = await scheduler.role("runner", "scheduler.amazonaws.com", [
      { actions: ["lambda:InvokeFunction"], resource: FUNCTION },
      { actions: ["sqs:SendMessage"], resource: "arn:aws:sqs:*:*:*" },
    ]);
  });

  function create(expression: string, more: Json = {}, target: Json = {}): Promise<Json> {
    return scheduler.call(
      "CreateSchedule",
      {
        Name: "nightly",
        ScheduleExpression: expression,
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: { Arn: FUNCTION, RoleArn: role, ...target },
        ...more,
      },
      "scheduler",
    );
  }

  const times = (): unknown[] => scheduler.invoked.map(({ event }) => event["time"]);

  it("runs at a wall-clock time, once, as a session of the target's role", async () => {
    const { ScheduleArn } = await create("at(2026-01-01T09:00:00)", { ScheduleExpressionTimezone: "Europe/Berlin" });
    await scheduler.clock.advance(48 * 3_600_000);
    expect(times()).to.deep.equal(["2026-01-01T08:00:00Z"]);
    expect(scheduler.invoked[0]!.principal).to.include({ type: "role", roleArn: role });
    expect(scheduler.invoked[0]!.event).to.deep.include({
      source: "aws.scheduler",
      "detail-type": "Scheduled Event",
      resources: [ScheduleArn],
      detail: "{}",
    });
  });

  it("keeps the wall-clock time over a change of clocks", async () => {
    await scheduler.clock.advance(Date.parse("2026-03-27T12:00:00Z") - scheduler.clock.now());
    await create("cron(0 9 * * ? *)", { ScheduleExpressionTimezone: "Europe/Berlin" });
    await scheduler.clock.advance(3 * 86_400_000);
    expect(times()).to.deep.equal(["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"]);
  });

  it("begins a rate at its start date and ends it at its end date", async () => {
    const seconds = (iso: string): number => Date.parse(iso) / 1000;
    await create("rate(2 hours)", {
      StartDate: seconds("2026-01-01T01:00:00Z"),
      EndDate: seconds("2026-01-01T05:30:00Z"),
    });
    await scheduler.clock.advance(86_400_000);
    expect(times()).to.deep.equal(["2026-01-01T01:00:00Z", "2026-01-01T03:00:00Z", "2026-01-01T05:00:00Z"]);
  });

  it("begins a rate without a start date at once", async () => {
    await create("rate(1 day)");
    await scheduler.clock.advance(86_400_000);
    expect(times()).to.deep.equal(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]);
  });

  it("runs somewhere in a flexible window", async () => {
    await create("at(2026-01-01T01:00:00)", { FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 15 } });
    await scheduler.clock.advanceUntil(() => scheduler.invoked.length === 1, 86_400_000);
    const late = scheduler.clock.now() - Date.parse("2026-01-01T01:00:00Z");
    expect(late).to.be.within(1, 15 * 60_000);
    expect(times()).to.deep.equal(["2026-01-01T01:00:00Z"]);
  });

  it("fills the input with what it knows of the run", async () => {
    await create(
      "at(2026-01-01T01:00:00)",
      {},
      {
        Input:
          '{"at": "<aws.scheduler.scheduled-time>", "try": "<aws.scheduler.attempt-number>", "arn": "<aws.scheduler.schedule-arn>"}',
      },
    );
    await scheduler.clock.advance(3_600_000);
    expect(scheduler.invoked[0]!.event).to.deep.equal({
      at: "2026-01-01T01:00:00Z",
      try: "1",
      arn: "arn:aws:scheduler:us-east-1:123456789012:schedule/default/nightly",
    });
  });

  it("deletes itself after completion where asked", async () => {
    await create("at(2026-01-01T01:00:00)", { ActionAfterCompletion: "DELETE" });
    await scheduler.call("GetSchedule", { Name: "nightly" }, "scheduler");
    await scheduler.clock.advance(3_600_000);
    expect(scheduler.invoked.length).to.equal(1);
    expect((await refusal(scheduler.call("GetSchedule", { Name: "nightly" }, "scheduler"))).code).to.equal(
      "ResourceNotFoundException",
    );
  });

  it("gives up at once without the right, and keeps the input in the dead-letter queue", async () => {
    const dead = await scheduler.queue("dead");
    const other = "arn:aws:lambda:us-east-1:123456789012:function:other";
    await create("at(2026-01-01T01:00:00)", {}, { Arn: other, Input: '{"a":1}', DeadLetterConfig: { Arn: dead } });
    await scheduler.clock.advance(3_600_000);
    const [message] = await scheduler.received(dead);
    expect(message!.Body).to.equal('{"a":1}');
    expect(message!.MessageAttributes!["ERROR_CODE"]).to.include({ StringValue: "AccessDeniedException" });
    expect(message!.MessageAttributes!["TARGET_ARN"]).to.include({ StringValue: other });
  });

  it("retries what may pass", async () => {
    let refusals = 2;
    scheduler.refuseInvoke = () =>
      refusals-- > 0 ? new AwsError("TooManyRequestsException", "Rate Exceeded.", 429) : undefined;
    await create("at(2026-01-01T01:00:00)", {}, { Input: '{"try": "<aws.scheduler.attempt-number>"}' });
    await scheduler.clock.advance(3_600_000 + 3_000);
    expect(scheduler.invoked.map(({ event }) => event)).to.deep.equal([{ try: "3" }]);
  });

  it("calls any operation through a universal target", async () => {
    const queue = await scheduler.queue("inbox");
    const Input = JSON.stringify({ QueueUrl: scheduler.cloud.ports.queues.urlOf(queue), MessageBody: "hello" });
    await create("at(2026-01-01T01:00:00)", {}, { Arn: "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", Input });
    await scheduler.clock.advance(3_600_000);
    expect((await scheduler.received(queue)).map(({ Body }) => Body)).to.deep.equal(["hello"]);
  });

  it("refuses a role that does not trust it, and what else AWS refuses", async () => {
    const message = async (work: Promise<unknown>): Promise<string> => {
      const { code, message: text } = await refusal(work);
      return `${code}: ${text}`;
    };
    const stranger = await scheduler.role("stranger", "lambda.amazonaws.com", []);
    expect(await message(create("rate(1 day)", {}, { RoleArn: stranger }))).to.equal(
      "ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    );
    expect(await message(create("rate(1 fortnight)"))).to.contain("ValidationException: Invalid Schedule Expression");
    expect(await message(create("rate(1 day)", { FlexibleTimeWindow: { Mode: "FLEXIBLE" } }))).to.contain(
      "MaximumWindowInMinutes",
    );
    expect(await message(create("rate(1 day)", { GroupName: "none" }))).to.contain("ResourceNotFoundException");
    await create("rate(1 day)");
    expect(await message(create("rate(1 day)"))).to.equal("ConflictException: Schedule nightly already exists.");
  });

  it("keeps schedules in groups and takes them away together", async () => {
    await scheduler.call("CreateScheduleGroup", { Name: "mail" }, "scheduler");
    await create("rate(1 day)", { GroupName: "mail", State: "DISABLED" });
    const list = await scheduler.call<{ Schedules: Json[] }>("ListSchedules", { ScheduleGroup: "mail" }, "scheduler");
    expect(list.Schedules.map(({ Name, GroupName, State }) => [Name, GroupName, State])).to.deep.equal([
      ["nightly", "mail", "DISABLED"],
    ]);
    await scheduler.call("DeleteScheduleGroup", { Name: "mail" }, "scheduler");
    expect((await scheduler.call<{ Schedules: Json[] }>("ListSchedules", {}, "scheduler")).Schedules).to.deep.equal([]);
    await scheduler.clock.advance(86_400_000);
    expect(scheduler.invoked).to.deep.equal([]);
  });

  it("restores a snapshot with its timers", async () => {
    await create("at(2026-01-01T01:00:00)");
    const kept = scheduler.scheduler.snapshot();
    await scheduler.call("DeleteSchedule", { Name: "nightly" }, "scheduler");
    scheduler.scheduler.restore(kept);
    expect(scheduler.scheduler.snapshot()).to.deep.equal(kept);
    await scheduler.clock.advance(3_600_000);
    expect(times()).to.deep.equal(["2026-01-01T01:00:00Z"]);
  });

  it("plays the Pulumi types of schedules and groups", async () => {
    const group = await scheduler.declare("aws:scheduler/scheduleGroup:ScheduleGroup", "mail", {});
    expect(group.state).to.include({
      name: "mail-0a1b2c3",
      arn: "arn:aws:scheduler:us-east-1:123456789012:schedule-group/mail-0a1b2c3",
      state: "ACTIVE",
    });
    const made = await scheduler.declare("aws:scheduler/schedule:Schedule", "nightly", {
      groupName: group.state["name"],
      scheduleExpression: "cron(0 1 * * ? *)",
      scheduleExpressionTimezone: "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      endDate: "2026-01-02T12:00:00Z",
      target: {
        arn: FUNCTION,
        roleArn: role,
        input: '{"a":1}',
        retryPolicy: { maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 },
      },
    });
    expect(made.id).to.equal("mail-0a1b2c3/nightly-0a1b2c3");
    expect(made.state).to.include({
      arn: "arn:aws:scheduler:us-east-1:123456789012:schedule/mail-0a1b2c3/nightly-0a1b2c3",
      state: "ENABLED",
    });
    await scheduler.clock.advance(4 * 86_400_000);
    expect(scheduler.invoked.map(({ event }) => event)).to.deep.equal([{ a: 1 }, { a: 1 }]);
  });

  for (const expression of [
    ...["cron(0 1 * * * *)", "cron(7 20 * * NOT *)", "cron(INVALID)", "cron(0 dummy ? * MON-FRI *)"],
    ...[
      "cron(71 8 1 * ? *)",
      "cron()",
      "rate(10 seconds)",
      "rate(10 years)",
      "rate()",
      "rate(10)",
      "rate(10 minutess)",
    ],
    ...["rate(foo minutes)", "rate(-10 minutes)", "rate( 10 minutes )", " rate(10 minutes)"],
    ...["at(2021-12-31T23:59:59Z)", "at(2021-12-31)"],
  ]) {
    it(`refuses ${expression} in AWS's words`, async () => {
      expect(await refusal(create(expression))).to.include({
        code: "ValidationException",
        message: `Invalid Schedule Expression ${expression}.`,
      });
    });
  }

  it("takes a rate in either number, as AWS does", async () => {
    await create("rate(2 minute)");
    await create("rate(1 minutes)", { Name: "other" });
  });
});
