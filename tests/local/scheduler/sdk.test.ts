import {
  ConflictException,
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  SchedulerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { expect } from "chai";
import { VirtualClock } from "../../../local/clock";
import { schedulerService } from "../../../local/services/scheduler";
import { ServedCloud } from "../s3/served-cloud";

describe("EventBridge Scheduler through the AWS SDK", () => {
  let served: ServedCloud;
  let client: SchedulerClient;
  beforeEach(async () => {
    // The SDK signs with the machine's time; the cloud's may stand anywhere near it.
    served = new ServedCloud(new VirtualClock(Date.now()));
    served.add(schedulerService(served.cloud));
    client = new SchedulerClient(await served.clientConfig());
  });
  afterEach(async () => {
    client.destroy();
    await served.close();
  });

  const Target = {
    Arn: "arn:aws:lambda:us-east-1:123456789012:function:f",
    RoleArn: "arn:aws:iam::123456789012:role/r",
  };

  it("creates, reads, changes, lists and deletes in a group", async () => {
    const { ScheduleGroupArn } = await client.send(
      new CreateScheduleGroupCommand({ Name: "mail", Tags: [{ Key: "team", Value: "ops" }] }),
    );
    await client.send(
      new TagResourceCommand({
        ResourceArn: ScheduleGroupArn,
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "2" },
        ],
      }),
    );
    await client.send(new UntagResourceCommand({ ResourceArn: ScheduleGroupArn, TagKeys: ["a", "b"] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceArn: ScheduleGroupArn }))).Tags).to.deep.equal([
      { Key: "team", Value: "ops" },
    ]);
    const schedule = { Name: "nightly", GroupName: "mail", FlexibleTimeWindow: { Mode: "OFF" as const }, Target };
    const StartDate = new Date("2030-01-01T00:00:00Z");
    await client.send(new CreateScheduleCommand({ ...schedule, ScheduleExpression: "rate(1 day)", StartDate }));
    await client.send(
      new UpdateScheduleCommand({
        ...schedule,
        ScheduleExpression: "cron(0 1 * * ? *)",
        ScheduleExpressionTimezone: "Europe/Berlin",
        StartDate,
      }),
    );
    const read = await client.send(new GetScheduleCommand({ Name: "nightly", GroupName: "mail" }));
    expect(read).to.deep.include({
      Arn: "arn:aws:scheduler:us-east-1:123456789012:schedule/mail/nightly",
      ScheduleExpression: "cron(0 1 * * ? *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      StartDate,
      Target: { ...Target, RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
      ActionAfterCompletion: "NONE",
    });
    expect(
      (await client.send(new ListSchedulesCommand({ GroupName: "mail" }))).Schedules!.map(({ Name }) => Name),
    ).to.deep.equal(["nightly"]);
    await client.send(new DeleteScheduleCommand({ Name: "nightly", GroupName: "mail" }));
    expect((await client.send(new ListSchedulesCommand({}))).Schedules).to.deep.equal([]);
  });

  it("throws the SDK's own error classes", async () => {
    const input = {
      Name: "nightly",
      ScheduleExpression: "cron(0 1 * * ? *)",
      FlexibleTimeWindow: { Mode: "OFF" as const },
      Target,
    };
    await client.send(new CreateScheduleCommand(input));
    try {
      await client.send(new CreateScheduleCommand(input));
      expect.fail("made a schedule twice");
    } catch (error) {
      expect(error).to.be.instanceOf(ConflictException);
    }
  });
});
