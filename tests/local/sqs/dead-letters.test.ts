import { expect } from "chai";
import { refusal, SqsFixture } from "./fixture";

describe("SQS dead-letter queues", () => {
  let sqs: SqsFixture;
  let dead: string;
  let url: string;
  const policy = (name: string, maxReceiveCount: number | string = 2): string =>
    JSON.stringify({ deadLetterTargetArn: sqs.arn(name), maxReceiveCount });
  beforeEach(async () => {
    sqs = new SqsFixture();
    dead = await sqs.queue("dead");
    url = await sqs.queue("work", { RedrivePolicy: policy("dead"), VisibilityTimeout: "10" });
  });

  async function exhaust(): Promise<void> {
    for (let receive = 0; receive < 3; receive++) {
      await sqs.receive(url);
      await sqs.clock.advance(10_000);
    }
  }

  it("get a message that was received as often as allowed, with its id and first sending time", async () => {
    const id = await sqs.send(url, "poison");
    const sentAt = String(sqs.clock.now());
    await exhaust();
    expect(await sqs.counts(url)).to.deep.equal([0, 0, 0]);
    const [message] = await sqs.receive(dead);
    expect(message).to.include({ MessageId: id, Body: "poison" });
    expect(message!.Attributes).to.include({
      SentTimestamp: sentAt,
      ApproximateReceiveCount: "3",
      DeadLetterQueueSourceArn: sqs.arn("work"),
    });
  });

  it("do not hold up their neighbours", async () => {
    for (const body of ["a", "b"]) await sqs.send(url, body);
    for (let receive = 0; receive < 2; receive++) {
      const messages = await sqs.receive(url);
      const good = messages.find(({ Body }) => Body === "b");
      if (good) await sqs.delete(url, good);
      await sqs.clock.advance(10_000);
    }
    await sqs.send(url, "c");
    expect(await sqs.bodies(url)).to.deep.equal(["c"]);
    expect(await sqs.bodies(dead)).to.deep.equal(["a"]);
  });

  it("expire by the first sending time", async () => {
    await sqs.call("SetQueueAttributes", { QueueUrl: dead, Attributes: { MessageRetentionPeriod: "60" } });
    await sqs.send(url, "poison");
    await exhaust();
    expect(await sqs.counts(dead)).to.deep.equal([1, 0, 0]);
    await sqs.clock.advance(30_000);
    expect(await sqs.counts(dead)).to.deep.equal([0, 0, 0]);
  });

  it("are refused when they do not exist, are of another kind, or do not admit the source", async () => {
    const set = async (RedrivePolicy: string): Promise<string> =>
      (await refusal(sqs.call("SetQueueAttributes", { QueueUrl: url, Attributes: { RedrivePolicy } }))).message;
    await sqs.queue("ordered.fifo");
    expect(await set(policy("nowhere"))).to.contain("Dead letter target does not exist.");
    expect(await set(policy("ordered.fifo"))).to.contain("must be same type of queue");
    expect(await set(policy("dead", 0))).to.contain("Invalid value for maxReceiveCount");
    expect(await set("{}")).to.contain("does not contain mandatory attribute: deadLetterTargetArn");
    await sqs.call("SetQueueAttributes", {
      QueueUrl: dead,
      Attributes: {
        RedriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [sqs.arn("other")] }),
      },
    });
    expect(await set(policy("dead"))).to.contain("RedriveAllowPolicy");
    await sqs.send(url, "kept");
    await exhaust();
    expect(await sqs.counts(url)).to.deep.equal([1, 0, 0]);
  });

  it("are listed with their sources", async () => {
    expect(await sqs.call("ListDeadLetterSourceQueues", { QueueUrl: dead })).to.deep.equal({ queueUrls: [url] });
  });

  describe("redrive", () => {
    const start = (more: Record<string, unknown> = {}): Promise<Record<string, unknown>> =>
      sqs.call("StartMessageMoveTask", { SourceArn: sqs.arn("dead"), ...more });
    const tasks = async (): Promise<Record<string, unknown>[]> =>
      (
        await sqs.call<{ Results: Record<string, unknown>[] }>("ListMessageMoveTasks", {
          SourceArn: sqs.arn("dead"),
          MaxResults: 10,
        })
      ).Results;

    it("brings messages back to where they came from, as new ones", async () => {
      const id = await sqs.send(url, "poison");
      await exhaust();
      await start();
      await sqs.clock.advance(1000);
      const [message] = await sqs.receive(url);
      expect(message!.Body).to.equal("poison");
      expect(message!.MessageId).not.to.equal(id);
      expect(message!.Attributes).to.include({ ApproximateReceiveCount: "1" });
      expect(message!.Attributes).not.to.have.property("DeadLetterQueueSourceArn");
      expect(await tasks()).to.deep.equal([
        {
          Status: "COMPLETED",
          SourceArn: sqs.arn("dead"),
          ApproximateNumberOfMessagesMoved: 1,
          ApproximateNumberOfMessagesToMove: 1,
          StartedTimestamp: Date.UTC(2026, 0, 1, 0, 0, 30),
        },
      ]);
    });

    it("keeps to its rate and can be cancelled", async () => {
      for (let index = 0; index < 10; index++) await sqs.send(url, String(index));
      await exhaust();
      const { TaskHandle } = await start({ MaxNumberOfMessagesPerSecond: 2 });
      await sqs.clock.advance(1400);
      expect(await sqs.counts(dead)).to.deep.equal([7, 0, 0]);
      expect((await refusal(start())).code).to.equal("InvalidParameterValueException");
      expect(await sqs.call("CancelMessageMoveTask", { TaskHandle })).to.deep.equal({
        ApproximateNumberOfMessagesMoved: 3,
      });
      await sqs.clock.advance(60_000);
      expect(await sqs.counts(dead)).to.deep.equal([7, 0, 0]);
      expect((await refusal(sqs.call("CancelMessageMoveTask", { TaskHandle }))).code).to.equal("UnsupportedOperation");
    });

    it("refuses a queue that is no queue's dead-letter queue, and fails on messages of unknown origin", async () => {
      await sqs.queue("lambda-failures");
      const error = await refusal(start({ SourceArn: sqs.arn("lambda-failures") }));
      expect(`${error.code}: ${error.message}`).to.equal(
        "InvalidParameterValueException: Source queue must be configured as a Dead Letter Queue.",
      );
      expect((await refusal(start({ SourceArn: sqs.arn("nowhere") }))).code).to.equal("ResourceNotFoundException");
      expect((await refusal(start({ MaxNumberOfMessagesPerSecond: 501 }))).code).to.equal(
        "InvalidParameterValueException",
      );
      await sqs.send(dead, "from a topic");
      await start();
      await sqs.clock.advance(1000);
      expect((await tasks())[0]).to.include({
        Status: "FAILED",
        FailureReason: "CouldNotDetermineMessageSource",
        ApproximateNumberOfMessagesMoved: 0,
      });
      await start({ DestinationArn: sqs.arn("work") });
      await sqs.clock.advance(1000);
      expect(await sqs.bodies(url)).to.deep.equal(["from a topic"]);
    });

    it("asks for the rights of what it does", async () => {
      sqs.asked.length = 0;
      await start();
      expect(sqs.asked.map(({ action, resource }) => `${action} ${resource.split(":").at(-1)}`)).to.deep.equal([
        "sqs:StartMessageMoveTask dead",
        "sqs:ReceiveMessage dead",
        "sqs:DeleteMessage dead",
        "sqs:GetQueueAttributes dead",
        "sqs:SendMessage work",
      ]);
    });
  });
});
