import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { RealClock } from "../../../local/clock";
import { rig, role, type Rig } from "./harness";

describe("Lambda functions", () => {
  let r: Rig;
  beforeEach(() => {
    r = rig();
  });
  afterEach(() => r.close());

  it("runs an asynchronous handler with its event, its context and its declared environment", async () => {
    const state = await r.fn(
      "greet",
      `exports.handler = async (event, context) => ({
        hello: event.name, variable: process.env.GREETING, region: process.env.AWS_REGION, key: process.env.AWS_ACCESS_KEY_ID.slice(0, 4),
        endpoint: process.env.AWS_ENDPOINT_URL, arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis(),
        memory: context.memoryLimitInMB, host: process.env.HOME, name: context.functionName,
      });`,
      { environment: { variables: { GREETING: "hi" } }, memorySize: 256, timeout: 5 },
    );
    const { payload, error } = await r.invoke("greet", { name: "Ada" });
    expect(error).to.equal(undefined);
    expect(payload).to.deep.equal({
      hello: "Ada",
      variable: "hi",
      region: "us-east-1",
      key: "AKIA",
      endpoint: "http://127.0.0.1:0",
      arn: state["arn"],
      left: 5000,
      memory: "256",
      name: "greet",
    });
    expect(state["invokeArn"]).to.equal(
      `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${String(state["arn"])}/invocations`,
    );
  });

  it("runs the archive alone, whatever the program around it says of its modules", async () => {
    writeFileSync(join(r.cloud.folder, "package.json"), '{"type":"module"}');
    await r.fn("alone", "exports.handler = async () => 1");
    expect((await r.invoke("alone")).payload).to.equal(1);
  });

  it("runs callback handlers and keeps a warm environment", async () => {
    await r.fn("count", "let n = 0; exports.handler = (event, context, callback) => callback(null, { n: ++n });");
    expect((await r.invoke("count")).payload).to.deep.equal({ n: 1 });
    expect((await r.invoke("count")).payload).to.deep.equal({ n: 2 });
    const runs = r.cloud.trace.since().filter((event) => event.kind === "invoke");
    expect(runs.map((event) => event.data?.["coldStart"])).to.deep.equal([true, false]);
  });

  it("answers an error of the handler as AWS does and keeps the environment", async () => {
    await r.fn("fail", "let n = 0; exports.handler = async () => { throw new RangeError('no ' + ++n); };");
    await r.invoke("fail");
    const { payload, error } = await r.invoke("fail");
    expect(error).to.equal("Unhandled");
    expect(payload).to.include({ errorType: "RangeError", errorMessage: "no 2" });
    expect((payload as { trace: string[] }).trace[0]).to.equal("RangeError: no 2");
  });

  it("names a module that is missing, a handler that is missing and an environment that exits", async () => {
    await r.fn("module", "require('nowhere')");
    await r.fn("handler", "exports.other = 1");
    await r.fn("exit", "exports.handler = async () => process.exit(3)");
    expect((await r.invoke("module")).payload).to.include({ errorType: "Runtime.ImportModuleError" });
    expect((await r.invoke("handler")).payload).to.include({
      errorType: "Runtime.HandlerNotFound",
      errorMessage: "index.handler is undefined or not exported",
    });
    const { payload } = await r.invoke("exit");
    expect(payload).to.include({ errorType: "Runtime.ExitError" });
    expect((payload as { errorMessage: string }).errorMessage).to.match(/Runtime exited with error: exit status 3$/);
  });

  it("ends an environment whose promise nobody handles", async () => {
    await r.fn("reject", "exports.handler = () => new Promise(() => { Promise.reject(new Error('lost')); });");
    expect((await r.invoke("reject")).payload).to.include({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "Error: lost",
    });
  });

  it("gives functions the cloud's time, and lets it pass while they sleep", async () => {
    await r.fn(
      "sleep",
      `exports.handler = async () => {
        const from = Date.now();
        await new Promise((resolve) => setTimeout(resolve, 2500));
        await require("timers/promises").setTimeout(10);
        return { from, iso: new Date().toISOString(), took: Date.now() - from };
      };`,
    );
    const from = r.clock.now();
    const run = r.invoke("sleep");
    await r.clock.advance(2600);
    expect((await run).payload).to.deep.equal({ from, iso: new Date(from + 2510).toISOString(), took: 2510 });
  });

  it("holds time while a function computes where no list shows it", async () => {
    await r.fn(
      "crypto",
      `const crypto = require("crypto");
      const { promisify } = require("util");
      exports.handler = async () => {
        const from = Date.now();
        const timer = setTimeout(() => {}, 1000);
        await promisify(crypto.scrypt)("a", "b", 32, { N: 65536, r: 8, maxmem: 1e8 });
        await globalThis.crypto.subtle.generateKey({ name: "RSA-PSS", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, true, ["sign"]);
        clearTimeout(timer);
        return Date.now() - from;
      }`,
      { timeout: 30 },
    );
    const run = r.invoke("crypto");
    await r.clock.advance(10_000);
    expect((await run).payload).to.equal(0);
  });

  it("stops a function at its time-out and starts afresh", async () => {
    await r.fn(
      "slow",
      "let n = 0; exports.handler = (event) => event.slow ? new Promise(() => {}) : Promise.resolve(++n);",
      { timeout: 3 },
    );
    expect((await r.invoke("slow")).payload).to.equal(1);
    const run = r.invoke("slow", { slow: true });
    await r.clock.advance(3000);
    const { payload, error } = await run;
    expect(error).to.equal("Unhandled");
    expect(payload).to.have.property("errorType", "Sandbox.Timedout");
    expect((payload as { errorMessage: string }).errorMessage).to.match(/Error: Task timed out after 3\.00 seconds$/);
    expect((await r.invoke("slow")).payload).to.equal(1);
  });

  it("stops a loop that never yields at its time-out", async () => {
    await r.close();
    r = rig(new RealClock());
    await r.fn("loop", "exports.handler = async () => { for (;;); };", { timeout: 1 });
    // AWS takes whole seconds only; this test need not wait for one.
    const fn = r.lambda.engine.find("loop");
    fn.settings = { ...fn.settings, timeout: 0.3 };
    const { payload } = await r.invoke("loop");
    expect(payload).to.have.property("errorType", "Sandbox.Timedout");
  });

  it("kills a function that takes more memory than it has", async () => {
    await r.fn("hungry", "exports.handler = async () => { const a = []; for (;;) a.push(new Array(1e5).fill(1.5)); };");
    const { payload } = await r.invoke("hungry");
    expect(payload).to.have.property("errorType", "Runtime.ExitError");
    expect((payload as { errorMessage: string }).errorMessage).to.match(/signal: killed$/);
  });

  it("fails the invocation of an environment that is crashed", async () => {
    await r.fn("crash", "exports.handler = () => new Promise((r) => setTimeout(r, 1000));");
    const run = r.invoke("crash");
    await r.clock.settle();
    const event = r.cloud.trace.since().find((one) => one.kind === "invoke")!;
    const environmentId = event.data!["environmentId"] as string;
    expect(r.cloud.ports.functions.causeOf(environmentId)).to.equal(event.seq);
    r.cloud.ports.functions.crash(environmentId);
    expect((await run).payload).to.have.property("errorType", "Runtime.ExitError");
    expect(r.cloud.ports.functions.causeOf(environmentId)).to.equal(undefined);
  });

  it("writes the log as the function's role, in text and in JSON", async () => {
    const source = "exports.handler = async () => { console.log('a %s', 'b'); console.error(new Error('boom')); };";
    await r.fn("text", source);
    await r.fn("json", source, { loggingConfig: { logFormat: "JSON", logGroup: "/my/group" } });
    await r.invoke("text");
    await r.invoke("json");
    const text = r.logs.filter((entry) => entry.group === "/aws/lambda/text").map((entry) => entry.line);
    expect(text[0]).to.match(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST$/);
    expect(text[1]).to.match(/^2026-01-01T00:00:00\.000Z\t[0-9a-f-]{36}\tINFO\ta b$/);
    expect(text.at(-2)).to.match(/^END RequestId: /);
    expect(text.at(-1)).to.match(/^REPORT RequestId: .*Memory Size: 128 MB.*Init Duration: /);
    const json = r.logs.filter((entry) => entry.group === "/my/group");
    expect(json[0]!.principal).to.have.property("arn", "arn:aws:sts::123456789012:assumed-role/worker/json");
    const lines = json.map((entry) => JSON.parse(entry.line) as Record<string, unknown>);
    expect(lines[0]).to.have.property("type", "platform.start");
    expect(lines[1]).to.include({ level: "INFO", message: "a b" });
    expect(lines[2]).to.include({ level: "ERROR", errorType: "Error", errorMessage: "boom" });
    expect(lines.at(-1)).to.have.property("type", "platform.report");
  });

  it("refuses to run without the role's trust, the key of the variables, or free concurrency", async () => {
    await r.fn("locked", "exports.handler = async () => 1", {
      kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/k",
      environment: { variables: { SECRET: "1" } },
    });
    const codeOf = (run: Promise<unknown>): Promise<unknown> =>
      run.then(
        () => "ran",
        (error: unknown) => (error as { code?: string }).code,
      );
    r.denied.add("kms:Decrypt");
    expect(await codeOf(r.invoke("locked"))).to.equal("KMSAccessDeniedException");
    expect(r.cloud.trace.since().some((event) => event.kind === "denied" && event.name === "Decrypt")).to.equal(true);
    r.denied.clear();
    r.denied.add("sts:AssumeRole");
    expect(await codeOf(r.invoke("locked"))).to.equal("AccessDeniedException");
    expect(await codeOf(r.fn("other", ""))).to.equal("InvalidParameterValueException");
    r.denied.clear();
    await r.fn("off", "exports.handler = async () => 1", { reservedConcurrentExecutions: 0 });
    expect(await codeOf(r.invoke("off"))).to.equal("TooManyRequestsException");
    // The account's concurrency is shared by all functions without a reservation.
    await r.fn("slow", "exports.handler = () => new Promise((done) => setTimeout(done, 1_000))");
    await r.fn("next", "exports.handler = async () => 1");
    r.lambda.engine.accountConcurrency = 1;
    const running = r.invoke("slow");
    const refused: unknown = await r.invoke("next").catch((error: unknown) => error);
    expect(refused).to.deep.include({ code: "TooManyRequestsException", status: 429 });
    expect((refused as { detail: unknown }).detail).to.include({ Reason: "ConcurrentInvocationLimitExceeded" });
    await r.clock.advance(1_000);
    await running;
    expect((await r.invoke("next")).payload).to.equal(1);
  });

  it("records a trace segment when tracing is active and the role may", async () => {
    await r.fn("traced", "exports.handler = async () => 1", { tracingConfig: { mode: "Active" } });
    await r.invoke("traced");
    await r.clock.settle();
    const [sent] = r.sent;
    const [document] = sent!.input["TraceSegmentDocuments"] as string[];
    expect(JSON.parse(document!)).to.include({ name: "traced", origin: "AWS::Lambda::Function" });
    expect((JSON.parse(document!) as { trace_id: string }).trace_id).to.match(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(sent!.principal).to.have.property("arn", "arn:aws:sts::123456789012:assumed-role/worker/traced");
    const run = r.cloud.trace.since().find((event) => event.kind === "invoke")!;
    expect(r.cloud.trace.since().find((event) => event.name === "PutTraceSegments")).to.include({ cause: run.seq });
    r.denied.add("xray:PutTraceSegments");
    await r.clock.advance(1000);
    expect((await r.invoke("traced")).payload).to.equal(1);
    await r.clock.settle();
    expect(r.cloud.trace.since().some((event) => event.kind === "denied" && event.service === "xray")).to.equal(true);
  });

  it("uses new code for the next invocation", async () => {
    await r.fn("reload", "exports.handler = async () => 'old'");
    expect((await r.invoke("reload")).payload).to.equal("old");
    r.lambda.updateCode("reload", new Map([["index.js", Buffer.from("exports.handler = async () => 'new'")]]));
    expect((await r.invoke("reload")).payload).to.equal("new");
  });

  it("ends an environment that has been idle for ten minutes", async () => {
    await r.fn("idle", "let n = 0; exports.handler = async () => ++n");
    await r.invoke("idle");
    await r.clock.advance(9 * 60_000);
    expect((await r.invoke("idle")).payload).to.equal(2);
    await r.clock.advance(9 * 60_000);
    expect((await r.invoke("idle")).payload).to.equal(3);
    await r.clock.advance(11 * 60_000);
    expect((await r.invoke("idle")).payload).to.equal(1);
  });

  it("queues what its environments cannot take at once", async () => {
    await r.fn("many", "exports.handler = async (event) => event.i * 2");
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => r.invoke("many", { i })));
    expect(answers.map((answer) => answer.payload)).to.deep.equal(Array.from({ length: 30 }, (_, i) => i * 2));
    const cold = r.cloud.trace.since().filter((event) => event.kind === "invoke" && event.data?.["coldStart"] === true);
    expect(cold.length).to.be.at.most(8);
  });

  it("answers Invoke on the wire: synchronous, dry, with its log, and refuses payloads", async () => {
    await r.fn("wire", "exports.handler = async (event) => { console.log('hey'); return event; }");
    const call = (input: Record<string, unknown>): Promise<Record<string, unknown>> =>
      r.cloud.call("lambda", "Invoke", { FunctionName: "wire", ...input }, r.cloud.operator);
    const Payload = Buffer.from('{"a":1}').toString("base64");
    const answer = await call({ Payload, LogType: "Tail" });
    expect(answer).to.include({ StatusCode: 200, ExecutedVersion: "$LATEST", Payload });
    expect(Buffer.from(answer["LogResult"] as string, "base64").toString()).to.contain("hey");
    expect(await call({ InvocationType: "DryRun" })).to.deep.equal({ StatusCode: 204 });
    const refused = await call({ Payload: "{" }).catch((error: unknown) => error);
    expect(refused).to.have.property("code", "InvalidRequestContentException");
    const large = await call({ InvocationType: "Event", Payload: JSON.stringify("x".repeat(1024 * 1024)) }).catch(
      (error: unknown) => error,
    );
    expect(large).to.have.property("code", "RequestTooLargeException");
    expect(await call({ Qualifier: "$LATEST", InvocationType: "DryRun" })).to.deep.equal({ StatusCode: 204 });
    expect(await call({ Qualifier: "7" }).catch((error: unknown) => (error as Error).message)).to.match(/:wire:7$/);
    expect(await call({ FunctionName: "none" }).catch((error: unknown) => (error as { code: string }).code)).to.equal(
      "ResourceNotFoundException",
    );
  });

  it("keeps resource policies of permissions", async () => {
    const state = await r.fn("open", "exports.handler = async () => 1");
    await r.declare("aws:lambda/permission:Permission", "allow", {
      function: "open",
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: "arn:aws:execute-api:us-east-1:123456789012:abc/*",
    });
    expect(r.cloud.resourcePolicies.get(state["arn"] as string)).to.deep.equal({
      Version: "2012-10-17",
      Id: "default",
      Statement: [
        {
          Sid: "allow-1234567",
          Effect: "Allow",
          Principal: { Service: "apigateway.amazonaws.com" },
          Action: "lambda:InvokeFunction",
          Resource: state["arn"],
          Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:execute-api:us-east-1:123456789012:abc/*" } },
        },
      ],
    });
    expect(role).to.equal(r.lambda.engine.find("open").settings.role);
  });
});
