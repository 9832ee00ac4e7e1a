import { expect } from "chai";
import { AwsError } from "../../../local/aws-error";
import { refusal } from "../sqs/fixture";
import { EventsFixture, FUNCTION } from "./fixture";

const RULE = "arn:aws:events:us-east-1:123456789012:rule/friends";

describe("EventBridge", () => {
  let bridge: EventsFixture;
  beforeEach(() => {
    bridge = new EventsFixture();
  });

  async function rule(pattern: object, target: object): Promise<void> {
    await bridge.call("PutRule", { Name: "friends", EventPattern: JSON.stringify(pattern) }, "events");
    await bridge.call("PutTargets", { Rule: "friends", Targets: [{ Id: "t", ...target }] }, "events");
  }

  async function openQueue(name: string, sourceArn = RULE): Promise<string> {
    const arn = bridge.cloud.arn("sqs", name);
    const statement = {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arn,
      Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
    };
    return bridge.queue(name, undefined, { Policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) });
  }

  const bodies = async (queue: string): Promise<unknown[]> =>
    (await bridge.received(queue)).map(({ Body }) => JSON.parse(Body) as unknown);

  it("hands a matching event to a function that admits the rule", async () => {
    bridge.admit("events.amazonaws.com", RULE);
    await rule({ source: ["game"], detail: { level: [{ numeric: [">=", 10] }] } }, { Arn: FUNCTION });
    await bridge.putEvent("game", "level-up", { level: 9 });
    const answer = await bridge.putEvent("game", "level-up", { level: 10 });
    expect(bridge.invoked.length).to.equal(1);
    expect(bridge.invoked[0]!.principal).to.deep.equal({
      type: "service",
      service: "events.amazonaws.com",
      sourceArn: RULE,
    });
    expect(bridge.invoked[0]!.event).to.deep.equal({
      version: "0",
      id: (answer["Entries"] as { EventId: string }[])[0]!.EventId,
      "detail-type": "level-up",
      source: "game",
      account: "123456789012",
      time: "2026-01-01T00:00:00Z",
      region: "us-east-1",
      resources: [],
      detail: { level: 10 },
    });
  });

  it("drops at once what a target refuses, into its dead-letter queue with the reason", async () => {
    const dead = await openQueue("dead");
    await rule({ source: ["game"] }, { Arn: FUNCTION, DeadLetterConfig: { Arn: dead } });
    await bridge.putEvent("game", "x", {});
    const [message] = await bridge.received(dead);
    expect(JSON.parse(message!.Body)).to.include({ source: "game" });
    expect(message!.MessageAttributes!["ERROR_CODE"]).to.include({ StringValue: "AccessDeniedException" });
    expect(message!.MessageAttributes!["RETRY_ATTEMPTS"]).to.include({ StringValue: "0" });
    expect(message!.MessageAttributes!["RULE_ARN"]).to.include({ StringValue: RULE });
  });

  it("retries what may pass until attempts or age run out", async () => {
    bridge.admit("events.amazonaws.com", RULE);
    const dead = await openQueue("dead");
    let tries = 0;
    bridge.refuseInvoke = () => (tries++, new AwsError("TooManyRequestsException", "Rate Exceeded.", 429));
    await rule(
      { source: ["game"] },
      {
        Arn: FUNCTION,
        DeadLetterConfig: { Arn: dead },
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 },
      },
    );
    await bridge.putEvent("game", "x", {});
    await bridge.clock.advance(3_600_000);
    expect(tries).to.equal(4);
    expect((await bridge.received(dead))[0]!.MessageAttributes!["EXHAUSTED_RETRY_CONDITION"]).to.include({
      StringValue: "MaximumRetryAttempts",
    });
    tries = 0;
    await bridge.call(
      "PutTargets",
      { Rule: "friends", Targets: [{ Id: "t", Arn: FUNCTION, RetryPolicy: { MaximumEventAgeInSeconds: 60 } }] },
      "events",
    );
    await bridge.putEvent("game", "x", {});
    await bridge.clock.advance(86_400_000);
    expect(tries).to.equal(6);
  });

  it("shapes the input: constant, path, transformer", async () => {
    const queue = await openQueue("inbox");
    const shaped = async (target: object): Promise<unknown> => {
      await rule({ source: ["game"] }, { Arn: queue, ...target });
      await bridge.putEvent("game", "joined", { player: 'An"na', items: [{ sku: "bow" }], level: 3 });
      const [message] = await bridge.received(queue);
      await bridge.call("PurgeQueue", { QueueUrl: bridge.cloud.ports.queues.urlOf(queue) }, "sqs");
      await bridge.clock.advance(60_000);
      return JSON.parse(message!.Body);
    };
    expect(await shaped({ Input: '{"fixed":1}' })).to.deep.equal({ fixed: 1 });
    expect(await shaped({ InputPath: "$.detail.items[0]" })).to.deep.equal({ sku: "bow" });
    const InputTransformer = {
      InputPathsMap: {
        who: "$.detail.player",
        level: "$.detail.level",
        items: "$.detail.items",
        none: "$.detail.none",
        kind: "$.detail-type",
      },
      InputTemplate:
        '{"text": "<who> <kind> at <level>", "level": <level>, "items": <items>, "none": <none>, "rule": <aws.events.rule-name>}',
    };
    expect(await shaped({ InputTransformer })).to.deep.equal({
      text: 'An"na joined at 3',
      level: 3,
      items: [{ sku: "bow" }],
      none: null,
      rule: "friends",
    });
    expect(
      await shaped({ InputTransformer: { InputPathsMap: { who: "$.detail.player" }, InputTemplate: '"hello <who>"' } }),
    ).to.equal('hello An"na');
    const whole = (await shaped({ InputTransformer: { InputTemplate: '{"event": <aws.events.event>}' } })) as {
      event: object;
    };
    const names = ["id", "account", "detailType", "time", "source", "region", "resources", "version"];
    expect(Object.keys(whole.event)).to.deep.equal(names);
  });

  it("publishes to topics, and passes events on to another bus as they are", async () => {
    const topic = await bridge.topic();
    const statement = {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topic,
    };
    await bridge.call("SetTopicAttributes", {
      TopicArn: topic,
      AttributeName: "Policy",
      AttributeValue: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    });
    const inbox = await bridge.queue("inbox", topic);
    await bridge.subscribe(topic, "sqs", inbox, { RawMessageDelivery: "true" });
    const { EventBusArn } = await bridge.call<{ EventBusArn: string }>("CreateEventBus", { Name: "shop" }, "events");
    await bridge.call("PutRule", { Name: "all", EventBusName: "shop", EventPattern: '{"source":["game"]}' }, "events");
    await bridge.call(
      "PutTargets",
      { Rule: "all", EventBusName: "shop", Targets: [{ Id: "topic", Arn: topic }] },
      "events",
    );
    const role = await bridge.role("bus", "events.amazonaws.com", [
      { actions: ["events:PutEvents"], resource: EventBusArn },
    ]);
    await rule({ source: ["game"] }, { Arn: EventBusArn, RoleArn: role });
    const answer = await bridge.putEvent("game", "bought", { sku: "bow" });
    expect(await bodies(inbox)).to.have.length(1);
    const again = await bridge.putEvent("game", "bought", { sku: "bow" }, "shop");
    expect(((await bodies(inbox))[0] as { id: string }).id).to.equal(
      (again["Entries"] as { EventId: string }[])[0]!.EventId,
    );
    expect(answer["FailedEntryCount"]).to.equal(0);
  });

  it("puts scheduled events on time, and none while disabled", async () => {
    bridge.admit("events.amazonaws.com", RULE);
    await bridge.call("PutRule", { Name: "friends", ScheduleExpression: "rate(5 minutes)" }, "events");
    await bridge.call("PutTargets", { Rule: "friends", Targets: [{ Id: "t", Arn: FUNCTION }] }, "events");
    await bridge.clock.advance(15 * 60_000);
    expect(bridge.invoked.map(({ event }) => event["time"])).to.deep.equal([
      "2026-01-01T00:05:00Z",
      "2026-01-01T00:10:00Z",
      "2026-01-01T00:15:00Z",
    ]);
    expect(bridge.invoked[0]!.event).to.deep.include({
      source: "aws.events",
      "detail-type": "Scheduled Event",
      resources: [RULE],
      detail: {},
    });
    await bridge.call("DisableRule", { Name: "friends" }, "events");
    await bridge.clock.advance(3_600_000);
    expect(bridge.invoked.length).to.equal(3);
    await bridge.call("PutRule", { Name: "friends", ScheduleExpression: "cron(30 9 ? * THU *)" }, "events");
    await bridge.clock.advance(24 * 3_600_000);
    expect(bridge.invoked.map(({ event }) => event["time"]).slice(3)).to.deep.equal(["2026-01-01T09:30:00Z"]);
  });

  it("carries events of AWS services on the default bus", async () => {
    const queue = await openQueue("inbox");
    await rule(
      { source: ["aws.athena"], detail: { currentState: ["SUCCEEDED"] } },
      { Arn: queue, InputPath: "$.detail.currentState" },
    );
    bridge.cloud.ports.events.emit({
      source: "aws.athena",
      detailType: "Athena Query State Change",
      detail: { currentState: "RUNNING" },
    });
    bridge.cloud.ports.events.emit({
      source: "aws.athena",
      detailType: "Athena Query State Change",
      detail: { currentState: "SUCCEEDED" },
    });
    await bridge.clock.settle();
    expect(await bodies(queue)).to.deep.equal(["SUCCEEDED"]);
  });

  it("refuses single entries with their reasons", async () => {
    const entry = { Source: "game", DetailType: "x", Detail: "{}" };
    const answer = await bridge.call<{ FailedEntryCount: number; Entries: { ErrorCode?: string }[] }>(
      "PutEvents",
      {
        Entries: [entry, { ...entry, Detail: "[]" }, { ...entry, Source: "aws.ec2" }, { Source: "game", Detail: "{}" }],
      },
      "events",
    );
    expect(answer.FailedEntryCount).to.equal(3);
    expect(answer.Entries.map(({ ErrorCode }) => ErrorCode)).to.deep.equal([
      undefined,
      "MalformedDetail",
      "NotAuthorizedForSourceException",
      "InvalidArgument",
    ]);
    expect(bridge.cloud.meter.snapshot().units["eventbridge.customEvent"]).to.equal(1);
  });

  it("refuses what AWS refuses", async () => {
    const code = async (operation: string, input: Record<string, unknown>): Promise<string> =>
      (await refusal(bridge.call(operation, input, "events"))).code;
    expect(await code("PutRule", { Name: "x", EventPattern: '{"a":"b"}' })).to.equal("InvalidEventPatternException");
    expect(await code("PutRule", { Name: "x", ScheduleExpression: "rate(1 minutes)" })).to.equal("ValidationException");
    expect(await code("PutRule", { Name: "x" })).to.equal("ValidationException");
    expect(await code("DescribeRule", { Name: "x" })).to.equal("ResourceNotFoundException");
    expect(await code("PutEvents", { Entries: [] })).to.equal("ValidationException");
    await rule({ source: ["game"] }, { Arn: FUNCTION });
    expect(await code("DeleteRule", { Name: "friends" })).to.equal("ValidationException");
    const targets = Array.from({ length: 5 }, (_, index) => ({ Id: `x${index}`, Arn: FUNCTION }));
    expect(await code("PutTargets", { Rule: "friends", Targets: targets })).to.equal("LimitExceededException");
    const InputTransformer = { InputTemplate: '"<who>"' };
    expect(
      await code("PutTargets", { Rule: "friends", Targets: [{ Id: "t", Arn: FUNCTION, InputTransformer }] }),
    ).to.equal("ValidationException");
  });

  it("restores a snapshot with rules, targets and schedules", async () => {
    bridge.admit("events.amazonaws.com", "arn:aws:events:*:*:rule/*");
    await rule({ source: ["game"] }, { Arn: FUNCTION });
    await bridge.call("PutRule", { Name: "tick", ScheduleExpression: "rate(1 hour)" }, "events");
    await bridge.call("PutTargets", { Rule: "tick", Targets: [{ Id: "t", Arn: FUNCTION }] }, "events");
    const kept = bridge.events.snapshot();
    await bridge.call("RemoveTargets", { Rule: "tick", Ids: ["t"] }, "events");
    await bridge.call("DeleteRule", { Name: "tick" }, "events");
    bridge.events.restore(kept);
    expect(bridge.events.snapshot()).to.deep.equal(kept);
    await bridge.putEvent("game", "x", {});
    await bridge.clock.advance(3_600_000);
    expect(bridge.invoked.map(({ event }) => event["source"])).to.deep.equal(["game", "aws.events"]);
  });

  it("plays the Pulumi types of rules, targets and buses", async () => {
    bridge.admit("events.amazonaws.com", "arn:aws:events:*:*:rule/*");
    const made = await bridge.declare("aws:cloudwatch/eventRule:EventRule", "ended", {
      eventPattern: JSON.stringify({ source: ["game"] }),
    });
    expect(made).to.deep.include({ id: "ended-0a1b2c3" });
    expect(made.state).to.include({
      name: "ended-0a1b2c3",
      arn: "arn:aws:events:us-east-1:123456789012:rule/ended-0a1b2c3",
      state: "ENABLED",
      eventBusName: "default",
    });
    const target = await bridge.declare("aws:cloudwatch/eventTarget:EventTarget", "fn", {
      rule: made.state["name"],
      arn: FUNCTION,
      retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 60 },
      inputTransformer: { inputPaths: { a: "$.source" }, inputTemplate: '{"a": <a>}' },
    });
    expect(target.id).to.equal("ended-0a1b2c3-fn-0a1b2c3");
    await bridge.putEvent("game", "x", {});
    expect(bridge.invoked.map(({ event }) => event)).to.deep.equal([{ a: "game" }]);
    const bus = await bridge.declare("aws:cloudwatch/eventBus:EventBus", "shop", { name: "shop" });
    expect(bus.state).to.include({ name: "shop", arn: "arn:aws:events:us-east-1:123456789012:event-bus/shop" });
    await bridge.declare("aws:cloudwatch/eventPermission:EventPermission", "p", {
      eventBusName: "shop",
      principal: "210987654321",
      statementId: "other",
    });
    const { Policy } = await bridge.call<{ Policy: string }>("DescribeEventBus", { Name: "shop" }, "events");
    expect((JSON.parse(Policy) as { Statement: object[] }).Statement).to.deep.equal([
      {
        Sid: "other",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::210987654321:root" },
        Action: "events:PutEvents",
        Resource: bus.state["arn"],
      },
    ]);
  });
});
