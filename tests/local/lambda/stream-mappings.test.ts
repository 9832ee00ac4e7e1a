import { expect } from "chai";
import type { Json } from "../../../local/service";
import { rig, type Rig } from "./harness";

/** A handler that logs each batch and fails by what its records ask for. */
const worker = `
let windows = [];
exports.handler = async (event) => {
  const names = event.Records.map((record) => record.dynamodb.NewImage.name.S);
  console.log("batch " + names.join(","));
  if (names.includes("poison")) throw new Error("poison");
  const failures = event.Records.filter((record) => record.dynamodb.NewImage.name.S.startsWith("bad"));
  return { batchItemFailures: failures.map((record) => ({ itemIdentifier: record.dynamodb.SequenceNumber })) };
};`;

describe("Event source mappings of DynamoDB streams", () => {
  let r: Rig;
  beforeEach(() => {
    r = rig();
  });
  afterEach(() => r.close());

  const map = (inputs: Json = {}): Promise<Json> =>
    r.declare("aws:lambda/eventSourceMapping:EventSourceMapping", "mapping", {
      eventSourceArn: r.stream.arn,
      functionName: "worker",
      startingPosition: "TRIM_HORIZON",
      ...inputs,
    });
  const batches = (): string[] =>
    r.logs.flatMap((entry) =>
      /\tbatch (.*)$/.exec(entry.line)?.[1] !== undefined ? [entry.line.split("\tbatch ")[1]!] : [],
    );
  const named = (...names: string[]): Json[] => names.map((name) => ({ pk: "p", name }));

  it("hands over in order, in batches of the declared size, from the horizon", async () => {
    await r.fn("worker", worker);
    r.stream.append(...named("a", "b", "c"));
    await map({ batchSize: 2 });
    await r.clock.advance(1000);
    r.stream.append(...named("d"));
    await r.clock.advance(1000);
    expect(batches()).to.deep.equal(["a,b", "c", "d"]);
    const [mapping] = [...r.lambda.mappings.all.values()];
    expect(mapping!.lastProcessingResult).to.equal("OK");
  });

  it("starts with what comes later at LATEST", async () => {
    await r.fn("worker", worker);
    r.stream.append(...named("a"));
    await map({ startingPosition: "LATEST" });
    r.stream.append(...named("b"));
    await r.clock.advance(1000);
    expect(batches()).to.deep.equal(["b"]);
  });

  it("gathers for the batching window unless the batch is full before", async () => {
    await r.fn("worker", worker);
    await map({ batchSize: 3, maximumBatchingWindowInSeconds: 5 });
    r.stream.append(...named("a"));
    await r.clock.advance(4000);
    expect(batches()).to.deep.equal([]);
    r.stream.append(...named("b"));
    await r.clock.advance(1100);
    expect(batches()).to.deep.equal(["a,b"]);
    r.stream.append(...named("c", "d", "e"));
    await r.clock.advance(300);
    expect(batches()).to.deep.equal(["a,b", "c,d,e"]);
  });

  it("hands over only what some filter matches", async () => {
    await r.fn("worker", worker);
    const pattern = (name: string): Json => ({
      pattern: JSON.stringify({ eventName: ["INSERT"], dynamodb: { NewImage: { name: { S: [{ prefix: name }] } } } }),
    });
    await map({ filterCriteria: { filters: [pattern("a"), pattern("b")] } });
    r.stream.append(...named("a1", "c1", "b1"));
    await r.clock.advance(1000);
    expect(batches()).to.deep.equal(["a1,b1"]);
  });

  it("runs again from the lowest failed record, and gives it up after its retries", async () => {
    await r.fn("worker", worker);
    await map({
      functionResponseTypes: ["ReportBatchItemFailures"],
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 1,
      destinationConfig: { onFailure: { destinationArn: "arn:aws:sqs:us-east-1:123456789012:dead" } },
    });
    r.stream.append(...named("a", "bad", "c", "d"));
    await r.clock.advance(60_000);
    expect(batches()).to.deep.equal(["a,bad,c,d", "bad,c,d", "bad,c", "bad", "bad", "c", "d"]);
    const [letter] = r.sent;
    expect(letter!.call).to.equal("sqs:SendMessage");
    expect(letter!.principal).to.have.property("arn", "arn:aws:sts::123456789012:assumed-role/worker/worker");
    const body = JSON.parse(letter!.input["MessageBody"] as string) as Record<string, Json>;
    expect(body["requestContext"]).to.include({ condition: "RetryAttemptsExhausted", approximateInvokeCount: 5 });
    expect(body["DDBStreamBatchInfo"]).to.include({
      startSequenceNumber: "100001",
      endSequenceNumber: "100001",
      batchSize: 1,
      streamArn: r.stream.arn,
    });
    expect(body).not.to.have.property("payload");
  });

  it("contains a record that makes the function throw in eight invocations of a batch of 100", async () => {
    await r.fn("worker", worker);
    await map({ bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 });
    r.stream.append(...named(...Array.from({ length: 100 }, (_, i) => (i === 0 ? "poison" : `r${i}`))));
    await r.clock.advance(60_000);
    expect(batches().filter((names) => names.includes("poison"))).to.have.length(8);
    const done = batches()
      .filter((names) => !names.includes("poison"))
      .flatMap((names) => names.split(","));
    expect(done).to.have.length(99);
    expect(new Set(done).size).to.equal(99);
  });

  it("retries a whole batch without bisecting, and drops it when it is too old", async () => {
    await r.fn("worker", worker);
    await map({
      maximumRecordAgeInSeconds: 60,
      destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::dead" } },
    });
    r.stream.append(...named("a", "poison"));
    await r.clock.advance(300_000);
    expect(new Set(batches())).to.deep.equal(new Set(["a,poison"]));
    expect(r.sent).to.have.length(1);
    const { Key, Body } = r.sent[0]!.input as { Key: string; Body: string };
    expect(Key).to.match(/^aws\/lambda\/[0-9a-f-]{36}\/shardId-\d+-\d+\/2026-01-01T00\.\d\d\.\d\d-[0-9a-f-]{36}$/);
    const record = JSON.parse(Buffer.from(Body, "base64").toString()) as { payload: string; requestContext: Json };
    expect(record.requestContext["condition"]).to.equal("RecordAgeExceeded");
    expect((JSON.parse(record.payload) as { Records: unknown[] }).Records).to.have.length(2);
    r.stream.append(...named("b"));
    await r.clock.advance(1000);
    expect(batches().at(-1)).to.equal("b");
  });

  it("fills a batch up to 6 MB, whatever its size in records says", async () => {
    await r.fn("worker", worker);
    const bytes = 6 * 1024 * 1024;
    // With the record around it, three of these are a little less than 6 MB, and four are more.
    const big = "x".repeat(Math.floor(bytes / 3) - 1024);
    r.stream.append(...["a", "b", "c", "d"].map((name) => ({ pk: "p", name, big })));
    await map({ batchSize: 100 });
    await r.clock.advance(1000);
    expect(batches()).to.deep.equal(["a,b,c", "d"]);
  });

  it("drops without a limit of its own what the stream keeps no longer, and tries until then once a minute", async () => {
    await r.fn("worker", worker, { reservedConcurrentExecutions: 0 });
    await map({ destinationConfig: { onFailure: { destinationArn: "arn:aws:sqs:us-east-1:123456789012:dead" } } });
    const tries = (): number => r.cloud.trace.since().filter((one) => one.data?.["throttled"] === true).length;
    r.stream.append(...named("a"));
    await r.clock.advance(3_600_000);
    const tried = tries();
    await r.clock.advance(600_000);
    expect(tries()).to.equal(tried + 10);
    await r.clock.advance(24 * 3_600_000 - 4_200_000);
    expect(r.sent).to.have.length(0);
    await r.clock.advance(120_000);
    const [letter] = r.sent;
    const body = JSON.parse(letter!.input["MessageBody"] as string) as Record<string, Json>;
    expect(body["requestContext"]).to.include({ condition: "RecordAgeExceeded" });
    expect(body).to.not.have.property("responseContext");
    const ended = tries();
    await r.clock.advance(3_600_000);
    expect(tries()).to.equal(ended);
  });

  it("takes a malformed answer for the failure of all", async () => {
    await r.fn(
      "worker",
      "exports.handler = async (event) => { console.log('batch ' + event.Records.length); return { batchItemFailures: [{ itemIdentifier: '' }] }; }",
    );
    await map({ functionResponseTypes: ["ReportBatchItemFailures"], maximumRetryAttempts: 1 });
    r.stream.append(...named("a", "b"));
    await r.clock.advance(60_000);
    expect(batches()).to.deep.equal(["2", "2"]);
  });

  it("keeps the order of each partition key in parallel batches", async () => {
    await r.fn(
      "worker",
      `exports.handler = async (event) => {
        if (event.Records.some((record) => record.dynamodb.NewImage.pk.S === "slow")) await new Promise((resolve) => setTimeout(resolve, 2000));
        console.log("batch " + event.Records.map((record) => record.dynamodb.NewImage.pk.S + record.dynamodb.NewImage.name.S));
      }`,
    );
    await map({ parallelizationFactor: 10, batchSize: 1 });
    const keys = ["slow", "x", "y", "z"];
    for (let i = 0; i < 3; i++) r.stream.append(...keys.map((pk) => ({ pk, name: String(i) })));
    await r.clock.advance(10_000);
    for (const pk of keys) {
      expect(batches().filter((one) => one.startsWith(pk))).to.deep.equal([`${pk}0`, `${pk}1`, `${pk}2`]);
    }
    expect(batches().indexOf("x2")).to.be.lessThan(batches().indexOf("slow2"));
  });

  it("delivers nothing while the role lacks a right, and says so", async () => {
    await r.fn("worker", worker);
    r.denied.add("dynamodb:GetRecords");
    const { uuid } = await map();
    r.stream.append(...named("a"));
    await r.clock.advance(1000);
    expect(batches()).to.deep.equal([]);
    expect(r.lambda.mappings.find(uuid as string).lastProcessingResult).to.match(/^PROBLEM: /);
    expect(r.cloud.trace.since().find((event) => event.kind === "denied")).to.include({
      name: "GetRecords",
      resource: r.stream.arn,
    });
    r.denied.clear();
    await r.clock.advance(5000);
    expect(batches()).to.deep.equal(["a"]);
  });

  it("rests while it is disabled and goes on where it was", async () => {
    await r.fn("worker", worker);
    const { uuid } = await map();
    const toggle = (Enabled: boolean): Promise<Json> =>
      r.cloud.call("lambda", "UpdateEventSourceMapping", { UUID: uuid, Enabled }, r.cloud.operator);
    r.stream.append(...named("a"));
    await r.clock.advance(1000);
    expect(await toggle(false)).to.include({ State: "Disabling" });
    r.stream.append(...named("b"));
    await r.clock.advance(1000);
    expect(batches()).to.deep.equal(["a"]);
    await toggle(true);
    await r.clock.advance(1000);
    expect(batches()).to.deep.equal(["a", "b"]);
  });

  it("repeats a batch whose answer was lost", async () => {
    await r.fn("worker", worker);
    await map();
    let times = 1;
    r.lambda.engine.deliveryFault = () => (times-- > 0 ? "repeat" : undefined);
    r.stream.append(...named("a"));
    await r.clock.advance(1000);
    expect(batches()).to.deep.equal(["a", "a"]);
  });

  it("carries state through a tumbling window and closes it once", async () => {
    await r.fn(
      "worker",
      `exports.handler = async (event) => {
        const count = (event.state.count ?? 0) + event.Records.length;
        console.log("batch " + [event.window.start, count, event.isFinalInvokeForWindow, event.isWindowTerminatedEarly].join(" "));
        return { state: { count } };
      }`,
    );
    await map({ tumblingWindowInSeconds: 30 });
    r.stream.append(...named("a", "b"));
    await r.clock.advance(10_000);
    r.stream.append(...named("c"));
    await r.clock.advance(30_000);
    r.stream.append(...named("d"));
    await r.clock.advance(60_000);
    expect(batches()).to.deep.equal([
      "2026-01-01T00:00:00Z 2 false false",
      "2026-01-01T00:00:00Z 3 false false",
      "2026-01-01T00:00:00Z 3 true false",
      "2026-01-01T00:00:30Z 1 false false",
      "2026-01-01T00:00:30Z 1 true false",
    ]);
  });

  it("ends a tumbling window with the record of the next, or early when its state is over 1 MB", async () => {
    await r.fn(
      "worker",
      `exports.handler = async (event) => {
        console.log("batch " + [event.window.start.slice(14, 19), event.Records.length, event.isFinalInvokeForWindow, event.isWindowTerminatedEarly].join(" "));
        return { state: { text: "x".repeat(event.Records.length === 2 ? 1024 * 1024 : 1024 * 1024 - 11) } };
      }`,
    );
    await map({ tumblingWindowInSeconds: 30, batchSize: 2 });
    r.stream.append(...named("a"));
    await r.clock.advance(30_000);
    // This one is as old as the next window.
    r.stream.append(...named("b"));
    await r.clock.advance(5_000);
    r.stream.append(...named("c", "d"));
    await r.clock.advance(5_000);
    expect(batches()).to.deep.equal([
      "00:00 1 false false",
      "00:00 0 true false",
      "00:30 1 false false",
      "00:30 2 false false",
      "00:30 0 true true",
    ]);
  });

  it("needs at most 1.2 times as many invocations as full batches for 1,000 records in a burst", async () => {
    await r.fn("worker", worker);
    await map({ batchSize: 100 });
    for (let i = 0; i < 40; i++) {
      r.stream.append(...named(...Array.from({ length: 25 }, (_, n) => `r${i * 25 + n}`)));
      await r.clock.advance(5);
    }
    await r.clock.advance(5000);
    expect(batches().flatMap((names) => names.split(","))).to.have.length(1000);
    expect(batches().length).to.be.at.most(12);
  });
});
