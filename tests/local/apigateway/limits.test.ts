import { expect } from "chai";
import { VirtualClock } from "../../../local/clock";
import type { Json } from "../../../local/service";
import { hasIdentity, judge } from "../../../local/services/apigateway/authorize";
import { Bucket } from "../../../local/services/apigateway/bucket";
import type { Handshake } from "../../../local/services/apigateway/connection";
import type { Authorizer } from "../../../local/services/apigateway/model";
import { routeKeyOf } from "../../../local/services/apigateway/select-route";
import { until } from "../../helpers/until";
import { gatewayRig, Refused, type Client, type GatewayRig } from "./harness";

const ok = "exports.handler = async () => ({ statusCode: 200 })";
const MINUTE = 60_000;

describe("Limits of WebSocket APIs", () => {
  let r: GatewayRig;
  beforeEach(async () => {
    r = await gatewayRig();
  });
  afterEach(() => r.close());
  const refusal = (attempt: Promise<Client>): Promise<number> =>
    attempt.then(
      () => 101,
      (error: unknown) => (error instanceof Refused ? error.status : Promise.reject(error as Error)),
    );
  const frames = (): number => r.cloud.trace.since().filter((event) => event.data?.["direction"] === "in").length;

  it("end a connection after ten silent minutes, which a frame of the client begins anew", async () => {
    await r.route("$default", ok);
    await r.deploy();
    const { connections } = r.gateway.gateway;
    const client = await r.connect();
    await r.clock.advance(10 * MINUTE - 1);
    client.socket.send("{}");
    await until(() => frames() === 2, "the frame");
    await r.clock.advance(10 * MINUTE - 1);
    expect(connections.size).to.equal(1);
    await r.clock.advance(1);
    expect(connections.size).to.equal(0);
    expect((await client.end()).code).to.equal(1001);
  });

  it("say in the access log why a frame was answered with an error: its rate, its time", async () => {
    await r.declare("aws:apigateway/account:Account", "account", { cloudwatchRoleArn: "arn:aws:iam::1:role/logs" });
    await r.route("slow", "exports.handler = () => new Promise((done) => setTimeout(done, 50_000))");
    r.lambda.engine.configure("route1", { timeout: 60 });
    const destinationArn = "arn:aws:logs:us-east-1:123456789012:log-group:access:*";
    await r.deploy({
      accessLogSettings: { destinationArn, format: "$context.routeKey $context.status $context.requestId" },
      defaultRouteSettings: { throttlingBurstLimit: 2, throttlingRateLimit: 1 },
    });
    const client = await r.connect();
    client.socket.send('{"action":"slow"}');
    await until(() => r.cloud.trace.since().some(({ kind }) => kind === "invoke"), "the run");
    client.socket.send('{"action":"none"}');
    await client.until(1);
    await r.clock.advance(29_000);
    const messages = (await client.until(2)).map((frame) => (JSON.parse(frame) as Json)["message"]);
    expect(messages).to.deep.equal(["Too Many Requests", "Endpoint request timed out"]);
    const lines = r.logs.filter((entry) => entry.group === "access").map((entry) => entry.line.replace(/ \S+$/, ""));
    expect(lines).to.deep.equal(["$connect 200", "$default 429", "slow 504"]);
  });

  it("refuse a handshake whose $connect takes longer than 29 s", async () => {
    await r.route("$connect", "exports.handler = () => new Promise((done) => setTimeout(done, 50_000))");
    r.lambda.engine.configure("route1", { timeout: 60 });
    await r.deploy();
    const refused = refusal(r.connect());
    await until(() => r.cloud.trace.since().some(({ kind }) => kind === "invoke"), "the run");
    await r.clock.advance(29_000);
    expect(await refused).to.equal(504);
  });

  it("count a frame per 32 KB begun, and a connection per minute begun", async () => {
    await r.route("$default", ok);
    await r.deploy();
    const client = await r.connect();
    const before = r.cloud.meter.snapshot().units["apigatewayv2.websocket.message"] ?? 0;
    for (const bytes of [1, 32 * 1024, 32 * 1024 + 1]) {
      const [ConnectionId] = [...r.gateway.gateway.connections.keys()];
      await r.call("PostToConnection", { ConnectionId, Data: Buffer.alloc(bytes, "x").toString("base64") });
    }
    await client.until(3);
    await r.clock.advance(61_000);
    client.socket.close();
    await client.end();
    await until(() => r.gateway.gateway.connections.size === 0, "the end");
    const { units } = r.cloud.meter.snapshot();
    expect(units["apigatewayv2.websocket.message"]).to.equal(before + 4);
    expect(units["apigatewayv2.websocket.connectionMinute"]).to.equal(2);
  });

  it("keep an answer back where the route has an expression and no response", async () => {
    const echo = "exports.handler = async (event) => ({ statusCode: 200, body: event.body })";
    await r.route("half", echo, { routeResponseSelectionExpression: "$default" });
    await r.deploy();
    const client = await r.connect();
    client.socket.send('{"action":"half"}');
    await until(() => r.cloud.trace.since().some(({ data }) => data?.["ended"] === true), "the run");
    await r.clock.settle();
    expect(client.frames).to.deep.equal([]);
  });

  it("refuse a handshake for any status but 2xx, and beyond the account's rate of new connections", async () => {
    await r.route("$connect", "exports.handler = async () => ({ statusCode: 300 })");
    await r.deploy();
    expect(await refusal(r.connect())).to.equal(300);
    r.gateway.gateway.newConnectionsPerSecond = 1;
    expect(await refusal(r.connect())).to.equal(300);
    expect(await refusal(r.connect())).to.equal(429);
    await r.clock.advance(1_000);
    expect(await refusal(r.connect())).to.equal(300);
  });
});

