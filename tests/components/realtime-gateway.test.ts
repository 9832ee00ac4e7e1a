import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { deflateRawSync } from "node:zlib";
import { filesOf, type PulumiAsset } from "../../local/services/lambda/code";
import { ACTIONS } from "../../components/realtime-gateway/protocol";
import { RealtimeGateway, type RealtimeGatewayArgs } from "../../components/realtime-gateway/realtime-gateway";
import { LambdaFunction } from "../../components/shared/callback";
import { EncryptionKey } from "../../components/shared/encryption";
import { ArgumentError } from "../../components/shared/errors";
import { find, grants, record, unwatched, valueOf, type Declared } from "./declared";

const auth = { issuer: "https://id.example.com", audience: "game" };
const READ_KEY = ["kms:Decrypt gateway-key-key"];
const WRITE_KEY = ["Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"].map(
  (action) => `kms:${action} gateway-key-key`,
);
const on = (resource: string, service: string, ...actions: string[]) =>
  actions.map((action) => `${service}:${action} ${resource}`);
const presence = (...actions: string[]) => on("gateway-presence", "dynamodb", ...actions);
const players = (...actions: string[]) => on("gateway-players", "dynamodb", ...actions);
const DROP = presence("UpdateItem", "Query", "BatchGetItem", "BatchWriteItem");
const SEND = on("gateway-checks-queue", "sqs", "SendMessage");

