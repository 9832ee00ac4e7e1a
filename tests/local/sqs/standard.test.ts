import { expect } from "chai";
import { md5OfAttributes } from "../../../local/services/sqs/message";
import { refusal, SqsFixture } from "./fixture";

describe("SQS standard queues", () => {
  let sqs: SqsFixture;
  let url: string;
  beforeEach(async () => {
    sqs = new SqsFixture();
    url = await sqs.queue("work");
  });

  it("answers the MD5s that SDKs check", async () => {
    const attributes = {
      kind: { DataType: "String", StringValue: "mail" },
      blob: { DataType: "Binary", BinaryValue: "aGk=" },
    };
    const sent = await sqs.call("SendMessage", { QueueUrl: url, MessageBody: "hello", MessageAttributes: attributes });
    const [message] = await sqs.receive(url);
    expect(sent["MD5OfMessageBody"]).to.equal("5d41402abc4b2a76b9719d911017c592");
    expect(sent["MD5OfMessageAttributes"]).to.equal(md5OfAttributes(attributes));
    expect(message).to.include({
      MD5OfBody: "5d41402abc4b2a76b9719d911017c592",
      MD5OfMessageAttributes: sent["MD5OfMessageAttributes"],
    });
    expect(message!.MessageAttributes).to.deep.equal(attributes);
  });

  it("hides a received message for the visibility timeout and gives it out again", async () => {
    await sqs.send(url, "a");
    expect(await sqs.bodies(url)).to.deep.equal(["a"]);
    await sqs.clock.advance(29_999);
    expect(await sqs.bodies(url)).to.deep.equal([]);
    await sqs.clock.advance(1);
    const [again] = await sqs.receive(url);
    expect(again!.Attributes).to.include({ ApproximateReceiveCount: "2" });
  });

  it("deletes with the newest handle and ignores an older one", async () => {
    await sqs.send(url, "a");
    const [first] = await sqs.receive(url, { VisibilityTimeout: 1 });
    await sqs.clock.advance(1000);
    const [second] = await sqs.receive(url);
    await sqs.delete(url, first!);
    expect(await sqs.counts(url)).to.deep.equal([0, 1, 0]);
    await sqs.delete(url, second!);
    expect(await sqs.counts(url)).to.deep.equal([0, 0, 0]);
    await sqs.delete(url, second!);
  });

  it("delays by queue and by message", async () => {
    const late = await sqs.queue("late", { DelaySeconds: "10" });
    await sqs.send(late, "queue");
    await sqs.send(late, "message", { DelaySeconds: 5 });
    await sqs.send(late, "none", { DelaySeconds: 0 });
    expect(await sqs.counts(late)).to.deep.equal([1, 0, 2]);
    expect(await sqs.bodies(late)).to.deep.equal(["none"]);
    await sqs.clock.advance(5000);
    expect(await sqs.bodies(late)).to.deep.equal(["message"]);
    await sqs.clock.advance(5000);
    expect(await sqs.bodies(late)).to.deep.equal(["queue"]);
  });

  it("waits for a message while time passes, and answers empty at the end of the wait", async () => {
    const start = sqs.clock.now();
    const waiting = sqs.bodies(url, { WaitTimeSeconds: 20 });
    await sqs.clock.advance(7_000);
    await sqs.send(url, "late");
    expect(await waiting).to.deep.equal(["late"]);
    expect(sqs.clock.now() - start).to.equal(7_000);
    let empty: readonly string[] | undefined;
    void sqs.bodies(url, { WaitTimeSeconds: 20 }).then((bodies) => (empty = bodies));
    await sqs.clock.advance(19_999);
    expect(empty).to.equal(undefined);
    await sqs.clock.advance(1);
    expect(empty).to.deep.equal([]);
  });

  it("changes visibility, up to 12 h from the receive", async () => {
    await sqs.send(url, "a");
    const [message] = await sqs.receive(url);
    const change = (seconds: number): Promise<unknown> =>
      sqs.call("ChangeMessageVisibility", {
        QueueUrl: url,
        ReceiptHandle: message!.ReceiptHandle,
        VisibilityTimeout: seconds,
      });
    await change(100);
    await sqs.clock.advance(99_000);
    expect(await sqs.bodies(url)).to.deep.equal([]);
    expect((await refusal(change(43_200))).code).to.equal("InvalidParameterValueException");
    await change(0);
    expect(await sqs.counts(url)).to.deep.equal([1, 0, 0]);
    // A message whose time has run out is hidden again, as long as nobody else has it.
    await change(10);
    expect(await sqs.counts(url)).to.deep.equal([0, 1, 0]);
    await sqs.clock.advance(10_000);
    expect(await sqs.bodies(url)).to.deep.equal(["a"]);
  });

  it("gives each message once in a receive that hides nothing", async () => {
    await sqs.send(url, "a");
    expect(await sqs.bodies(url, { VisibilityTimeout: 0 })).to.deep.equal(["a"]);
    expect(await sqs.bodies(url, { VisibilityTimeout: 0 })).to.deep.equal(["a"]);
  });

  it("drops a message after the retention period", async () => {
    const short = await sqs.queue("short", { MessageRetentionPeriod: "60" });
    await sqs.send(short, "a");
    await sqs.clock.advance(59_999);
    expect(await sqs.counts(short)).to.deep.equal([1, 0, 0]);
    await sqs.clock.advance(1);
    expect(await sqs.counts(short)).to.deep.equal([0, 0, 0]);
  });

  it("asks the key's rights of sender and receiver", async () => {
    const key = "arn:aws:kms:us-east-1:123456789012:key/k";
    const secret = await sqs.queue("secret", { KmsMasterKeyId: key });
    sqs.asked.length = 0;
    await sqs.send(secret, "a");
    await sqs.receive(secret);
    expect(sqs.asked.map(({ action, resource }) => [action, resource])).to.deep.equal([
      ["sqs:SendMessage", sqs.arn("secret")],
      ["kms:GenerateDataKey", key],
      ["kms:Decrypt", key],
      ["sqs:ReceiveMessage", sqs.arn("secret")],
      ["kms:Decrypt", key],
    ]);
    sqs.denied.add("kms:Decrypt");
    expect((await refusal(sqs.receive(secret))).code).to.equal("AccessDeniedException");
  });

  it("tells listeners when a message becomes visible: sent, due, or returned", async () => {
    let heard = 0;
    const stop = sqs.cloud.ports.queues.onVisible(sqs.arn("work"), () => heard++);
    await sqs.send(url, "now");
    expect(heard).to.equal(1);
    await sqs.send(url, "later", { DelaySeconds: 3 });
    expect(heard).to.equal(1);
    await sqs.clock.advance(3000);
    expect(heard).to.equal(2);
    await sqs.receive(url);
    expect(sqs.cloud.ports.queues.visible(sqs.arn("work"))).to.equal(0);
    await sqs.clock.advance(30_000);
    expect(heard).to.equal(4);
    expect(sqs.cloud.ports.queues.visible(sqs.arn("work"))).to.equal(2);
    stop();
    await sqs.send(url, "unheard");
    expect(heard).to.equal(4);
  });

  it("meters requests by 64 KB", async () => {
    await sqs.send(url, "x".repeat(65_537));
    expect(sqs.cloud.meter.snapshot().units).to.deep.equal({ "sqs.standard.request": 2 });
  });

  it("restores a snapshot with hidden and visible messages and their timers", async () => {
    await sqs.send(url, "a");
    await sqs.receive(url, { VisibilityTimeout: 10 });
    await sqs.send(url, "b", { DelaySeconds: 20 });
    const kept = sqs.sqs.snapshot();
    await sqs.call("DeleteQueue", { QueueUrl: url });
    sqs.sqs.restore(kept);
    expect(await sqs.counts(url)).to.deep.equal([0, 1, 1]);
    expect(sqs.sqs.snapshot()).to.deep.equal(kept);
    await sqs.clock.advance(10_000);
    expect(await sqs.bodies(url)).to.deep.equal(["a"]);
    await sqs.clock.advance(10_000);
    expect(await sqs.bodies(url)).to.deep.equal(["b"]);
  });

  it("holds 20,000 messages and gives all of them out once", async () => {
    const entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: `m${index}` }));
    for (let batch = 0; batch < 2_000; batch++) await sqs.call("SendMessageBatch", { QueueUrl: url, Entries: entries });
    const seen = new Set<string>();
    for (let messages = await sqs.receive(url); messages.length > 0; messages = await sqs.receive(url)) {
      for (const { MessageId } of messages) seen.add(MessageId);
      await sqs.call("DeleteMessageBatch", {
        QueueUrl: url,
        Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      });
    }
    expect(seen.size).to.equal(20_000);
    expect(await sqs.counts(url)).to.deep.equal([0, 0, 0]);
  });
});
