import { expect } from "chai";
import type { Json } from "../../../local/service";
import { until } from "../../helpers/until";
import { gatewayRig, Refused, type Client, type GatewayRig } from "./harness";

const ok = "exports.handler = async () => ({ statusCode: 200 })";
const logging =
  "exports.handler = async (event) => { console.log('event ' + JSON.stringify(event)); return { statusCode: 200 }; }";
const allow = (effect: string, more = ""): string => `exports.handler = async (event) => {
  console.log('auth ' + JSON.stringify(event));
  return { principalId: "ada", policyDocument: { Version: "2012-10-17", Statement: [{ Action: "execute-api:Invoke", Effect: "${effect}", Resource: event.methodArn }] },
    context: { level: 7, admin: false, name: "Ada" }${more} };
}`;

describe("WebSocket APIs", () => {
  let r: GatewayRig;
  beforeEach(async () => {
    r = await gatewayRig();
  });
  afterEach(() => r.close());

  const logged = (word: string): Json[] =>
    r.logs.flatMap((entry) => {
      const text = entry.line.split(`\t${word} `)[1];
      return text === undefined ? [] : [JSON.parse(text) as Json];
    });
  const refusal = (attempt: Promise<Client>): Promise<number> =>
    attempt.then(
      () => 101,
      (error: unknown) => (error instanceof Refused ? error.status : Promise.reject(error as Error)),
    );
  const contextOf = (event: Json): Json => event["requestContext"] as Json;
  const settled = async (fact: () => boolean): Promise<void> => {
    await until(fact, "what the frame comes to");
    await r.clock.settle();
  };

  it("tells functions of connect, message and disconnect in AWS's shapes", async () => {
    await r.route("$connect", logging);
    await r.route("$disconnect", logging);
    await r.route("say", logging);
    await r.deploy();
    const client = await r.connect({ path: "/play?a=1&a=2", headers: { "User-Agent": "game/1" } });
    client.socket.send('{"action":"say","text":"hi"}');
    await settled(() => logged("event").length === 2);
    client.socket.close(1000, "bye");
    await client.end();
    await settled(() => logged("event").length === 3);
    const [connected, message, disconnected] = logged("event") as [Json, Json, Json];
    const id = contextOf(connected)["connectionId"];
    const apiId = r.api["id"] as string;
    expect(contextOf(connected)).to.include({
      routeKey: "$connect",
      eventType: "CONNECT",
      messageDirection: "IN",
      stage: "play",
      apiId,
      domainName: `${apiId}.execute-api.us-east-1.amazonaws.com`,
      connectedAt: r.clock.now(),
      requestTimeEpoch: r.clock.now(),
      requestTime: "01/Jan/2026:00:00:00 +0000",
    });
    expect(contextOf(connected)["identity"]).to.deep.equal({ userAgent: "game/1", sourceIp: "127.0.0.1" });
    expect(connected["headers"]).to.include({ "User-Agent": "game/1", "Sec-WebSocket-Version": "13" });
    expect(connected["queryStringParameters"]).to.deep.equal({ a: "2" });
    expect(connected["multiValueQueryStringParameters"]).to.deep.equal({ a: ["1", "2"] });
    expect(connected).to.include({ isBase64Encoded: false });
    expect(message).to.include({ body: '{"action":"say","text":"hi"}', isBase64Encoded: false });
    expect(message).not.to.have.property("headers");
    expect(contextOf(message)).to.include({ routeKey: "say", eventType: "MESSAGE", connectionId: id });
    expect(contextOf(message)["messageId"]).to.be.a("string");
    expect(contextOf(disconnected)).to.include({
      routeKey: "$disconnect",
      eventType: "DISCONNECT",
      connectionId: id,
      disconnectStatusCode: 1000,
      disconnectReason: "bye",
    });
  });

  it("answers 403 at a stage without deployment, at an unknown one, and to routes made after the deployment", async () => {
    await r.declare("aws:apigatewayv2/stage:Stage", "bare", { apiId: r.api["id"], name: "bare" });
    await r.route("$default", ok);
    await r.deploy();
    await r.route("late", "exports.handler = async () => { console.log('late'); return { statusCode: 200 }; }");
    expect(await refusal(r.connect({ path: "/bare" }))).to.equal(403);
    expect(await refusal(r.connect({ path: "/none" }))).to.equal(403);
    const client = await r.connect();
    client.socket.send('{"action":"late"}');
    await settled(() =>
      r.cloud.trace.since().some((event) => event.kind === "state" && event.data?.["ended"] === true),
    );
    expect(r.logs.some((entry) => entry.line.includes("late"))).to.equal(false);
  });

  describe("with an authorizer", () => {
    const guarded = async (source: string): Promise<void> => {
      const fn = await r.fn("guard", source);
      const authorizer = await r.declare("aws:apigatewayv2/authorizer:Authorizer", "guard", {
        apiId: r.api["id"],
        authorizerType: "REQUEST",
        authorizerUri: fn["invokeArn"],
        identitySources: ["route.request.header.Sec-WebSocket-Protocol"],
      });
      const inputs = { authorizationType: "CUSTOM", authorizerId: authorizer["id"] };
      await r.route(
        "$connect",
        `exports.handler = async (event) => { console.log('event ' + JSON.stringify(event.requestContext.authorizer));
          return { statusCode: 200, headers: { "sec-websocket-protocol": "game.v1" } }; }`,
        inputs,
      );
      await r.route("$default", logging);
      await r.deploy();
    };
    const protocols = ["game.v1", "bearer.secret-token"];

    it("lets in whom the policy allows, chooses the subprotocol, and hands the context to every event", async () => {
      await guarded(allow("Allow"));
      const client = await r.connect({ protocols });
      expect(client.socket.protocol).to.equal("game.v1");
      const context = { principalId: "ada", level: "7", admin: "false", name: "Ada" };
      expect(logged("event")[0]).to.deep.equal(context);
      const [asked] = logged("auth");
      const methodArn = `${String(r.api["executionArn"])}/play/$connect`;
      expect(asked).to.include({ type: "REQUEST", methodArn });
      client.socket.send("{}");
      await settled(() => logged("event").length === 2);
      expect(contextOf(logged("event")[1]!)["authorizer"]).to.deep.equal(context);
      const calls = r.cloud.trace.since().filter((event) => event.name === "Invoke" && event.service === "lambda");
      expect(calls.map((call) => call.principal)).to.deep.equal(Array(3).fill("apigateway.amazonaws.com"));
    });

    it("keeps the token out of the trace and of the access log", async () => {
      await r.declare("aws:apigateway/account:Account", "account", { cloudwatchRoleArn: "arn:aws:iam::1:role/logs" });
      await guarded(allow("Allow").replace(/console.log.*;/, ""));
      const format = "$context.requestId $context.routeKey $context.status $context.authorizer.name $context.nothing";
      const destinationArn = "arn:aws:logs:us-east-1:123456789012:log-group:access:*";
      await r.deploy({ accessLogSettings: { destinationArn, format } });
      await r.connect({ protocols });
      const lines = r.logs.filter((entry) => entry.group === "access").map((entry) => entry.line);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(/^\S+ \$connect 200 Ada -$/);
      expect(JSON.stringify(r.cloud.trace.since())).not.to.contain("secret-token");
      expect(JSON.stringify(r.logs)).not.to.contain("secret-token");
    });

    it("refuses with 401, 403 or 500 as the authorizer has it", async () => {
      await guarded(allow("Deny"));
      expect(await refusal(r.connect())).to.equal(401);
      expect(r.logs).to.deep.equal([]);
      expect(await refusal(r.connect({ protocols }))).to.equal(403);
      const change = (source: string): unknown =>
        r.lambda.updateCode("guard", new Map([["index.js", Buffer.from(source)]]));
      change("exports.handler = async () => { throw new Error('Unauthorized'); }");
      expect(await refusal(r.connect({ protocols }))).to.equal(401);
      change("exports.handler = async () => { throw new Error('broken'); }");
      expect(await refusal(r.connect({ protocols }))).to.equal(500);
      change("exports.handler = async () => ({ isAuthorized: true })");
      expect(await refusal(r.connect({ protocols }))).to.equal(500);
      change(allow("Allow").replace("level: 7", "level: { deep: 1 }"));
      expect(await refusal(r.connect({ protocols }))).to.equal(500);
      expect(logged("event")).to.deep.equal([]);
      r.denied.add("lambda:InvokeFunction");
      change(allow("Allow"));
      expect(await refusal(r.connect({ protocols }))).to.equal(500);
    });
  });

  it("refuses the handshake with the status of $connect, and with 502 when it fails", async () => {
    await r.route(
      "$connect",
      "exports.handler = async (event) => event.queryStringParameters ? { statusCode: 418 } : {}",
    );
    await r.deploy();
    expect(await refusal(r.connect({ path: "/play?x=1" }))).to.equal(418);
    expect(await refusal(r.connect())).to.equal(502);
  });

  it("routes by the selection expression, else to $default, never to its own routes", async () => {
    const named = (name: string): string =>
      `exports.handler = async () => { console.log('event "${name}"'); return { statusCode: 200 }; }`;
    await r.route("$connect", ok);
    await r.route("$default", named("default"));
    await r.route("say", named("say"));
    await r.deploy();
    const client = await r.connect();
    for (const body of ["no json", "{}", '{"action":"none"}', '{"action":{"a":1}}', '{"action":"$connect"}', "[]"]) {
      const before = logged("event").length;
      client.socket.send(body);
      await settled(() => logged("event").length === before + 1);
      expect(logged("event").at(-1), body).to.equal("default");
    }
    client.socket.send('{"action":"say"}');
    await settled(() => logged("event").length === 7);
    expect(logged("event").at(-1)).to.equal("say");
  });

  it("sends the answer back only where a route response is declared", async () => {
    const echo = "exports.handler = async (event) => ({ statusCode: 200, body: 'got ' + event.body })";
    await r.route("quiet", echo);
    const route = await r.route("loud", echo, { routeResponseSelectionExpression: "$default" });
    await r.declare("aws:apigatewayv2/routeResponse:RouteResponse", "loud", {
      apiId: r.api["id"],
      routeId: route["id"],
      routeResponseKey: "$default",
    });
    await r.deploy();
    const client = await r.connect();
    client.socket.send('{"action":"quiet"}');
    client.socket.send('{"action":"loud"}');
    await client.until(1);
    await r.clock.settle();
    expect(client.frames).to.deep.equal(['got {"action":"loud"}']);
  });

  it("answers with an error frame when the function fails, is missing, or the limit is reached", async () => {
    await r.route("fail", "exports.handler = async () => { throw new Error('x'); }");
    await r.route("say", ok);
    await r.deploy({
      defaultRouteSettings: { throttlingBurstLimit: 2, throttlingRateLimit: 1 },
      routeSettings: [{ routeKey: "say" }],
    });
    const client = await r.connect();
    client.socket.send('{"action":"fail"}');
    const [first] = await client.until(1);
    expect(JSON.parse(first!)).to.include({ message: "Internal server error" });
    expect(JSON.parse(first!)).to.have.all.keys("message", "connectionId", "requestId");
    client.socket.send('{"action":"unknown"}');
    client.socket.send('{"action":"fail"}');
    client.socket.send('{"action":"say"}');
    const messages = (await client.until(4)).slice(1).map((frame) => (JSON.parse(frame) as Json)["message"]);
    // Settings of a route without limits send zeros: nothing passes.
    expect(messages).to.deep.equal(["Too Many Requests", "Too Many Requests", "Too Many Requests"]);
    await r.clock.advance(2000);
    client.socket.send('{"action":"unknown"}');
    expect(JSON.parse((await client.until(5))[4]!)).to.include({ message: "Forbidden" });
  });

  it("closes for frames over 32 KB, messages over 128 KB and binary frames", async () => {
    await r.route("$default", ok);
    await r.deploy();
    const large = await r.connect();
    large.socket.send("x".repeat(32 * 1024 + 1));
    expect((await large.end()).code).to.equal(1009);
    const binary = await r.connect();
    binary.socket.send(Buffer.from([1, 2]));
    expect((await binary.end()).code).to.equal(1003);
    const many = await r.connect();
    for (let i = 0; i < 5; i++) many.socket.send("x".repeat(30 * 1024), { fin: i === 4 });
    expect((await many.end()).code).to.equal(1009);
    const fits = await r.connect();
    for (let i = 0; i < 4; i++) fits.socket.send("x".repeat(32 * 1024), { fin: i === 3 });
    await settled(() => r.cloud.trace.since().some((event) => event.data?.["bytes"] === 128 * 1024));
    expect(fits.closed).to.equal(undefined);
  });

  it("closes after ten idle minutes and after two hours, as going away", async () => {
    await r.route("$disconnect", logging);
    await r.route("$default", ok);
    await r.deploy();
    const idle = await r.connect();
    const busy = await r.connect();
    const [, second] = [...r.gateway.gateway.connections.values()];
    await r.clock.advance(6 * 60_000);
    await r.call("PostToConnection", { ConnectionId: second!.id, Data: Buffer.from("tick") });
    await r.clock.advance(5 * 60_000);
    expect(await idle.end()).to.deep.equal({ code: 1001, reason: "Going away" });
    for (let minutes = 11; minutes < 125; minutes += 6) {
      await r.call("PostToConnection", { ConnectionId: second!.id, Data: Buffer.from("tick") });
      await r.clock.advance(6 * 60_000);
    }
    expect(await busy.end()).to.deep.equal({ code: 1001, reason: "Going away" });
    await settled(() => logged("event").length === 2);
    expect(contextOf(logged("event")[1]!)).to.include({ disconnectStatusCode: 1001, disconnectReason: "Going away" });
    const life = r.clock.now() - second!.connectedAt;
    expect(life).to.be.within(2 * 3_600_000, 2 * 3_600_000 + 6 * 60_000);
  });

  it("can lose the disconnect event on demand", async () => {
    await r.route("$disconnect", logging);
    await r.deploy();
    r.gateway.gateway.losesDisconnect = () => true;
    const client = await r.connect();
    client.socket.close();
    await client.end();
    await settled(() => r.gateway.gateway.connections.size === 0);
    expect(logged("event")).to.deep.equal([]);
    expect(r.cloud.trace.since().find((event) => event.kind === "fault")).to.include({ error: "lost-disconnect" });
  });

  describe("@connections", () => {
    const onlyId = (): string => [...r.gateway.gateway.connections.keys()][0]!;
    const code = (call: Promise<unknown>): Promise<unknown> =>
      call.then(
        () => "done",
        (error: unknown) => (error as { code: string }).code,
      );

    it("posts, describes and closes", async () => {
      await r.route("$default", ok);
      await r.deploy();
      const client = await r.connect({ headers: { "user-agent": "game/1" } });
      const id = onlyId();
      await r.call("PostToConnection", { ConnectionId: id, Data: Buffer.from("héllo").toString("base64") });
      expect(await client.until(1)).to.deep.equal(["héllo"]);
      const start = new Date(r.clock.now()).toISOString();
      expect(await r.call("GetConnection", { ConnectionId: id })).to.deep.equal({
        connectedAt: start,
        identity: { sourceIp: "127.0.0.1", userAgent: "game/1" },
        lastActiveAt: start,
      });
      await r.call("DeleteConnection", { ConnectionId: id });
      expect((await client.end()).code).to.equal(1000);
      expect(await code(r.call("PostToConnection", { ConnectionId: id, Data: "" }))).to.equal("GoneException");
    });

    it("asks for the right on the connection's own ARN, also when it is gone", async () => {
      await r.route("$default", ok);
      await r.deploy();
      const client = await r.connect();
      const id = onlyId();
      client.socket.close();
      await client.end();
      await settled(() => r.gateway.gateway.connections.size === 0);
      r.denied.add("execute-api:ManageConnections");
      expect(await code(r.call("PostToConnection", { ConnectionId: id, Data: "" }))).to.equal("AccessDeniedException");
      const refused = r.cloud.trace.since().find((event) => event.kind === "denied")!;
      expect(refused.resource).to.equal(`${String(r.api["executionArn"])}/play/POST/@connections/${id}`);
    });

    it("refuses what is too large", async () => {
      await r.route("$default", ok);
      await r.deploy();
      await r.connect();
      const id = onlyId();
      const Data = Buffer.alloc(128 * 1024 + 1);
      expect(await code(r.call("PostToConnection", { ConnectionId: id, Data }))).to.equal("PayloadTooLargeException");
    });

    it("answers 410 while $connect has not returned", async () => {
      await r.route(
        "$connect",
        "exports.handler = () => new Promise((resolve) => setTimeout(() => resolve({ statusCode: 200 }), 1000))",
      );
      await r.deploy();
      const attempt = r.connect();
      await settled(() => r.cloud.trace.since().some((event) => event.kind === "invoke"));
      expect(r.gateway.gateway.connections.size).to.equal(0);
      expect(await code(r.call("PostToConnection", { ConnectionId: "x", Data: "" }))).to.equal("GoneException");
      await r.clock.advance(1500);
      await attempt;
      expect(r.gateway.gateway.connections.size).to.equal(1);
    });
  });

  it("refuses declarations that AWS refuses", async () => {
    const failure = (type: string, inputs: Json): Promise<string> =>
      r.declare(type, "x", { apiId: r.api["id"], ...inputs }).then(
        () => "made",
        (error: unknown) => (error as Error).message,
      );
    expect(await failure("aws:apigatewayv2/deployment:Deployment", {})).to.equal(
      "At least one route is required before deploying the Api",
    );
    const accessLogSettings = { destinationArn: "arn:aws:logs:us-east-1:1:log-group:a", format: "$context.requestId" };
    expect(await failure("aws:apigatewayv2/stage:Stage", { accessLogSettings })).to.equal(
      "CloudWatch Logs role ARN must be set in account settings to enable logging",
    );
    expect(await failure("aws:apigatewayv2/authorizer:Authorizer", { authorizerResultTtlInSeconds: 0 })).to.equal(
      "AuthorizerResultTtlInSeconds cannot be set for WEBSOCKET protocol Apis",
    );
    expect(await failure("aws:apigatewayv2/stage:Stage", { routeSettings: [{ routeKey: "none" }] })).to.equal(
      "Unable to find Route by key none within the provided RouteSettings",
    );
  });
});
