import type { Check } from "../check";
import { CheckFailure, type Stage } from "../stage";
import { failsFor, send } from "./messages";
import { friends, profile } from "./people";

const TYPES = ["transactional", "social", "marketing"] as const;

const undeliverableMail: Check = {
  name: "mail that a topic cannot hand to the queue fails and says so",
  run: async (stage) => {
    await profile(stage, "ada");
    stage.shut(await stage.queueArn("emails-send-queue"));
    for (const type of ["transactional", "social"]) await failsFor(stage, await send(stage, { type }), "receive-limit");
  },
};

/** Publishes on each topic of messages what the closed queue cannot get, and waits until it is kept. */
const keptFromTopics = (channel: string, queue: string, letters: string): Check => ({
  name: `what no topic can hand to ${queue} is kept in ${letters}`,
  run: async (stage) => {
    stage.shut(await stage.queueArn(queue));
    const arn = await stage.queueArn(letters);
    let kept = 0;
    stage.cloud.ports.queues.onVisible(arn, () => kept++);
    for (const type of TYPES) {
      const before = kept;
      await stage.operator("sns", "Publish", {
        TopicArn: await stage.topicArn(`messages-${type}-topic`),
        Message: JSON.stringify({ player: "ada", id: "none" }),
        MessageAttributes: { channel: { DataType: "String", StringValue: channel } },
      });
      await stage.until(() => kept > before, `a ${type} message to be kept`);
    }
  },
});

const undeliverableFate: Check = {
  name: "an event about a mail that cannot be delivered is kept",
  run: async (stage) => {
    await profile(stage, "ada");
    stage.shut(await stage.queueArn("emails-events-queue"));
    await send(stage);
    await stage.collects("emails-events-dlq");
  },
};

const undeliverableAchievement: Check = {
  name: "an event for the game's own function that cannot be delivered is kept",
  run: async (stage) => {
    stage.shut(await stage.queueArn("gateway-on-achievement-queue"));
    await stage.invoke("gateway-serve-event", { player: "ada", event: "achievement", data: { name: "Gold" } });
    await stage.collects("gateway-undelivered");
  },
};

const undeliverableSweep: Check = {
  name: "a sweep that cannot be started is kept",
  run: async (stage) => {
    await stage.schedules(true);
    stage.shut(stage.lambda.engine.find(stage.functionName("messages-sweep")).arn);
    await stage.collects("messages-sweep-dlq", 600_000);
  },
};

const alarm: Check = {
  name: "an alarm reaches a topic that is encrypted with the stack's key",
  run: async (stage) => {
    const KmsMasterKeyId = await stage.keyArn();
    const { TopicArn } = await stage.operator<{ TopicArn: string }>("sns", "CreateTopic", {
      Name: "operators",
      Attributes: { KmsMasterKeyId, Policy: admitting("cloudwatch.amazonaws.com", "sns:Publish") },
    });
    const { QueueUrl } = await stage.operator<{ QueueUrl: string }>("sqs", "CreateQueue", {
      QueueName: "operators",
      Attributes: { Policy: admitting("sns.amazonaws.com", "sqs:SendMessage") },
    });
    const Endpoint = stage.cloud.arn("sqs", "operators");
    await stage.operator("sns", "Subscribe", { TopicArn, Protocol: "sqs", Endpoint });
    await stage.operator("cloudwatch", "PutMetricAlarm", {
      AlarmName: "operators",
      Namespace: "AWS/Lambda",
      MetricName: "Errors",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
      AlarmActions: [TopicArn],
    });
    await stage.operator("cloudwatch", "SetAlarmState", {
      AlarmName: "operators",
      StateValue: "ALARM",
      StateReason: "a drill",
    });
    await stage.until(() => stage.cloud.ports.queues.visible(Endpoint) > 0, "the alarm to arrive");
    await stage.operator("sqs", "DeleteQueue", { QueueUrl });
  },
};

function admitting(service: string, action: string): string {
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: action, Resource: "*" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

const friendsOverTheSocket: Check = {
  name: "a notice that finds a dead connection takes it off",
  run: async (stage: Stage) => {
    await profile(stage, "ada");
    await profile(stage, "grace");
    await friends(stage, "ada", "grace");
    const ada = await stage.connect("ada");
    await stage.ask(ada, "hello");
    const grace = await stage.connect("grace");
    await stage.ask(grace, "hello");
    stage.gateway.gateway.losesDisconnect = () => true;
    ada.drop();
    stage.gateway.gateway.losesDisconnect = () => false;
    await stage.ask(grace, "event", { event: "achievement", data: { name: "Ace" } });
    await stage.clock.advance(30_000);
    const { friends: seen } = (await stage.ask(grace, "friends.list")) as { friends: { status?: string }[] };
    if (seen[0]?.status !== "offline") throw new CheckFailure(`ada is ${String(seen[0]?.status)}, not offline`);
  },
};

export const deliveryChecks: readonly Check[] = [
  undeliverableMail,
  keptFromTopics("email", "emails-send-queue", "emails-send-dlq"),
  keptFromTopics("carrier-pigeon", "messages-unknown-channel-queue", "messages-unknown-channel-dlq"),
  undeliverableFate,
  undeliverableAchievement,
  undeliverableSweep,
  alarm,
  friendsOverTheSocket,
];