describe("RealtimeGateway", function () {
  this.timeout(60_000);
  const declared: Declared[] = [];
  let gateway: RealtimeGateway;
  let key: EncryptionKey;
  let dependencies: string[];

  before(async () => {
    await record(declared);
    gateway = new RealtimeGateway("gateway", { auth });
    const pusher = gateway.pusher();
    gateway.route(
      "guild.join",
      { type: "object", properties: { guild: { type: "string" } }, required: ["guild"], additionalProperties: false },
      async (context, body) => {
        await pusher.push(context.playerId, { guild: body.guild });
        return { joined: body.guild };
      },
    );
    gateway.route("guild.leave", { type: "object" }, async () => ({ left: true }));
    gateway.onPlayerEvent("level-up", async () => undefined);
    gateway.onPlayerEvent("level-up", async () => undefined);
    key = new EncryptionKey("shared");
    new RealtimeGateway("bare", {
      auth,
      key,
      protect: false,
      monitoring: { alarms: "essential" },
      manageAccountLogging: true,
    });
    await pulumi.runtime.disconnect();
    dependencies = declared.map(({ type, name }) => `${type} ${name}`);
  });

  const of = (type: string) => declared.filter((one) => one.type === type && one.name.startsWith("gateway"));
  const functions = () => of("aws:lambda/function:Function");

  it("declares every child under its own name, once", () => {
    const own = declared.filter(({ type }) => type.startsWith("aws:"));
    expect(own.filter(({ name }) => !/^(gateway|bare|shared)-/.test(name))).to.deep.equal([]);
    const twice = dependencies.filter((one, i) => dependencies.indexOf(one) !== i);
    expect(twice).to.deep.equal([]);
  });

  it("protects both tables", () => {
    for (const suffix of ["players", "presence"]) {
      expect(find(declared, `gateway-${suffix}`).inputs).to.deep.include({
        billingMode: "PAY_PER_REQUEST",
        hashKey: "pk",
        rangeKey: "sk",
        deletionProtectionEnabled: true,
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: {
          enabled: true,
          kmsKeyArn: "arn:aws:test:us-east-1:123456789012:gateway-key-key",
        },
      });
    }
    expect(find(declared, "gateway-presence").inputs).to.deep.include({
      ttl: { enabled: true, attributeName: "expiresAt" },
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
    });
    expect(find(declared, "gateway-players").inputs).not.to.have.any.keys("ttl", "streamEnabled");
  });

  it("authorizes $connect alone, by the subprotocol header, without a result TTL", () => {
    const { inputs } = find(declared, "gateway-authorizer");
    expect(inputs["authorizerType"]).to.equal("REQUEST");
    expect(inputs["identitySources"]).to.deep.equal(["route.request.header.Sec-WebSocket-Protocol"]);
    expect(inputs).not.to.have.any.keys("authorizerResultTtlInSeconds", "authorizerPayloadFormatVersion");
    const authorized = of("aws:apigatewayv2/route:Route").filter(
      ({ inputs: route }) => route["authorizationType"] === "CUSTOM",
    );
    expect(authorized.map(({ inputs: route }) => route["routeKey"])).to.deep.equal(["$connect"]);
  });

  it("has a two-way route for every action, and one-way ones for connect and disconnect", () => {
    const routes = of("aws:apigatewayv2/route:Route");
    const keys = routes.map(({ inputs }) => String(inputs["routeKey"])).sort();
    expect(keys).to.deep.equal(
      ["$connect", "$default", "$disconnect", "guild.join", "guild.leave", ...Object.keys(ACTIONS)].sort(),
    );
    const twoWay = routes.filter(({ inputs }) => inputs["routeResponseSelectionExpression"] === "$default");
    expect(twoWay.length).to.equal(keys.length - 2);
    const responses = of("aws:apigatewayv2/routeResponse:RouteResponse").map(({ inputs }) => inputs["routeId"]);
    expect(responses.sort()).to.deep.equal(twoWay.map(({ name }) => `${name}-id`).sort());
  });

  it("lets API Gateway call each function for exactly its routes", () => {
    const permissions = of("aws:lambda/permission:Permission");
    const keys = of("aws:apigatewayv2/route:Route").map(({ inputs }) => `/live/${String(inputs["routeKey"])}`);
    const arns = permissions.map(({ inputs }) => String(inputs["sourceArn"]).replace("undefined", ""));
    expect(arns.sort()).to.deep.equal([...keys, "/authorizers/gateway-authorizer-id"].sort());
    for (const { inputs } of permissions) {
      expect([inputs["action"], inputs["principal"]]).to.deep.equal([
        "lambda:InvokeFunction",
        "apigateway.amazonaws.com",
      ]);
    }
  });

  it("throttles and logs the stage, without payloads and without headers", () => {
    const { inputs } = find(declared, "gateway-stage");
    expect(inputs).to.include({ name: "live", deploymentId: "gateway-deployment-id" });
    expect(inputs["defaultRouteSettings"]).to.deep.equal({
      throttlingBurstLimit: 1_000,
      throttlingRateLimit: 2_000,
      loggingLevel: "ERROR",
      dataTraceEnabled: false,
      detailedMetricsEnabled: false,
    });
    const { format } = inputs["accessLogSettings"] as { format: string };
    expect(
      Object.values(JSON.parse(format) as Record<string, string>).filter((value) => /header|body/i.test(value)),
    ).to.deep.equal([]);
    expect(format).to.contain("$context.requestId").and.to.contain("$context.extendedRequestId");
    expect(find(declared, "gateway-execution-logs").inputs["name"]).to.equal("/aws/apigateway/gateway-api-id/live");
    expect(Object.keys(find(declared, "gateway-deployment").inputs["triggers"] as object)).to.deep.equal(["sha"]);
  });

  it("leaves the account's logging role alone unless it is told to own it", () => {
    expect(declared.filter(({ type }) => type.includes("Account")).map(({ name }) => name)).to.deep.equal([
      "bare-account-logs",
    ]);
    expect(find(declared, "bare-account-logs-rights").inputs["policyArn"]).to.equal(
      "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    );
  });

  const expected: Readonly<Record<string, readonly string[]>> = {
    authorize: [],
    connect: [],
    default: [],
    disconnect: [...DROP, ...SEND, ...WRITE_KEY],
    hello: [...DROP, ...players("Query", "UpdateItem"), ...SEND, ...WRITE_KEY],
    ping: [...presence("UpdateItem"), ...WRITE_KEY],
    friends: [
      ...players("BatchGetItem", "Query", "PutItem", "DeleteItem", "ConditionCheckItem"),
      ...presence("GetItem", "BatchGetItem", "Query", "BatchWriteItem", "PutItem", "DeleteItem"),
      ...WRITE_KEY,
    ],
    profile: [...players("GetItem", "UpdateItem"), ...presence("GetItem"), ...WRITE_KEY],
    event: [...presence("GetItem", "PutItem"), ...WRITE_KEY],
    "serve-profile": [
      ...players("GetItem", "UpdateItem"),
      ...WRITE_KEY,
      ...on("gateway-failures", "sqs", "SendMessage"),
    ],
    "serve-event": [...presence("PutItem"), ...WRITE_KEY, ...on("gateway-failures", "sqs", "SendMessage")],
    check: [
      ...DROP,
      ...SEND,
      ...on("gateway-checks-queue", "sqs", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
      ...WRITE_KEY,
    ],
    notify: [
      ...DROP,
      ...players("BatchGetItem"),
      ...SEND,
      ...on("gateway-failures", "sqs", "SendMessage"),
      ...on("gateway-player-events", "sns", "Publish"),
      ...on("gateway-presence/stream", "dynamodb", "DescribeStream", "GetRecords", "GetShardIterator"),
      "dynamodb:ListStreams *",
      "execute-api:ManageConnections undefined/live/POST/@connections/*",
      ...WRITE_KEY,
    ],
    redrive: [
      ...on("gateway-failures", "sqs", "ReceiveMessage", "DeleteMessage"),
      ...on("gateway-presence/stream", "dynamodb", "GetRecords", "GetShardIterator"),
      ...["notify", "serve-profile", "serve-event"].flatMap((fn) => on(`gateway-${fn}`, "lambda", "InvokeFunction")),
    ],
    "route-guild-leave": presence("GetItem"),
    "route-guild-join": [
      ...presence("GetItem", "UpdateItem"),
      "execute-api:ManageConnections undefined/live/POST/@connections/*",
      ...WRITE_KEY,
    ],
    "on-level-up-react": on(
      "gateway-on-level-up-queue",
      "sqs",
      "ReceiveMessage",
      "DeleteMessage",
      "GetQueueAttributes",
    ),
    "on-level-up-2-react": on(
      "gateway-on-level-up-2-queue",
      "sqs",
      "ReceiveMessage",
      "DeleteMessage",
      "GetQueueAttributes",
    ),
  };
  for (const [suffix, rights] of Object.entries(expected)) {
    it(`gives ${suffix} exactly its rights`, () => {
      const granted = grants(declared, `gateway-${suffix}`).filter((right) => right !== READ_KEY[0]);
      expect(granted).to.deep.equal([...new Set(rights)].sort());
    });
  }

  it("names the rights of every function", () => {
    const names = functions().map(({ name }) => name.replace("gateway-", ""));
    expect(names.sort()).to.deep.equal(Object.keys(expected).sort());
  });

  it("keeps every archive below 150 KB", async () => {
    for (const { name, inputs } of functions()) {
      const text = (await filesOf(inputs["code"] as PulumiAsset)).get("index.js")?.toString("utf8") ?? "";
      expect([name, text.length > 100, deflateRawSync(text).length <= 150 * 1024]).to.deep.equal([name, true, true]);
    }
  });

  it("reads the stream by one mapping, bounded, and the checks by another", () => {
    const mappings = of("aws:lambda/eventSourceMapping:EventSourceMapping");
    expect(mappings.map(({ name }) => name).sort()).to.deep.equal([
      "gateway-checks",
      "gateway-notices",
      "gateway-on-level-up-2-messages",
      "gateway-on-level-up-messages",
    ]);
    const { inputs } = find(declared, "gateway-notices");
    expect(inputs).to.deep.include({
      startingPosition: "TRIM_HORIZON",
      functionResponseTypes: ["ReportBatchItemFailures"],
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 8,
      maximumRecordAgeInSeconds: 21_600,
    });
    expect((inputs["filterCriteria"] as { filters: unknown[] }).filters).to.have.length(2);
  });

  it("gives each reaction a filtered subscription, with somewhere to leave what cannot be delivered", () => {
    const subscriptions = of("aws:sns/topicSubscription:TopicSubscription");
    for (const { inputs } of subscriptions) {
      expect(inputs).to.deep.include({
        protocol: "sqs",
        rawMessageDelivery: true,
        filterPolicy: '{"event":["level-up"]}',
      });
      expect(String(inputs["redrivePolicy"])).to.contain("gateway-undelivered");
    }
    expect(subscriptions).to.have.length(2);
    expect(find(declared, "gateway-undelivered-policy").inputs["policy"]).to.contain("sns.amazonaws.com");
  });

  it("tells the stream's reader which events somebody reacts to", () => {
    const variables = (name: string) =>
      (find(declared, name, "lambda").inputs["environment"] as { variables: object }).variables;
    expect(variables("gateway-notify")).to.include({ CONFIG_SUBSCRIBED: "level-up" });
    expect(variables("bare-notify")).to.include({ CONFIG_SUBSCRIBED: "-" });
  });

  it("watches itself: everything by default, at most three alarms where only losses count", () => {
    const alarms = (prefix: string) =>
      declared
        .filter(({ type, name }) => type.endsWith(":MetricAlarm") && name.startsWith(prefix))
        .map(({ name }) => name);
    expect(alarms("bare").sort()).to.deep.equal(["bare-checks-dlq", "bare-failures", "bare-notices-iterator-age"]);
    expect(alarms("gateway").length).to.be.greaterThan(20);
    expect(gateway.widgets().map(({ title }) => title)).to.deep.equal([
      "Connections and frames",
      "Refused and failed",
      "Age of notices",
      "Notices, checks, reactions: given up",
    ]);
    const widget = gateway.widgets().at(-1);
    expect(widget?.metrics.map(({ label }) => label)).to.deep.equal([
      "notices, calls of game servers",
      "checks",
      "undelivered",
      "on-level-up",
      "on-level-up-2",
    ]);
  });

  it("watches every queue in which something can be left lying", () => {
    expect(unwatched(declared, "gateway")).to.deep.equal([]);
  });

  it("offers what other components need", async () => {
    expect(await valueOf(gateway.directory.tableName)).to.equal("gateway-players");
    expect(gateway.directory.attributes).to.include({ email: "string", lastActiveAt: "epochSeconds" });
    expect(gateway.protocol).to.equal("games-messaging.v1");
    expect([gateway.profileFunction, gateway.eventFunction].every((fn) => fn instanceof LambdaFunction)).to.equal(true);
  });

  describe("wrong arguments", () => {
    const wrong: readonly (readonly [Partial<RealtimeGatewayArgs>, string])[] = [
      [{ auth: { issuer: "http://id.example.com", audience: "game" } }, "auth.issuer"],
      [{ auth: { issuer: "nonsense", audience: "game" } }, "auth.issuer"],
      [{ auth: { ...auth, audience: "" } }, "auth.audience"],
      [{ auth: { ...auth, algorithms: ["HS256"] } }, "auth.algorithms"],
      [{ auth: { ...auth, algorithms: ["none"] } }, "auth.algorithms"],
      [{ auth: { ...auth, algorithms: [] } }, "auth.algorithms"],
      [{ auth: { ...auth, clockSkewSeconds: 301 } }, "auth.clockSkewSeconds"],
      [{ auth: { ...auth, allowedOrigins: ["https://a.example/"] } }, "auth.allowedOrigins[0]"],
      [{ gracePeriodSeconds: 0 }, "gracePeriodSeconds"],
      [{ throttling: { burst: 0, perSecond: 1 } }, "throttling.burst"],
      [{ playerAttributes: { email: "string" } }, "playerAttributes.email"],
      [{ playerAttributes: { "shoe-size": "number" } }, "playerAttributes.shoe-size"],
      [{ playerAttributes: { bag: "map" as never } }, "playerAttributes.bag"],
    ];
    let made = 0;
    for (const [args, argument] of wrong) {
      it(`refuses ${argument} ${JSON.stringify(args).slice(0, 70)}`, () => {
        expect(() => new RealtimeGateway(`wrong-${++made}`, { auth, ...args }))
          .to.throw(ArgumentError)
          .with.property("argument", argument);
      });
    }

    it("refuses actions that are taken or malformed, and schemas that are not understood", () => {
      const route = (action: string, schema: object) => () =>
        gateway.route(action, schema as { type: "object" }, async () => ({}));
      expect(route("hello", { type: "object" })).to.throw(/no action of the gateway itself/);
      expect(route("$connect", { type: "object" })).to.throw(ArgumentError);
      expect(route("guild.x", { type: "object", oneOf: [] })).to.throw(/one of the keywords/);
      expect(route("guild.y", { type: "string", pattern: "(" })).to.throw(/regular expression/);
      expect(() => gateway.onPlayerEvent("Level Up", async () => undefined)).to.throw(ArgumentError);
    });
  });
});
