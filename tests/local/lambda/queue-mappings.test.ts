import { expect } from "chai";
import type { Json } from "../../../local/service";
import { sqsService } from "../../../local/services/sqs";
import { rig, type Rig } from "./harness";

const worker = `exports.handler = async (event) => {
  const bodies = event.Records.map((record) => record.body);
  console.log("batch " + bodies.join(","));
  if (bodies.includes("poison")) throw new Error("poison");
  if (bodies.includes("slow")) await new Promise((resolve) => setTimeout(resolve, 1000));
  return { batchItemFailures: event.Records.filter((r) => r.body.startsWith("bad")).map((r) => ({ itemIdentifier: r.messageId })) };
}`;

describe("Event source mappings of SQS queues", () => {
  let r: Rig;
  let queue: Json;
  beforeEach(async () => {
    r = rig();
    r.cloud.register(sqsService(r.cloud));
    queue = await r.declare("aws:sqs/queue:Queue", "work", { name: "work", visibilityTimeoutSeconds: 30 });
    await r.fn("worker", worker);
  });
  afterEach(() => r.close());

  const map = (inputs: Json = {}): Promise<Json> =>
    r.declare("aws:lambda/eventSourceMapping:EventSourceMapping", "mapping", {
      eventSourceArn: queue["arn"],
      functionName: "worker",
      ...inputs,
    });
  const send = async (...bodies: string[]): Promise<void> => {
    const Entries = bodies.map((MessageBody, i) => ({ Id: String(i), MessageBody }));
    await r.cloud.call("sqs", "SendMessageBatch", { QueueUrl: queue["url"], Entries }, r.cloud.operator);
  };
  const batches = (): string[] =>
    r.logs.flatMap((entry) => (entry.line.includes("\tbatch ") ? [entry.line.split("\tbatch ")[1]!] : []));
  const left = async (): Promise<number> => {
    const input = { QueueUrl: queue["url"], AttributeNames: ["All"] };
    const answer = await r.cloud.call<{ Attributes: Record<string, string> }>(
      "sqs",
      "GetQueueAttributes",
      input,
      r.cloud.operator,
    );
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden } = answer.Attributes;
    return Number(visible) + Number(hidden);
  };

  it("hands over messages in AWS's shape and deletes them, as the function's role", async () => {
    await r.fn("worker", "exports.handler = async (event) => { console.log('batch ' + JSON.stringify(event)); }");
    await map();
    const MessageAttributes = { kind: { DataType: "String", StringValue: "x" } };
    const input = { QueueUrl: queue["url"], MessageBody: "hello", MessageAttributes };
    await r.cloud.call("sqs", "SendMessage", input, r.cloud.operator);
    await r.clock.settle();
    const [record] = (JSON.parse(batches()[0]!) as { Records: Json[] }).Records;
    expect(record).to.include({
      body: "hello",
      eventSource: "aws:sqs",
      eventSourceARN: queue["arn"],
      awsRegion: "us-east-1",
    });
    expect(record!["messageAttributes"]).to.deep.equal({
      kind: { stringValue: "x", stringListValues: [], binaryListValues: [], dataType: "String" },
    });
    expect(record!["attributes"]).to.include({ ApproximateReceiveCount: "1" });
    expect(await left()).to.equal(0);
    const removal = r.cloud.trace.since().find((event) => event.name === "DeleteMessageBatch")!;
    expect(removal.principal).to.equal("arn:aws:sts::123456789012:assumed-role/worker/worker");
  });

  it("leaves failed messages in the queue until their visibility timeout", async () => {
    await map({ functionResponseTypes: ["ReportBatchItemFailures"] });
    await send("a", "bad", "c");
    await r.clock.settle();
    expect(batches()).to.deep.equal(["a,bad,c"]);
    expect(await left()).to.equal(1);
    await r.clock.advance(31_000);
    expect(batches()).to.deep.equal(["a,bad,c", "bad"]);
  });

  it("leaves all messages of a batch that made the function throw", async () => {
    await map({ functionResponseTypes: ["ReportBatchItemFailures"] });
    await send("a", "poison");
    await r.clock.settle();
    expect(await left()).to.equal(2);
  });

  it("deletes messages that no filter matches", async () => {
    await map({ filterCriteria: { filters: [{ pattern: JSON.stringify({ body: { kind: ["good"] } }) }] } });
    await send('{"kind":"good"}', '{"kind":"other"}', "not json");
    await r.clock.settle();
    expect(batches()).to.deep.equal(['{"kind":"good"}']);
    expect(await left()).to.equal(0);
  });

  it("drops what is JSON where a pattern compares text, and what is text where one looks into JSON", async () => {
    await map({
      filterCriteria: { filters: [{ pattern: JSON.stringify({ body: [{ prefix: "{" }, { prefix: "te" }] }) }] },
    });
    await send('{"kind":"good"}', "text");
    await r.clock.settle();
    expect(batches()).to.deep.equal(["text"]);
    expect(await left()).to.equal(0);
  });

  it("takes an answer without failures, and one of nothing, for success", async () => {
    for (const answer of ["null", "{}", "({ batchItemFailures: null })", "({ batchItemFailures: [] })"]) {
      await r.fn("worker", `exports.handler = async () => (${answer})`);
      const made = await map({ functionResponseTypes: ["ReportBatchItemFailures"] });
      await send("a");
      await r.clock.settle();
      expect(await left(), answer).to.equal(0);
      r.lambda.mappings.remove(String(made["uuid"]));
    }
  });

  it("asks for a batching window where batches have more than ten messages", async () => {
    await r.fn("worker", worker);
    const refused = await map({ batchSize: 11 }).catch((error: unknown) => (error as Error).message);
    expect(refused).to.match(/^Maximum batch window in seconds must be greater than 0/);
    await map({ batchSize: 11, maximumBatchingWindowInSeconds: 1 });
  });

  it("gathers for the batching window", async () => {
    await map({ batchSize: 20, maximumBatchingWindowInSeconds: 5 });
    await send("a");
    await r.clock.advance(2000);
    await send("b");
    await r.clock.advance(2000);
    expect(batches()).to.deep.equal([]);
    await r.clock.advance(1500);
    expect(batches()).to.deep.equal(["a,b"]);
  });

  it("runs at most the maximum concurrency at a time", async () => {
    await map({ batchSize: 1, scalingConfig: { maximumConcurrency: 2 } });
    await send("slow", "slow", "slow", "slow", "slow");
    await r.clock.settle();
    expect(r.lambda.engine.find("worker").inFlight).to.equal(2);
    await r.clock.advance(500);
    expect(batches()).to.have.length(0);
    await r.clock.advance(3000);
    expect(batches()).to.have.length(5);
    expect(await left()).to.equal(0);
  });

  it("delivers nothing while the role may not receive", async () => {
    r.denied.add("sqs:ReceiveMessage");
    await map();
    await send("a");
    await r.clock.settle();
    expect(batches()).to.deep.equal([]);
    expect(r.cloud.trace.since().some((event) => event.kind === "denied" && event.name === "ReceiveMessage")).to.equal(
      true,
    );
    r.denied.clear();
    await r.clock.advance(5000);
    expect(batches()).to.deep.equal(["a"]);
  });

  it("refuses a queue whose messages stay hidden for less than the function may take", async () => {
    await r.fn("worker", worker, { timeout: 60 });
    const refused = await map().catch((error: unknown) => (error as Error).message);
    expect(refused).to.equal("Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds");
  });
});
