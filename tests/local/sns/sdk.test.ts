import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  NotFoundException,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  ListTagsForResourceCommand,
  GetTopicAttributesCommand,
} from "@aws-sdk/client-sns";
import { expect } from "chai";
import { RealClock } from "../../../local/clock";
import { snsService } from "../../../local/services/sns";
import { sqsService } from "../../../local/services/sqs";
import { ServedCloud } from "../s3/served-cloud";

describe("SNS through the AWS SDK", () => {
  let served: ServedCloud;
  let client: SNSClient;
  beforeEach(async () => {
    served = new ServedCloud(new RealClock());
    served.add(sqsService(served.cloud));
    served.add(snsService(served.cloud));
    client = new SNSClient(await served.clientConfig());
  });
  afterEach(async () => {
    client.destroy();
    await served.close();
  });

  it("makes a topic, filters, publishes", async () => {
    await served.call("sqs", "CreateQueue", { QueueName: "inbox" });
    const { TopicArn } = await client.send(
      new CreateTopicCommand({
        Name: "alerts",
        Attributes: { DisplayName: "Alerts" },
        Tags: [{ Key: "team", Value: "ops" }],
      }),
    );
    const { Attributes: topic } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(topic).to.include({ DisplayName: "Alerts", TopicArn, Owner: "123456789012" });
    await client.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags: [{ Key: "game", Value: "x" }] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }))).Tags).to.deep.equal([
      { Key: "team", Value: "ops" },
      { Key: "game", Value: "x" },
    ]);
    const { SubscriptionArn } = await client.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: "sqs",
        Endpoint: served.cloud.arn("sqs", "inbox"),
        Attributes: { RawMessageDelivery: "true" },
        ReturnSubscriptionArn: true,
      }),
    );
    await client.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn,
        AttributeName: "FilterPolicy",
        AttributeValue: '{"kind":["mail"]}',
      }),
    );
    const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    expect(Attributes).to.include({
      Protocol: "sqs",
      RawMessageDelivery: "true",
      FilterPolicy: '{"kind":["mail"]}',
      PendingConfirmation: "false",
    });
    const kind = (StringValue: string): Record<string, { DataType: string; StringValue: string }> => ({
      kind: { DataType: "String", StringValue },
    });
    await client.send(new PublishCommand({ TopicArn, Message: "a & <b>", MessageAttributes: kind("mail") }));
    const batch = await client.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: [
          { Id: "1", Message: "yes", MessageAttributes: kind("mail") },
          { Id: "2", Message: "no", MessageAttributes: kind("push") },
        ],
      }),
    );
    expect(batch.Successful!.map(({ Id }) => Id)).to.deep.equal(["1", "2"]);
    const received: string[] = [];
    while (received.length < 2) {
      const answer = await served.call<{ Messages?: { Body: string }[] }>("sqs", "ReceiveMessage", {
        QueueUrl: served.cloud.ports.queues.urlOf(served.cloud.arn("sqs", "inbox")),
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 5,
      });
      received.push(...(answer.Messages ?? []).map(({ Body }) => Body));
    }
    expect(received).to.deep.equal(["a & <b>", "yes"]);
  });

  it("throws the SDK's own error classes", async () => {
    try {
      await client.send(new PublishCommand({ TopicArn: served.cloud.arn("sns", "none"), Message: "x" }));
      expect.fail("published to a topic that does not exist");
    } catch (error) {
      expect(error).to.be.instanceOf(NotFoundException);
    }
  });
});
