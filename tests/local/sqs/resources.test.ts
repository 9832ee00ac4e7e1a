import { expect } from "chai";
import type { Created, Json } from "../../../local/service";
import { SqsFixture } from "./fixture";

describe("Pulumi's SQS types", () => {
  let sqs: SqsFixture;
  beforeEach(() => {
    sqs = new SqsFixture();
  });

  const context = (
    type: string,
    name: string,
  ): Parameters<NonNullable<SqsFixture["sqs"]["resourceTypes"][string]>["create"]>[1] => ({
    cloud: sqs.cloud,
    name,
    type,
    urn: `urn:pulumi:t::t::${type}::${name}`,
    physicalName: (suffix = "") => `${name}-0a1b2c3${suffix}`,
  });
  const declare = async (type: string, name: string, inputs: Json): Promise<Created> =>
    sqs.sqs.resourceTypes[type]!.create(inputs, context(type, name));

  it("make a queue with the provider's defaults and a dead-letter queue beside it", async () => {
    const dead = await declare("aws:sqs/queue:Queue", "dead", { messageRetentionSeconds: 1_209_600 });
    const work = await declare("aws:sqs/queue:Queue", "work", {
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.state["arn"], maxReceiveCount: 3 }),
      visibilityTimeoutSeconds: 180,
      kmsMasterKeyId: "arn:aws:kms:us-east-1:123456789012:key/k",
      tags: { team: "live-ops" },
    });
    expect(work.id).to.equal("http://127.0.0.1:4566/123456789012/work-0a1b2c3");
    expect(work.state).to.deep.include({
      name: "work-0a1b2c3",
      url: work.id,
      arn: "arn:aws:sqs:us-east-1:123456789012:work-0a1b2c3",
      visibilityTimeoutSeconds: 180,
      maxMessageSize: 262_144,
      messageRetentionSeconds: 345_600,
      fifoQueue: false,
      sqsManagedSseEnabled: false,
      tagsAll: { team: "live-ops" },
    });
    const { Attributes } = await sqs.call<{ Attributes: Json }>("GetQueueAttributes", {
      QueueUrl: work.id,
      AttributeNames: ["All"],
    });
    expect(Attributes).to.include({
      VisibilityTimeout: "180",
      MaximumMessageSize: "262144",
      KmsMasterKeyId: "arn:aws:kms:us-east-1:123456789012:key/k",
    });
  });

  it("make a FIFO queue", async () => {
    const made = await declare("aws:sqs/queue:Queue", "trades", { fifoQueue: true, contentBasedDeduplication: true });
    expect(made.state).to.include({
      name: "trades-0a1b2c3.fifo",
      fifoQueue: true,
      deduplicationScope: "queue",
      fifoThroughputLimit: "perQueue",
    });
  });

  it("attach and detach policies", async () => {
    const dead = await declare("aws:sqs/queue:Queue", "dead", {});
    const work = await declare("aws:sqs/queue:Queue", "work", {});
    const policy = { Version: "2012-10-17", Statement: [] };
    await declare("aws:sqs/queuePolicy:QueuePolicy", "p", { queueUrl: work.id, policy: JSON.stringify(policy) });
    await declare("aws:sqs/redrivePolicy:RedrivePolicy", "r", {
      queueUrl: work.id,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.state["arn"], maxReceiveCount: 3 }),
    });
    const allow = await declare("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "a", {
      queueUrl: dead.id,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [work.state["arn"]] }),
    });
    expect(allow.id).to.equal(dead.id);
    expect(sqs.cloud.resourcePolicies.get(work.state["arn"] as string)).to.deep.equal(policy);
    expect(await sqs.call("ListDeadLetterSourceQueues", { QueueUrl: dead.id })).to.deep.equal({ queueUrls: [work.id] });
    for (const type of ["aws:sqs/queuePolicy:QueuePolicy", "aws:sqs/redrivePolicy:RedrivePolicy"]) {
      await sqs.sqs.resourceTypes[type]!.delete!(work.id, {}, context(type, "p"));
    }
    expect(sqs.cloud.resourcePolicies.has(work.state["arn"] as string)).to.equal(false);
    expect(await sqs.call("ListDeadLetterSourceQueues", { QueueUrl: dead.id })).to.deep.equal({ queueUrls: [] });
  });

  it("change and delete", async () => {
    const type = "aws:sqs/queue:Queue";
    const made = await declare(type, "work", { kmsMasterKeyId: "alias/aws/sqs", delaySeconds: 5 });
    const changed = await sqs.sqs.resourceTypes[type]!.update!(
      made.id,
      { visibilityTimeoutSeconds: 60 },
      context(type, "work"),
    );
    expect(changed.state).to.include({ visibilityTimeoutSeconds: 60, delaySeconds: 0, sqsManagedSseEnabled: false });
    await sqs.sqs.resourceTypes[type]!.delete!(made.id, {}, context(type, "work"));
    expect(await sqs.call("ListQueues", {})).to.deep.equal({});
    // The provider waits for a name to be free again.
    await declare(type, "work", {});
  });
});
