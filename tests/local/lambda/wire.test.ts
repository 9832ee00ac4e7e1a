import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
  ResourceNotFoundException,
  TagResourceCommand,
  TooManyRequestsException,
  UntagResourceCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { zipSync } from "fflate";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { WebSocket } from "ws";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { Front } from "../../../local/http/front";
import { HttpServer } from "../../../local/http/server";
import type { Json } from "../../../local/service";
import { apigatewayService, type ApiGatewayService } from "../../../local/services/apigateway";
import { dynamodbService } from "../../../local/services/dynamodb";
import { iamService, operatorCredentials } from "../../../local/services/iam";
import { lambdaService } from "../../../local/services/lambda";
import { logsService } from "../../../local/services/logs";
import { until } from "../../helpers/until";

const sdk = (name: string): string => JSON.stringify(require.resolve(`@aws-sdk/${name}`));

describe("Functions on the wire", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "wire-"));
  const clock = new VirtualClock();
  const cloud = new Cloud({ clock, folder });
  const server = new HttpServer(new Front(cloud));
  const declare = async (type: string, name: string, inputs: Json): Promise<Json> => {
    for (const service of cloud.services.values()) {
      const found = service.resourceTypes[type];
      if (!found) continue;
      const made = await found.create(inputs, {
        cloud,
        name,
        type,
        urn: `urn:pulumi:test::p::${type}::${name}`,
        physicalName: () => `${name}-1234567`,
      });
      return { id: made.id, ...made.state };
    }
    throw new Error(type);
  };
  let gateway: ApiGatewayService;
  let role: Json;
  let api: Json;

  before(async () => {
    for (const make of [iamService, logsService, dynamodbService, lambdaService]) cloud.register(make(cloud));
    gateway = apigatewayService(cloud);
    cloud.register(gateway);
    cloud.endpoint = await server.listen();
    const trust = (service: string): string =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
      });
    role = await declare("aws:iam/role:Role", "worker", { assumeRolePolicy: trust("lambda.amazonaws.com") });
    const table = await declare("aws:dynamodb/table:Table", "things", {
      name: "things",
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      attributes: [{ name: "pk", type: "S" }],
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
    });
    api = await declare("aws:apigatewayv2/api:Api", "chat", { name: "chat", protocolType: "WEBSOCKET" });
    await declare("aws:iam/rolePolicy:RolePolicy", "worker", {
      role: role["name"] ?? role["id"],
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "dynamodb:PutItem", Resource: table["arn"] },
          {
            Effect: "Allow",
            Action: [
              "dynamodb:GetRecords",
              "dynamodb:GetShardIterator",
              "dynamodb:DescribeStream",
              "dynamodb:ListStreams",
            ],
            Resource: table["streamArn"],
          },
          {
            Effect: "Allow",
            Action: "execute-api:ManageConnections",
            Resource: `${String(api["executionArn"])}/play/POST/@connections/*`,
          },
        ],
      }),
    });
    const fn = (name: string, source: string): Promise<Json> =>
      declare("aws:lambda/function:Function", name, {
        name,
        role: role["arn"],
        handler: "index.handler",
        timeout: 30,
        memorySize: 256,
        code: { assets: { "index.js": { text: source } } },
      });
    const put = await fn(
      "put",
      `const { DynamoDBClient, PutItemCommand } = require(${sdk("client-dynamodb")});
      const db = new DynamoDBClient({});
      exports.handler = async (event) => {
        const { id } = JSON.parse(event.body);
        await db.send(new PutItemCommand({ TableName: "things", Item: { pk: { S: id }, to: { S: event.requestContext.connectionId } } }));
        return { statusCode: 200 };
      };`,
    );
    await fn(
      "notify",
      `const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require(${sdk("client-apigatewaymanagementapi")});
      const api = new ApiGatewayManagementApiClient({});
      exports.handler = async (event) => {
        for (const { dynamodb } of event.Records) {
          await api.send(new PostToConnectionCommand({ ConnectionId: dynamodb.NewImage.to.S, Data: "stored " + dynamodb.Keys.pk.S }));
        }
      };`,
    );
    const integration = await declare("aws:apigatewayv2/integration:Integration", "put", {
      apiId: api["id"],
      integrationType: "AWS_PROXY",
      integrationUri: put["invokeArn"],
    });
    await declare("aws:apigatewayv2/route:Route", "put", {
      apiId: api["id"],
      routeKey: "put",
      target: `integrations/${String(integration["id"])}`,
    });
    await declare("aws:lambda/permission:Permission", "put", {
      function: "put",
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: `${String(api["executionArn"])}/*/put`,
    });
    const deployment = await declare("aws:apigatewayv2/deployment:Deployment", "d", { apiId: api["id"] });
    await declare("aws:apigatewayv2/stage:Stage", "play", {
      apiId: api["id"],
      name: "play",
      deploymentId: deployment["id"],
    });
    await declare("aws:lambda/eventSourceMapping:EventSourceMapping", "notify", {
      eventSourceArn: table["streamArn"],
      functionName: "notify",
      startingPosition: "TRIM_HORIZON",
    });
  });

  after(async () => {
    await cloud.close();
    await server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it("carries a frame through a function, a table and its stream back to the client, under the declared role", async () => {
    const client = new WebSocket(`${String(api["apiEndpoint"])}/play`);
    await new Promise((resolve) => client.once("open", resolve));
    let heard: string | undefined;
    client.on("message", (data: Buffer) => (heard = data.toString()));
    client.send('{"action":"put","id":"a1"}');
    const stored = (): boolean => cloud.trace.since().some((event) => event.name === "PutItem");
    await until(stored, "the write");
    await clock.advance(1000);
    expect(await until(() => heard, "the notice")).to.equal("stored a1");
    client.close();
    const events = cloud.trace.since();
    const write = events.find((event) => event.name === "PutItem")!;
    const run = events.find((event) => event.seq === write.cause)!;
    expect(run).to.include({ kind: "invoke", name: "put" });
    const frame = events.find((event) => event.seq === run.cause)!;
    expect(frame).to.include({ kind: "frame", name: "put" });
    const post = events.find((event) => event.name === "PostToConnection")!;
    expect(events.find((event) => event.seq === post.cause)).to.include({ kind: "invoke", name: "notify" });
    expect(post.principal).to.match(/:assumed-role\/worker-1234567\/notify$/);
  });

  it("speaks Lambda's protocol to the SDK", async () => {
    const client = new LambdaClient({
      endpoint: cloud.endpoint,
      region: cloud.region,
      credentials: operatorCredentials(cloud),
      maxAttempts: 1,
    });
    const { Functions } = await client.send(new ListFunctionsCommand({}));
    expect(Functions!.map((fn) => fn.FunctionName)).to.deep.equal(["put", "notify"]);
    const first = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
    const second = await client.send(new ListFunctionsCommand({ MaxItems: 1, Marker: first.NextMarker }));
    expect([...first.Functions!, ...second.Functions!].map((fn) => fn.FunctionName)).to.deep.equal(["put", "notify"]);
    expect(second.NextMarker).to.equal(undefined);
    const archive = {
      "index.js": Buffer.from(
        "exports.handler = async (event) => { if (event.fail) throw new Error('x'); return event; }",
      ),
    };
    const { CodeSha256 } = await client.send(
      new UpdateFunctionCodeCommand({ FunctionName: "put", ZipFile: zipSync(archive) }),
    );
    const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: "put" }));
    expect(Configuration).to.include({ Handler: "index.handler", MemorySize: 256, Timeout: 30, CodeSha256 });
    const invoke = (payload: unknown): InvokeCommand =>
      new InvokeCommand({ FunctionName: "put", Payload: JSON.stringify(payload), LogType: "Tail" });
    const answer = await client.send(invoke({ a: "é" }));
    expect(answer).to.include({ StatusCode: 200, ExecutedVersion: "$LATEST" });
    expect(answer.FunctionError).to.equal(undefined);
    expect(JSON.parse(Buffer.from(answer.Payload!).toString())).to.deep.equal({ a: "é" });
    expect(Buffer.from(answer.LogResult!, "base64").toString()).to.contain("REPORT RequestId");
    expect((await client.send(invoke({ fail: true }))).FunctionError).to.equal("Unhandled");
    const [mapping] = (await client.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings!;
    expect(mapping).to.include({ State: "Enabled", BatchSize: 100 });
    expect(mapping!.LastModified).to.deep.equal(new Date(Date.UTC(2026, 0, 1)));
    const switched = new UpdateEventSourceMappingCommand({ UUID: mapping!.UUID, Enabled: false });
    const switching = await client.send(switched);
    expect([switching.State, switching.$metadata.httpStatusCode]).to.deep.equal(["Disabling", 202]);
    const missing = await client
      .send(new GetFunctionCommand({ FunctionName: "none" }))
      .catch((error: unknown) => error);
    expect(missing).to.be.instanceOf(ResourceNotFoundException);
    const reserve = (ReservedConcurrentExecutions: number): Promise<unknown> =>
      client
        .send(new PutFunctionConcurrencyCommand({ FunctionName: "put", ReservedConcurrentExecutions }))
        .catch((error: unknown) => (error as Error).name);
    expect(await reserve(-1)).to.equal("ValidationException");
    expect(await reserve(901)).to.equal("InvalidParameterValueException");
    expect(await reserve(900)).to.include({ ReservedConcurrentExecutions: 900 });
    for (const change of [{ Timeout: 901 }, { Timeout: 0 }, { MemorySize: 127 }, { MemorySize: 10_241 }]) {
      const wrong = new UpdateFunctionConfigurationCommand({ FunctionName: "put", ...change });
      expect(await client.send(wrong).catch((error: unknown) => (error as Error).name)).to.equal("ValidationException");
    }
    const unnamed = new GetFunctionCommand({ FunctionName: "no name" });
    expect(await client.send(unnamed).catch((error: unknown) => (error as Error).name)).to.equal("ValidationException");
    await reserve(0);
    const refused = await client.send(invoke({})).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(TooManyRequestsException);
    expect(refused).to.include({ Type: "User", Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" });
    const Resource = Configuration!.FunctionArn!;
    await client.send(new TagResourceCommand({ Resource, Tags: { team: "a", game: "b" } }));
    await client.send(new UntagResourceCommand({ Resource, TagKeys: ["team", "none"] }));
    expect((await client.send(new ListTagsCommand({ Resource }))).Tags).to.deep.equal({ game: "b" });
  });

  it("speaks the protocol of @connections to the SDK, at the bare endpoint and at one with a stage", async () => {
    const at = (endpoint: string): ApiGatewayManagementApiClient =>
      new ApiGatewayManagementApiClient({
        endpoint,
        region: cloud.region,
        credentials: operatorCredentials(cloud),
        maxAttempts: 1,
      });
    const socket = new WebSocket(`${String(api["apiEndpoint"])}/play`);
    const heard: string[] = [];
    socket.on("message", (data: Buffer) => heard.push(data.toString()));
    await new Promise((resolve) => socket.once("open", resolve));
    const ConnectionId = [...gateway.gateway.connections.keys()].at(-1)!;
    await at(cloud.endpoint).send(new PostToConnectionCommand({ ConnectionId, Data: "one" }));
    await at(`${cloud.endpoint}/play`).send(new PostToConnectionCommand({ ConnectionId, Data: "two" }));
    const about = await at(cloud.endpoint).send(new GetConnectionCommand({ ConnectionId }));
    expect(about.ConnectedAt).to.deep.equal(new Date(clock.now()));
    expect(about.Identity!.SourceIp).to.equal("127.0.0.1");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await at(cloud.endpoint).send(new DeleteConnectionCommand({ ConnectionId }));
    expect(await closed).to.equal(1000);
    expect(heard).to.deep.equal(["one", "two"]);
    const gone = await at(cloud.endpoint)
      .send(new PostToConnectionCommand({ ConnectionId, Data: "late" }))
      .catch((error: unknown) => error);
    expect(gone).to.be.instanceOf(GoneException);
  });
});
