import { expect } from "chai";
import { EventsFixture } from "../events/fixture";
import { text } from "./fixture";

describe("Pulumi's SNS types", () => {
  it("make a topic, its policy and a filtered subscription", async () => {
    const sns = new EventsFixture();
    const topic = await sns.declare("aws:sns/topic:Topic", "mail", {
      tags: { team: "ops" },
      kmsMasterKeyId: "alias/aws/sns",
    });
    const arn = "arn:aws:sns:us-east-1:123456789012:mail-0a1b2c3";
    expect(topic.id).to.equal(arn);
    expect(topic.state).to.deep.include({ arn, name: "mail-0a1b2c3", owner: "123456789012", tagsAll: { team: "ops" } });
    const policy = { Version: "2012-10-17", Statement: [] };
    const attached = await sns.declare("aws:sns/topicPolicy:TopicPolicy", "p", { arn, policy: JSON.stringify(policy) });
    expect(attached.state).to.include({ arn, owner: "123456789012" });
    expect(sns.cloud.resourcePolicies.get(arn)).to.deep.equal(policy);
    const queue = await sns.queue("inbox", arn);
    const subscription = await sns.declare("aws:sns/topicSubscription:TopicSubscription", "s", {
      topic: arn,
      protocol: "sqs",
      endpoint: queue,
      rawMessageDelivery: true,
      filterPolicy: JSON.stringify({ channel: ["email"] }),
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: queue }),
    });
    expect(subscription.state).to.include({
      arn: subscription.id,
      topic: arn,
      pendingConfirmation: false,
      filterPolicyScope: "MessageAttributes",
      rawMessageDelivery: true,
    });
    await sns.publish(arn, "no", { channel: text("push") });
    await sns.publish(arn, "yes", { channel: text("email") });
    expect((await sns.received(queue)).map(({ Body }) => Body)).to.deep.equal(["yes"]);
  });

  it("turn a filter on attributes into a nested one on bodies, and back", async () => {
    const sns = new EventsFixture();
    const arn = (await sns.declare("aws:sns/topic:Topic", "mail", {})).id;
    const inputs = { topic: arn, protocol: "sqs", endpoint: await sns.queue("inbox", arn), rawMessageDelivery: true };
    const type = "aws:sns/topicSubscription:TopicSubscription";
    const flat = { ...inputs, filterPolicy: JSON.stringify({ channel: ["email"] }) };
    const nested = {
      ...inputs,
      filterPolicy: JSON.stringify({ message: { channel: ["email"] } }),
      filterPolicyScope: "MessageBody",
    };
    const { id } = await sns.declare(type, "s", flat);
    const played = sns.sns.resourceTypes[type]!;
    const context = { cloud: sns.cloud, name: "s", type, urn: "u", physicalName: () => "s" };
    await played.update!(id, nested, context);
    await sns.publish(arn, '{"message":{"channel":"email"}}');
    await played.update!(id, flat, context);
    await sns.publish(arn, "by attribute", { channel: text("email") });
    await sns.publish(arn, '{"message":{"channel":"email"}}');
    expect((await sns.received(inputs.endpoint)).map(({ Body }) => Body)).to.deep.equal([
      '{"message":{"channel":"email"}}',
      "by attribute",
    ]);
  });
});
