import {
  ApiGatewayV2Client,
  GetApisCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStageCommand,
  GetStagesCommand,
} from "@aws-sdk/client-apigatewayv2";
import { expect } from "chai";
import { Front } from "../../../local/http/front";
import { HttpServer } from "../../../local/http/server";
import { apigatewayAccountService } from "../../../local/services/apigateway/account";
import { gatewayRig, type GatewayRig } from "./harness";

describe("API Gateway's management API, through the AWS SDK", () => {
  let rig: GatewayRig;
  let server: HttpServer;
  let client: ApiGatewayV2Client;
  before(async () => {
    rig = await gatewayRig();
    rig.cloud.register(apigatewayAccountService(rig.cloud));
    server = new HttpServer(new Front(rig.cloud));
    const endpoint = await server.listen();
    const { iam } = rig.cloud.ports;
    rig.cloud.ports.iam = { ...iam, lookUp: () => ({ secretAccessKey: "secret", principal: rig.cloud.operator }) };
    const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "secret" };
    client = new ApiGatewayV2Client({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
    await rig.route("$default", "exports.handler = async () => ({ statusCode: 200 });");
    await rig.deploy({ defaultRouteSettings: { throttlingRateLimit: 10, throttlingBurstLimit: 20 } });
  });
  after(async () => {
    client.destroy();
    await server.close();
    await rig.close();
  });

  it("lists what was declared, in AWS's shapes", async () => {
    const ApiId = String(rig.api["id"]);
    const { Items: apis } = await client.send(new GetApisCommand({}));
    expect(apis?.map(({ ApiId: id, Name, ProtocolType }) => ({ id, Name, ProtocolType }))).to.deep.equal([
      { id: ApiId, Name: "chat", ProtocolType: "WEBSOCKET" },
    ]);
    expect(Math.abs(apis![0]!.CreatedDate!.getTime() - rig.cloud.clock.now())).to.be.below(3_600_000);
    const { Items: routes } = await client.send(new GetRoutesCommand({ ApiId }));
    const { Items: integrations } = await client.send(new GetIntegrationsCommand({ ApiId }));
    expect(routes?.map(({ RouteKey, Target }) => [RouteKey, Target])).to.deep.equal([
      ["$default", `integrations/${integrations?.[0]?.IntegrationId}`],
    ]);
    expect(integrations?.[0]?.IntegrationUri).to.match(/:lambda:path\/2015-03-31\/functions\/arn:.+\/invocations$/);
    const { Items: stages } = await client.send(new GetStagesCommand({ ApiId }));
    expect(stages?.map(({ StageName, DefaultRouteSettings }) => [StageName, DefaultRouteSettings])).to.deep.equal([
      ["play", { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 }],
    ]);
  });

  it("hands lists out in pages", async () => {
    const ApiId = String(rig.api["id"]);
    await rig.route("second", "exports.handler = async () => ({ statusCode: 200 });");
    const first = await client.send(new GetRoutesCommand({ ApiId, MaxResults: "1" }));
    const last = await client.send(new GetRoutesCommand({ ApiId, MaxResults: "1", NextToken: first.NextToken }));
    expect([first, last].map(({ Items }) => Items?.map(({ RouteKey }) => RouteKey))).to.deep.equal([
      ["$default"],
      ["second"],
    ]);
    expect(last.NextToken).to.equal(undefined);
    const wrong = client.send(new GetRoutesCommand({ ApiId, MaxResults: "some" })).catch((e: unknown) => e);
    expect(await wrong).to.have.property("name", "BadRequestException");
  });

  it("says what is not there", async () => {
    const lost = await client.send(new GetStageCommand({ ApiId: "none", StageName: "play" })).catch((e: unknown) => e);
    expect((lost as Error).name).to.equal("NotFoundException");
    expect((lost as Error).message).to.equal("Invalid API identifier specified 123456789012:none");
  });
});
