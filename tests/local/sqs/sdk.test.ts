import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { RealClock } from "../../../local/clock";
import { sqsService } from "../../../local/services/sqs";
import { ServedCloud } from "../s3/served-cloud";

describe("SQS through the AWS SDK", () => {
  let served: ServedCloud;
  let client: SQSClient;
  let url: string;
  beforeEach(async () => {
    served = new ServedCloud(new RealClock());
    served.add(sqsService(served.cloud));
    client = new SQSClient(await served.clientConfig());
    url = (await client.send(new CreateQueueCommand({ QueueName: "work", Attributes: { VisibilityTimeout: "60" } })))
      .QueueUrl!;
  });
  afterEach(async () => {
    client.destroy();
    await served.close();
  });

  it("sends, receives, changes and deletes; the SDK's checks of MD5s pass", async () => {
    expect(url).to.equal(`${served.cloud.endpoint}/123456789012/work`);
    expect((await client.send(new GetQueueUrlCommand({ QueueName: "work" }))).QueueUrl).to.equal(url);
    const attributes = {
      blob: { DataType: "Binary", BinaryValue: Buffer.from("hi") },
      kind: { DataType: "String", StringValue: "mail" },
    };
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "grüße", MessageAttributes: attributes }));
    await client.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: "a", MessageBody: "2" },
          { Id: "b", MessageBody: "3" },
        ],
      }),
    );
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    expect(Messages.map(({ Body }) => Body)).to.deep.equal(["grüße", "2", "3"]);
    expect(Buffer.from(Messages[0]!.MessageAttributes!["blob"]!.BinaryValue!).toString()).to.equal("hi");
    expect(Messages[0]!.Attributes).to.include({ ApproximateReceiveCount: "1" });
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: Messages[0]!.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    const Entries = Messages.slice(1).map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }));
    expect(Attributes).to.include({
      ApproximateNumberOfMessages: "1",
      ApproximateNumberOfMessagesNotVisible: "0",
      QueueArn: "arn:aws:sqs:us-east-1:123456789012:work",
    });
  });

  it("wakes a long poll when a message comes", async () => {
    const waiting = client.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 }));
    const second = new SQSClient(await served.clientConfig());
    await second.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "late" }));
    expect((await waiting).Messages!.map(({ Body }) => Body)).to.deep.equal(["late"]);
    second.destroy();
  });

  it("throws the SDK's own error classes", async () => {
    try {
      await client.send(new SendMessageCommand({ QueueUrl: `${url}x`, MessageBody: "a" }));
      expect.fail("sent to a queue that does not exist");
    } catch (error) {
      expect(error).to.be.instanceOf(QueueDoesNotExist);
      expect((error as QueueDoesNotExist).message).to.equal("The specified queue does not exist.");
      expect((error as { Code: string }).Code).to.equal("AWS.SimpleQueueService.NonExistentQueue");
    }
  });
});
