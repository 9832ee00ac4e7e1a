import { expect } from "chai";
import { refusal, SqsFixture } from "./fixture";

describe("SQS refuses", () => {
  let sqs: SqsFixture;
  let url: string;
  beforeEach(async () => {
    sqs = new SqsFixture();
    url = await sqs.queue("work");
  });

  const error = async (operation: string, input: Record<string, unknown>): Promise<string> => {
    const { code, message } = await refusal(sqs.call(operation, { QueueUrl: url, ...input }));
    return `${code}: ${message}`;
  };

  it("a queue that does not exist, with both codes", async () => {
    const { code, message, detail } = await refusal(sqs.call("SendMessage", { QueueUrl: `${url}x`, MessageBody: "a" }));
    expect([code, message, detail["queryErrorCode"]]).to.deep.equal([
      "QueueDoesNotExist",
      "The specified queue does not exist.",
      "AWS.SimpleQueueService.NonExistentQueue",
    ]);
  });

  it("bodies that are missing, too long, or not text", async () => {
    expect(await error("SendMessage", {})).to.equal(
      "MissingRequiredParameterException: The request must contain the parameter MessageBody.",
    );
    expect(await error("SendMessage", { MessageBody: "\u0000" })).to.contain("InvalidMessageContents");
    expect(await error("SendMessage", { MessageBody: "x".repeat(1_048_577) })).to.equal(
      "InvalidParameterValueException: One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.",
    );
    await sqs.send(url, "\u{1f600}".repeat(262_144));
  });

  it("parameters out of range", async () => {
    expect(await error("SendMessage", { MessageBody: "a", DelaySeconds: 901 })).to.equal(
      "InvalidParameterValueException: Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
    );
    expect(await error("ReceiveMessage", { MaxNumberOfMessages: 11 })).to.equal(
      "InvalidParameterValueException: Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
    );
    expect(await error("ReceiveMessage", { WaitTimeSeconds: 21 })).to.contain("WaitTimeSeconds");
    expect(await error("SendMessage", { MessageBody: "a", MessageDeduplicationId: "d" })).to.contain(
      "not valid for this queue type",
    );
  });

  it("batches that are empty, too many, doubled, misnamed or too long", async () => {
    const batch = (...Entries: object[]): Promise<string> => error("SendMessageBatch", { Entries });
    const entry = (Id: string, MessageBody = "a"): object => ({ Id, MessageBody });
    expect(await batch()).to.contain("EmptyBatchRequest");
    expect(await batch(...Array.from({ length: 11 }, (_, index) => entry(String(index))))).to.equal(
      "TooManyEntriesInBatchRequest: Maximum number of entries per request are 10. You have sent 11.",
    );
    expect(await batch(entry("a"), entry("a"))).to.equal("BatchEntryIdsNotDistinct: Id a repeated.");
    expect(await batch(entry("a b"))).to.contain("InvalidBatchEntryId");
    expect(await batch(entry("a", "x".repeat(600_000)), entry("b", "x".repeat(600_000)))).to.equal(
      "BatchRequestTooLong: Batch requests cannot be longer than 1048576 bytes. You have sent 1200000 bytes.",
    );
  });

  it("single entries of a batch while it takes the others", async () => {
    const answer = await sqs.call("SendMessageBatch", {
      QueueUrl: url,
      Entries: [
        { Id: "good", MessageBody: "a" },
        { Id: "bad", MessageBody: "" },
      ],
    });
    expect((answer["Successful"] as { Id: string }[]).map(({ Id }) => Id)).to.deep.equal(["good"]);
    expect(answer["Failed"]).to.deep.equal([
      {
        Id: "bad",
        SenderFault: true,
        Code: "MissingParameter",
        Message: "The request must contain the parameter MessageBody.",
      },
    ]);
  });

  it("handles that it never gave out", async () => {
    expect(await error("DeleteMessage", { ReceiptHandle: "nonsense" })).to.equal(
      'ReceiptHandleIsInvalid: The input receipt handle "nonsense" is not a valid receipt handle.',
    );
    const other = await sqs.queue("other");
    await sqs.send(other, "a");
    const [message] = await sqs.receive(other);
    expect(await error("DeleteMessage", { ReceiptHandle: message!.ReceiptHandle })).to.contain(
      "ReceiptHandleIsInvalid",
    );
  });

  it("attributes that are unknown or out of range", async () => {
    expect(await error("SetQueueAttributes", { Attributes: { Colour: "red" } })).to.equal(
      "InvalidAttributeName: Unknown Attribute Colour.",
    );
    expect(await error("SetQueueAttributes", { Attributes: { VisibilityTimeout: "43201" } })).to.equal(
      "InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.",
    );
    expect(await error("SetQueueAttributes", { Attributes: { ContentBasedDeduplication: "true" } })).to.contain(
      "InvalidAttributeName",
    );
    expect(await error("GetQueueAttributes", { AttributeNames: ["Colour"] })).to.contain("InvalidAttributeName");
  });

  it("a taken name with other attributes, and for a minute a name that was deleted", async () => {
    expect(await sqs.queue("work")).to.equal(url);
    expect((await refusal(sqs.queue("work", { DelaySeconds: "1" }))).code).to.equal("QueueNameExists");
    await sqs.call("DeleteQueue", { QueueUrl: url });
    expect((await refusal(sqs.queue("work"))).code).to.equal("QueueDeletedRecently");
    await sqs.clock.advance(60_000);
    expect(await sqs.queue("work")).to.equal(url);
    expect((await refusal(sqs.queue("a.b"))).code).to.equal("InvalidParameterValueException");
  });

  it("a second purge within a minute", async () => {
    await sqs.send(url, "a");
    await sqs.call("PurgeQueue", { QueueUrl: url });
    expect(await sqs.counts(url)).to.deep.equal([0, 0, 0]);
    expect(await error("PurgeQueue", {})).to.equal(
      "PurgeQueueInProgress: Only one PurgeQueue operation on work is allowed every 60 seconds.",
    );
  });

  it("more than 120,000 messages in flight", async () => {
    await sqs.send(url, "a");
    await sqs.receive(url);
    const { queues, deleted } = sqs.sqs.snapshot();
    const [queue] = queues;
    const [message] = queue!.messages;
    const messages = Array.from({ length: 120_000 }, (_, index) => ({ ...message!, id: String(index) }));
    sqs.sqs.restore({ queues: [{ ...queue!, messages }], deleted });
    await sqs.send(url, "one too many");
    expect((await refusal(sqs.receive(url))).code).to.equal("OverLimit");
    await sqs.clock.advance(30_000);
    expect((await sqs.receive(url)).length).to.equal(10);
  });

  it("a whole batch to a FIFO queue for one message without a group or a deduplication id", async () => {
    const fifo = await sqs.queue("order.fifo", { FifoQueue: "true" });
    const batch = (entry: object): Promise<string> =>
      error("SendMessageBatch", {
        QueueUrl: fifo,
        Entries: [
          { Id: "1", MessageBody: "a", MessageGroupId: "g", MessageDeduplicationId: "1" },
          { Id: "2", MessageBody: "b", ...entry },
        ],
      });
    expect(await batch({})).to.equal(
      "InvalidParameterValueException: The request must contain the parameter MessageGroupId.",
    );
    expect(await batch({ MessageGroupId: "g" })).to.match(
      /^InvalidParameterValueException: The queue should either have/,
    );
    const { Messages = [] } = await sqs.call<{ Messages?: unknown[] }>("ReceiveMessage", { QueueUrl: fifo });
    expect(Messages).to.deep.equal([]);
  });

  it("no tags, and more than fifty of them", async () => {
    await sqs.call("TagQueue", { QueueUrl: url, Tags: { game: "x" } });
    expect(await error("TagQueue", { Tags: {} })).to.equal(
      "MissingRequiredParameterException: The request must contain the parameter Tags.",
    );
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`tag-${i}`, "x"]));
    expect(await error("TagQueue", { Tags: many })).to.equal(
      "InvalidParameterValueException: Too many tags added for queue work.",
    );
    expect(await error("UntagQueue", { TagKeys: [] })).to.match(
      /^InvalidParameterValueException: Tag keys must be between/,
    );
    expect(await sqs.call("ListQueueTags", { QueueUrl: url })).to.deep.equal({ Tags: { game: "x" } });
  });
});
