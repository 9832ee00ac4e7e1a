import { expect } from "chai";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { Front } from "../../../local/http/front";
import { HttpServer } from "../../../local/http/server";
import type { Json } from "../../../local/service";
import { iamService } from "../../../local/services/iam";
import { lambdaService } from "../../../local/services/lambda";
import { logsService } from "../../../local/services/logs";
import { sqsService } from "../../../local/services/sqs";

const sdk = (name: string): string => JSON.stringify(require.resolve(`@aws-sdk/${name}`));
const SECOND = 1_000;

/** Functions in workers, on a virtual clock, of which a call goes on only when time does. */
describe("Functions whose calls wait for time", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "waiting-"));
  const clock = new VirtualClock();
  const cloud = new Cloud({ clock, folder });
  const server = new HttpServer(new Front(cloud));
  let queueUrl: string;

  const declare = async (type: string, name: string, inputs: Json): Promise<Json> => {
    const service = [...cloud.services.values()].find(({ resourceTypes }) => type in resourceTypes)!;
    const made = await service.resourceTypes[type]!.create(inputs, {
      ...{ cloud, name, type, urn: `urn:pulumi:test::p::${type}::${name}` },
      physicalName: () => name,
    });
    return { id: made.id, ...made.state };
  };
  const invoke = async (name: string, payload: unknown = {}): Promise<Json> => {
    const input = { FunctionName: name, Payload: JSON.stringify(payload) };
    const answer = await cloud.call("lambda", "Invoke", input, cloud.operator);
    return JSON.parse(Buffer.from(String(answer["Payload"]), "base64").toString()) as Json;
  };
  const send = (body: string): Promise<unknown> =>
    cloud.call("sqs", "SendMessage", { QueueUrl: queueUrl, MessageBody: body }, cloud.operator);

  before(async () => {
    for (const make of [iamService, logsService, sqsService, lambdaService]) cloud.register(make(cloud));
    cloud.endpoint = await server.listen();
    const allow = (Action: string, rest: Json): string =>
      JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, ...rest }] });
    const role = await declare("aws:iam/role:Role", "worker", {
      assumeRolePolicy: allow("sts:AssumeRole", { Principal: { Service: "lambda.amazonaws.com" } }),
      inlinePolicies: [
        { name: "sqs", policy: allow("sqs:*", { Resource: "*" }) },
        { name: "lambda", policy: allow("lambda:InvokeFunction", { Resource: "*" }) },
      ],
    });
    const queue = await declare("aws:sqs/queue:Queue", "things", { name: "things" });
    queueUrl = String(queue["url"]);
    const fn = (name: string, source: string, timeout: number): Promise<Json> =>
      declare("aws:lambda/function:Function", name, {
        ...{ name, timeout, role: role["arn"], handler: "index.handler", memorySize: 256 },
        code: { assets: { "index.js": { text: source } } },
      });
    await fn(
      "receive",
      `const { SQSClient, ReceiveMessageCommand } = require(${sdk("client-sqs")});
      const sqs = new SQSClient({ maxAttempts: 1 });
      exports.handler = async ({ others = [] }) => {
        const from = Date.now();
        const receive = () => sqs.send(new ReceiveMessageCommand({ QueueUrl: ${JSON.stringify(queueUrl)}, WaitTimeSeconds: 20 }));
        const slept = Promise.all(others.map((ms) => new Promise((wake) => setTimeout(wake, ms))));
        const { Messages = [] } = await receive();
        await slept;
        return { bodies: Messages.map(({ Body }) => Body), took: Date.now() - from };
      };`,
      60,
    );
    await fn(
      "impatient",
      `const { SQSClient, ReceiveMessageCommand } = require(${sdk("client-sqs")});
      const sqs = new SQSClient({ maxAttempts: 1 });
      exports.handler = async () => {
        for (let tries = 1; ; tries++) {
          try {
            const patience = new AbortController();
            setTimeout(() => patience.abort(), 5000);
            const receive = new ReceiveMessageCommand({ QueueUrl: ${JSON.stringify(queueUrl)} });
            const { Messages = [] } = await sqs.send(receive, { abortSignal: patience.signal });
            return { bodies: Messages.map(({ Body }) => Body), tries };
          } catch (error) {
            if (error.name !== "AbortError") throw error;
          }
        }
      };`,
      60,
    );
    await fn("sleep", `exports.handler = ({ ms }) => new Promise((wake) => setTimeout(() => wake("slept"), ms));`, 60);
    await fn(
      "ask",
      `const { LambdaClient, InvokeCommand } = require(${sdk("client-lambda")});
      const lambda = new LambdaClient({});
      exports.handler = async () => {
        const from = Date.now();
        const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: "sleep", Payload: JSON.stringify({ ms: 9000 }) }));
        return { said: JSON.parse(Buffer.from(Payload).toString()), took: Date.now() - from };
      };`,
      60,
    );
  });
  after(async () => {
    await cloud.close();
    await server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    cloud.faults = () => undefined;
  });

  it("let it pass in a long poll that ends empty", async () => {
    const run = invoke("receive");
    await clock.advance(30 * SECOND);
    expect(await run).to.deep.equal({ bodies: [], took: 20 * SECOND });
  });

  it("go on at the very time at which a message comes, and hold time again", async () => {
    const run = invoke("receive", { others: [3 * SECOND, 12 * SECOND] });
    clock.setTimer(7 * SECOND, () => send("here"));
    await clock.advance(60 * SECOND);
    expect(await run).to.deep.equal({ bodies: ["here"], took: 12 * SECOND });
  });

  it("let it pass while another function sleeps for them", async () => {
    const run = invoke("ask");
    await clock.advance(30 * SECOND);
    expect(await run).to.deep.equal({ said: "slept", took: 9 * SECOND });
  });

  it("go on when their own patience with an answer ends", async () => {
    let asked = 0;
    cloud.faults = ({ operation }) => (operation === "ReceiveMessage" && ++asked === 1 ? "time-out-before" : undefined);
    await cloud.call("sqs", "PurgeQueue", { QueueUrl: queueUrl }, cloud.operator);
    await send("kept");
    const run = invoke("impatient");
    await clock.advance(30 * SECOND);
    expect(await run).to.deep.equal({ bodies: ["kept"], tries: 2 });
  });

  it("run into their time-out when no answer ever comes", async () => {
    cloud.faults = ({ operation }) => (operation === "ReceiveMessage" ? "time-out-before" : undefined);
    const run = invoke("receive");
    await clock.advance(61 * SECOND);
    expect((await run)["errorMessage"]).to.match(/Task timed out after 60\.00 seconds$/);
  });
});
