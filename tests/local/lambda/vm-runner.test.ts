import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { planOf, type FaultRule } from "../../../local/faults";
import { Front } from "../../../local/http/front";
import type { Json } from "../../../local/service";
import { seededRandom } from "../../../local/random";
import { dynamodbService } from "../../../local/services/dynamodb";
import { iamService } from "../../../local/services/iam";
import { lambdaService, type LambdaService } from "../../../local/services/lambda";
import { VmRunner } from "../../../local/services/lambda/vm-runner";

const dynamodb = JSON.stringify(require.resolve("@aws-sdk/client-dynamodb"));

interface Bench {
  readonly cloud: Cloud;
  readonly clock: VirtualClock;
  readonly lambda: LambdaService;
  fn(name: string, source: string, inputs?: Json): Promise<Json>;
  invoke(name: string, payload?: unknown): Promise<{ payload: unknown; error: string | undefined }>;
  close(): Promise<void>;
}

async function bench(seed: number): Promise<Bench> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "vm-"));
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const cloud = new Cloud({ clock, folder, random });
  const front = new Front(cloud);
  const send = (request: Parameters<Front["handle"]>[0]): ReturnType<Front["handle"]> => front.handle(request);
  const runner = new VmRunner({ clock, random, newId: () => cloud.uuid(), send });
  const lambda = lambdaService(cloud, runner);
  for (const service of [iamService(cloud), dynamodbService(cloud), lambda]) cloud.register(service);
  const declare = async (type: string, name: string, inputs: Json): Promise<Json> => {
    for (const service of cloud.services.values()) {
      const found = service.resourceTypes[type];
      if (!found) continue;
      const context = { cloud, name, type, urn: `urn:${type}::${name}`, physicalName: () => `${name}-1234567` };
      const made = await found.create(inputs, context);
      return { id: made.id, ...made.state };
    }
    throw new Error(type);
  };
  const statement = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const role = await declare("aws:iam/role:Role", "worker", {
    assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
  });
  await declare("aws:iam/rolePolicy:RolePolicy", "worker", {
    role: role["name"],
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["dynamodb:*", "lambda:InvokeFunction"], Resource: "*" }],
    }),
  });
  await declare("aws:dynamodb/table:Table", "things", {
    name: "things",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    attributes: [{ name: "pk", type: "S" }],
  });
  return {
    cloud,
    clock,
    lambda,
    fn: (name, source, inputs = {}) =>
      declare("aws:lambda/function:Function", name, {
        name,
        role: role["arn"],
        handler: "index.handler",
        timeout: 10,
        code: { assets: { "index.js": { text: source } } },
        ...inputs,
      }),
    invoke: async (name, payload = {}) => {
      const outcome = await lambda.engine.run(lambda.engine.find(name), { payload: JSON.stringify(payload) });
      return { payload: JSON.parse(outcome.payload), error: outcome.functionError };
    },
    close: async () => {
      await cloud.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

const writer = `const { DynamoDBClient, PutItemCommand, GetItemCommand } = require(${dynamodb});
const db = new DynamoDBClient({ maxAttempts: 3 });
exports.handler = async ({ id }) => {
  await Promise.all([1, 2, 3].map((n) => db.send(new PutItemCommand({ TableName: "things", Item: { pk: { S: id + n }, r: { S: crypto.randomUUID() } } }))));
  const { Item } = await db.send(new GetItemCommand({ TableName: "things", Key: { pk: { S: id + 1 } }, ConsistentRead: true }));
  return { item: Item.pk.S, at: Date.now(), chance: Math.random() };
};`;

describe("The deterministic runner", () => {
  let b: Bench;
  beforeEach(async () => {
    b = await bench(7);
  });
  afterEach(() => b.close());

  it("answers as workers do: values, errors, missing modules and handlers, exits, callbacks", async () => {
    await b.fn(
      "value",
      "exports.handler = async (event, context) => [event.a, process.env.KEY, context.functionName]",
      {
        environment: { variables: { KEY: "v" } },
      },
    );
    await b.fn("error", "exports.handler = async () => { throw new RangeError('no'); }");
    await b.fn("module", "require('nowhere')");
    await b.fn("handler", "exports.other = 1");
    await b.fn("exit", "exports.handler = async () => process.exit(3)");
    await b.fn("callback", "exports.handler = (event, context, callback) => setImmediate(() => callback(null, 5))");
    expect((await b.invoke("value", { a: 1 })).payload).to.deep.equal([1, "v", "value"]);
    expect(await b.invoke("error")).to.have.nested.property("payload.errorType", "RangeError");
    expect(await b.invoke("module")).to.have.property("error", "Unhandled");
    expect(await b.invoke("handler")).to.have.nested.property("payload.errorType", "Runtime.HandlerNotFound");
    expect(await b.invoke("exit")).to.have.nested.property("payload.errorType", "Runtime.ExitError");
    expect((await b.invoke("callback")).payload).to.equal(5);
  });

  it("keeps the state of an environment apart from all others", async () => {
    const source = "globalThis.n = 10; let n = 0; exports.handler = async () => [++n, ++globalThis.n]";
    await b.fn("one", source);
    await b.fn("two", source);
    expect((await b.invoke("one")).payload).to.deep.equal([1, 11]);
    expect((await b.invoke("one")).payload).to.deep.equal([2, 12]);
    expect((await b.invoke("two")).payload).to.deep.equal([1, 11]);
    expect("n" in globalThis).to.equal(false);
  });

  it("leads dynamic imports to its own modules, and words that look like one nowhere", async () => {
    await b.fn(
      "imports",
      `const text = "import('nothing')"; // import("nothing")
      exports.handler = async () => {
        const { default: http, request } = await import("node:http");
        return [text, request === http.request, request === require("https").request];
      }`,
    );
    expect((await b.invoke("imports")).payload).to.deep.equal(["import('nothing')", true, true]);
  });

  it("lets functions sleep on the clock and stops them at their time-out", async () => {
    await b.fn(
      "sleep",
      `exports.handler = async ({ ms }) => {
        const from = Date.now();
        await new Promise((resolve) => setTimeout(resolve, ms));
        return [Date.now() - from, new Date().toISOString()];
      }`,
    );
    const short = b.invoke("sleep", { ms: 2500 });
    await b.clock.advance(2500);
    expect((await short).payload).to.deep.equal([2500, "2026-01-01T00:00:02.500Z"]);
    const long = b.invoke("sleep", { ms: 20_000 });
    await b.clock.advance(10_000);
    expect(await long).to.have.nested.property("payload.errorType", "Sandbox.Timedout");
  });

  it("ends the environment of a rejection that nobody handles", async () => {
    await b.fn("reject", "exports.handler = () => new Promise(() => { Promise.reject(new Error('lost')); });");
    const run = b.invoke("reject");
    await b.clock.settle();
    expect(await run).to.have.nested.property("payload.errorType", "Runtime.UnhandledPromiseRejection");
  });

  it("carries the SDK's calls without a socket, one at a time", async () => {
    await b.fn("write", writer);
    const { payload, error } = await b.invoke("write", { id: "a" });
    expect(error).to.equal(undefined);
    expect(payload).to.include({ item: "a1", at: b.clock.now() });
    const calls = b.cloud.trace.since().filter((event) => event.service === "dynamodb" && event.kind === "call");
    expect(calls.map((event) => event.name)).to.deep.equal(["PutItem", "PutItem", "PutItem", "GetItem"]);
    expect(new Set(calls.map((event) => event.cause)).size).to.equal(1);
  });

  it("lets a function call a function", async () => {
    const sdk = JSON.stringify(require.resolve("@aws-sdk/client-lambda"));
    await b.fn("write", writer);
    await b.fn(
      "caller",
      `const { LambdaClient, InvokeCommand } = require(${sdk});
      exports.handler = async () => {
        const answer = await new LambdaClient({}).send(new InvokeCommand({ FunctionName: "write", Payload: JSON.stringify({ id: "b" }) }));
        return JSON.parse(Buffer.from(answer.Payload).toString()).item;
      }`,
    );
    expect((await b.invoke("caller")).payload).to.equal("b1");
  });

  const campaign = async (seed: number, rules: readonly FaultRule[]): Promise<string[]> => {
    const run = await bench(seed);
    try {
      await run.fn("write", writer);
      run.cloud.faults = planOf(rules, run.cloud.random);
      const all = Promise.all(Array.from({ length: 6 }, (_, i) => run.invoke("write", { id: `p${i}-` })));
      await run.clock.advance(30_000);
      const outcomes = await all;
      return [
        ...run.cloud.trace
          .since()
          .map((event) => [event.kind, event.name, event.resource, event.error, event.time, event.cause].join(" ")),
        ...outcomes.map((outcome) => JSON.stringify(outcome).replace(/"trace":\[.*?\]/, "")),
      ];
    } finally {
      await run.close();
    }
  };

  it("replays a run exactly from its seed, faults included", async () => {
    const rules: FaultRule[] = (["throttle", "lost-request", "lost-reply", "crash-before", "crash-after"] as const).map(
      (kind) => ({ kind, on: "dynamodb:*", chance: 0.05 }),
    );
    const first = await campaign(11, rules);
    expect(await campaign(11, rules)).to.deep.equal(first);
    expect(await campaign(12, rules)).not.to.deep.equal(first);
    for (const kind of ["throttle", "lost-re", "crash-"]) {
      expect(
        first.some((line) => line.startsWith("fault") && line.includes(kind)),
        kind,
      ).to.equal(true);
    }
    expect(first.some((line) => line.includes("Runtime.ExitError"))).to.equal(true);
  });
});
