import { expect } from "chai";
import type { Json } from "../../../local/service";
import { rig, type Rig } from "./harness";

const failing = "let n = 0; exports.handler = async (event) => { console.log('try ' + ++n); throw new Error('no'); }";

describe("Asynchronous invocations", () => {
  let r: Rig;
  beforeEach(() => {
    r = rig();
  });
  afterEach(() => r.close());

  const event = (FunctionName: string, payload: unknown): Promise<Json> =>
    r.cloud.call(
      "lambda",
      "Invoke",
      { FunctionName, InvocationType: "Event", Payload: Buffer.from(JSON.stringify(payload)).toString("base64") },
      r.cloud.operator,
    );
  const times = (): number[] =>
    r.cloud.trace
      .since()
      .filter((one) => one.kind === "invoke")
      .map((one) => (one.time - Date.UTC(2026, 0, 1)) / 1000);
  const configure = (inputs: Json): Promise<Json> =>
    r.declare("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "config", inputs);

  it("tries again after one and two minutes, then sends the record on", async () => {
    const state = await r.fn("fails", failing, {
      deadLetterConfig: { targetArn: "arn:aws:sqs:us-east-1:123456789012:dead" },
    });
    await configure({
      functionName: "fails",
      destinationConfig: { onFailure: { destination: "arn:aws:sns:us-east-1:123456789012:failed" } },
    });
    expect(await event("fails", { a: 1 })).to.deep.equal({ StatusCode: 202 });
    await r.clock.advance(600_000);
    expect(times()).to.deep.equal([0, 60, 180]);
    const [record, letter] = r.sent;
    expect(record!.call).to.equal("sns:Publish");
    const body = JSON.parse(record!.input["Message"] as string) as Record<string, Json>;
    expect(body["requestContext"]).to.include({
      functionArn: `${String(state["arn"])}:$LATEST`,
      condition: "RetriesExhausted",
      approximateInvokeCount: 3,
    });
    expect(body["requestPayload"]).to.deep.equal({ a: 1 });
    expect(body["responseContext"]).to.deep.equal({
      statusCode: 200,
      executedVersion: "$LATEST",
      functionError: "Unhandled",
    });
    expect(body["responsePayload"]).to.include({ errorType: "Error", errorMessage: "no" });
    expect(letter!.call).to.equal("sqs:SendMessage");
    expect(letter!.input["MessageBody"]).to.equal('{"a":1}');
    expect(letter!.principal).to.have.property("roleArn", "arn:aws:iam::123456789012:role/worker");
  });

  it("sends the record of a success to its destination, another function", async () => {
    await r.fn("works", "exports.handler = async (event) => ({ got: event.a })");
    const target = await r.fn(
      "next",
      "exports.handler = async (event) => { console.log('next ' + JSON.stringify(event)); }",
    );
    await configure({ functionName: "works", destinationConfig: { onSuccess: { destination: target["arn"] } } });
    await event("works", { a: 1 });
    await r.clock.settle();
    const line = r.logs.find((entry) => entry.line.includes("\tnext "))!.line.split("\tnext ")[1]!;
    expect(JSON.parse(line)).to.have.nested.property("requestContext.condition", "Success");
    expect(JSON.parse(line)).to.have.deep.property("responsePayload", { got: 1 });
  });

  it("drops an event that is too old, and one without any retry", async () => {
    await r.fn("fails", failing);
    await configure({ functionName: "fails", maximumEventAgeInSeconds: 90 });
    await event("fails", {});
    await r.clock.advance(600_000);
    expect(times()).to.deep.equal([0, 60]);
    const drop = r.cloud.trace.since().find((one) => one.data?.["dropped"] === true)!;
    expect(drop.error).to.equal("EventAgeExceeded");
    await configure({ functionName: "fails", maximumRetryAttempts: 0 });
    const before = times().length;
    await event("fails", {});
    await r.clock.advance(600_000);
    expect(times()).to.have.length(before + 1);
  });

  it("waits for a free concurrency, longer each time and five minutes at most, and counts no attempt", async () => {
    await r.fn("busy", "exports.handler = async () => 1", { reservedConcurrentExecutions: 1 });
    const fn = r.lambda.engine.find("busy");
    fn.inFlight = 1;
    await event("busy", {});
    await r.clock.advance(3_600_000);
    const refused = r.cloud.trace
      .since()
      .filter((one) => one.data?.["throttled"] === true)
      .map((one) => (one.time - Date.UTC(2026, 0, 1)) / 1000);
    const pauses = refused.slice(1).map((time, i) => time - refused[i]!);
    expect(pauses.slice(0, 11)).to.deep.equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    fn.inFlight = 0;
    await r.clock.advance(300_000);
    expect(times()).to.have.length(1);
    const run = r.cloud.trace.since().find((one) => one.kind === "invoke")!;
    expect(run.data).to.include({ asynchronous: true, attempt: 1 });
  });

  it("gives an event up at once where no concurrency is reserved, to EventBridge under its own name", async () => {
    r.register("events", "PutEvents");
    const state = await r.fn("off", "exports.handler = async () => 1", { reservedConcurrentExecutions: 0 });
    const destination = "arn:aws:events:us-east-1:123456789012:event-bus/game";
    await configure({ functionName: "off", destinationConfig: { onFailure: { destination } } });
    await event("off", { a: 1 });
    await r.clock.settle();
    expect(r.sent.map(({ call }) => call)).to.deep.equal(["events:PutEvents"]);
    const [entry] = r.sent[0]!.input["Entries"] as Json[];
    expect(entry).to.deep.include({
      Source: "lambda",
      DetailType: "Lambda Function Invocation Result - Failure",
      EventBusName: "game",
      Resources: [destination, `${String(state["arn"])}:$LATEST`],
    });
    const detail = JSON.parse(entry!["Detail"] as string) as Record<string, Json>;
    expect(detail["requestContext"]).to.include({ condition: "ZeroReservedConcurrency", approximateInvokeCount: 0 });
    expect(detail).to.not.have.any.keys("responseContext", "responsePayload");
    expect(times()).to.deep.equal([]);
  });

  it("keeps the record of a success in S3, under the function and the day", async () => {
    await r.fn("works", "exports.handler = async () => 1");
    await configure({ functionName: "works", destinationConfig: { onSuccess: { destination: "arn:aws:s3:::kept" } } });
    await event("works", {});
    await r.clock.settle();
    const { Bucket, Key } = r.sent[0]!.input;
    expect(Bucket).to.equal("kept");
    expect(Key).to.match(/^aws\/lambda\/async\/works\/2026\/01\/01\/2026-01-01T00\.00\.00-[0-9a-f-]{36}$/);
  });

  it("tells a dead-letter queue the error, 1 KB of it, and counts the dropped event", async () => {
    const counted: string[] = [];
    r.cloud.ports.metrics = { put: (_, name) => void counted.push(name), gauge: () => undefined };
    const targetArn = "arn:aws:sqs:us-east-1:123456789012:dead";
    await r.fn("fails", "exports.handler = async () => { throw new Error('x'.repeat(2000)); }", {
      deadLetterConfig: { targetArn },
    });
    await configure({ functionName: "fails", maximumRetryAttempts: 0 });
    await event("fails", {});
    await r.clock.settle();
    const attributes = r.sent[0]!.input["MessageAttributes"] as Record<string, Json>;
    expect(attributes["ErrorMessage"]).to.deep.equal({ DataType: "String", StringValue: "x".repeat(1024) });
    expect(attributes["ErrorCode"]).to.deep.equal({ DataType: "Number", StringValue: "200" });
    expect(attributes["RequestID"]!["StringValue"]).to.match(/^[0-9a-f-]{36}$/);
    expect(counted.filter((name) => name === "AsyncEventsDropped")).to.have.length(1);
  });

  it("reports a destination that it may not use", async () => {
    await r.fn("fails", failing);
    await configure({
      functionName: "fails",
      maximumRetryAttempts: 0,
      destinationConfig: { onFailure: { destination: "arn:aws:sqs:us-east-1:123456789012:dead" } },
    });
    r.denied.add("sqs:SendMessage");
    await event("fails", {});
    await r.clock.settle();
    expect(r.sent).to.deep.equal([]);
    expect(r.cloud.trace.since().find((one) => one.name === "DestinationDeliveryFailures")).to.include({
      kind: "error",
    });
  });
});
