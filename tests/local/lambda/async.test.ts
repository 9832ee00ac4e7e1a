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
