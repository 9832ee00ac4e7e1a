import { expect } from "chai";
import { refusal, SqsFixture } from "./fixture";

describe("SQS FIFO queues", () => {
  let sqs: SqsFixture;
  let url: string;
  beforeEach(async () => {
    sqs = new SqsFixture();
    url = await sqs.queue("trades.fifo");
  });
  const send = (body: string, group: string, dedup = body): Promise<string> =>
    sqs.send(url, body, { MessageGroupId: group, MessageDeduplicationId: dedup });

  it("keeps a group's order and locks the group while one of its messages is in flight", async () => {
    for (const body of ["a1", "a2", "b1", "a3"]) await send(body, body[0]!);
    const first = await sqs.receive(url, { MaxNumberOfMessages: 2 });
    expect(first.map(({ Body }) => Body)).to.deep.equal(["a1", "a2"]);
    expect(await sqs.bodies(url)).to.deep.equal(["b1"]);
    await sqs.delete(url, first[0]!);
    expect(await sqs.bodies(url)).to.deep.equal([]);
    await sqs.delete(url, first[1]!);
    expect(await sqs.bodies(url)).to.deep.equal(["a3"]);
  });

  it("gives a returned message out before its successors", async () => {
    for (const body of ["a1", "a2"]) await send(body, "a");
    await sqs.receive(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 5 });
    await sqs.clock.advance(5000);
    expect(await sqs.bodies(url)).to.deep.equal(["a1", "a2"]);
  });

  it("recognizes a duplicate for 5 minutes, also after its deletion", async () => {
    const id = await send("a", "g", "same");
    const [message] = await sqs.receive(url);
    await sqs.delete(url, message!);
    await sqs.clock.advance(299_999);
    expect(await send("b", "g", "same")).to.equal(id);
    expect(await sqs.counts(url)).to.deep.equal([0, 0, 0]);
    await sqs.clock.advance(1);
    expect(await send("b", "g", "same")).not.to.equal(id);
    expect(await sqs.bodies(url)).to.deep.equal(["b"]);
  });

  it("deduplicates by content where the queue says so, and asks for an id where not", async () => {
    const error = await refusal(sqs.send(url, "a", { MessageGroupId: "g" }));
    expect(error.code).to.equal("InvalidParameterValueException");
    const byContent = await sqs.queue("content.fifo", { ContentBasedDeduplication: "true" });
    await sqs.send(byContent, "a", { MessageGroupId: "g" });
    await sqs.send(byContent, "a", { MessageGroupId: "g" });
    expect(await sqs.bodies(byContent)).to.deep.equal(["a"]);
    expect((await refusal(sqs.send(byContent, "a"))).message).to.equal(
      "The request must contain the parameter MessageGroupId.",
    );
  });

  it("deduplicates within a group where the queue says so", async () => {
    const byGroup = await sqs.queue("groups.fifo", {
      DeduplicationScope: "messageGroup",
      FifoThroughputLimit: "perMessageGroupId",
    });
    const put = (body: string, MessageGroupId: string): Promise<string> =>
      sqs.send(byGroup, body, { MessageGroupId, MessageDeduplicationId: "same" });
    expect(await put("a1", "a")).to.equal(await put("a2", "a"));
    await put("b1", "b");
    expect(await sqs.bodies(byGroup)).to.deep.equal(["a1", "b1"]);
    // Elsewhere one id is one message, whatever its group.
    await send("a1", "a", "same");
    await send("b1", "b", "same");
    expect(await sqs.bodies(url)).to.deep.equal(["a1"]);
  });

  it("gives who waits a group's next message as soon as the one before it is deleted", async () => {
    await send("a1", "a");
    await send("a2", "a");
    const [first] = await sqs.receive(url, { MaxNumberOfMessages: 1 });
    const start = sqs.clock.now();
    let got: { readonly bodies: readonly string[]; readonly after: number } | undefined;
    const waiting = sqs.receive(url, { WaitTimeSeconds: 20 }).then((messages) => {
      got = { bodies: messages.map(({ Body }) => Body), after: sqs.clock.now() - start };
    });
    await sqs.clock.advance(5_000);
    expect(got).to.equal(undefined);
    await sqs.delete(url, first!);
    await sqs.clock.advance(10_000);
    await waiting;
    expect(got).to.deep.equal({ bodies: ["a2"], after: 5_000 });
  });

  it("refuses an expired handle", async () => {
    await send("a", "g");
    const [message] = await sqs.receive(url, { VisibilityTimeout: 1 });
    await sqs.clock.advance(1000);
    expect((await refusal(sqs.delete(url, message!))).message).to.contain("The receipt handle has expired.");
  });

  it("moves to a FIFO dead-letter queue with the message id as deduplication id", async () => {
    const dead = await sqs.queue("dead.fifo");
    await sqs.call("SetQueueAttributes", {
      QueueUrl: url,
      Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: sqs.arn("dead.fifo"), maxReceiveCount: 1 }) },
    });
    const id = await send("a1", "a");
    await send("a2", "a");
    await sqs.receive(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 1 });
    await sqs.clock.advance(1000);
    expect(await sqs.bodies(url)).to.deep.equal(["a2"]);
    const [parked] = await sqs.receive(dead);
    expect(parked).to.include({ Body: "a1", MessageId: id });
    expect(parked!.Attributes).to.include({
      MessageDeduplicationId: id,
      MessageGroupId: "a",
      DeadLetterQueueSourceArn: sqs.arn("trades.fifo"),
    });
  });
});