describe("An authorizer's answer", () => {
  const methodArn = "arn:aws:execute-api:us-east-1:123456789012:api/play/$connect";
  const answer = (statements: readonly Json[], more: Json = {}): string =>
    JSON.stringify({ principalId: "ada", policyDocument: { Version: "2012-10-17", Statement: statements }, ...more });
  const statement = (Effect: string, Resource: string): Json => ({ Action: "execute-api:Invoke", Effect, Resource });

  it("admits by IAM's wildcards, and a Deny wins", () => {
    const verdict = (...statements: Json[]): string => judge(answer(statements), methodArn).kind;
    expect(verdict(statement("Allow", methodArn.replace("play", "pla?")))).to.equal("allow");
    expect(verdict(statement("Allow", methodArn.replace("play", "p?")))).to.equal("deny");
    expect(verdict(statement("Allow", "*"), statement("Deny", "arn:aws:execute-api:*/$connect"))).to.equal("deny");
    expect(verdict()).to.equal("deny");
  });

  it("has at most 8 KB", () => {
    const sized = (bytes: number): string => {
      const bare = answer([statement("Allow", "*")], { context: { pad: "" } });
      return answer([statement("Allow", "*")], { context: { pad: "x".repeat(bytes - bare.length) } });
    };
    expect(judge(sized(8 * 1024), methodArn).kind).to.equal("allow");
    expect(judge(sized(8 * 1024 + 1), methodArn).kind).to.equal("malformed");
  });

  it("is not asked for unless every identity source is there", () => {
    const identitySources = ["route.request.header.Authorization", "route.request.querystring.player"];
    const asked = (headers: Handshake["headers"], query: string): boolean =>
      hasIdentity(
        { identitySources } as unknown as Authorizer,
        { headers, query: new URLSearchParams(query) } as unknown as Handshake,
      );
    expect(asked([["authorization", "x"]], "player=ada")).to.equal(true);
    expect(asked([["authorization", "x"]], "player=")).to.equal(false);
    expect(asked([], "player=ada")).to.equal(false);
  });
});

describe("A token bucket", () => {
  it("fills up to its burst and no further", async () => {
    const clock = new VirtualClock();
    const bucket = new Bucket(clock, { rate: 2, burst: 3 });
    const taken = (): number => {
      let count = 0;
      while (bucket.take()) count++;
      return count;
    };
    expect(taken()).to.equal(3);
    await clock.advance(1_000);
    expect(taken()).to.equal(2);
    await clock.advance(60_000);
    expect(taken()).to.equal(3);
  });
});

describe("A selection expression", () => {
  it("takes text, numbers and booleans of any depth, and nothing else", () => {
    const select = (expression: string, body: unknown): string | undefined =>
      routeKeyOf(expression, JSON.stringify(body));
    expect(select("$request.body.action", { action: "say" })).to.equal("say");
    expect(select("${request.body.message.kind}", { message: { kind: 7 } })).to.equal("7");
    expect(select("$request.body.action", { action: true })).to.equal("true");
    for (const action of [null, {}, []]) expect(select("$request.body.action", { action })).to.equal(undefined);
    expect(select("$request.header.action", { action: "say" })).to.equal(undefined);
  });
});
