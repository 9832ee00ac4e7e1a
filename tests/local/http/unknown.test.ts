import { expect } from "chai";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { Front } from "../../../local/http/front";
import { dynamodbService } from "../../../local/services/dynamodb";
import { iamService, operatorCredentials } from "../../../local/services/iam";
import type { HttpRequest, HttpResponse } from "../../../local/service";
import { signed } from "./signed";

describe("A service that is not played", () => {
  const cloud = new Cloud({ clock: new VirtualClock(), folder: "" });
  cloud.register(iamService(cloud));
  cloud.register(dynamodbService(cloud));
  const front = new Front(cloud);
  const ask = (service: string, request: Partial<HttpRequest>): Promise<HttpResponse> =>
    front.handle(
      signed(
        { method: "POST", path: "/", query: "", headers: {}, body: Buffer.alloc(0), ...request },
        operatorCredentials(cloud),
        service,
        cloud.clock.now(),
      ),
    );
  const form = { "content-type": "application/x-www-form-urlencoded" };

  it("answers a client of the JSON protocol in JSON", async () => {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.ListSecrets" };
    const answer = await ask("secretsmanager", { headers });
    expect(answer.status).to.equal(404);
    expect(answer.headers["content-type"]).to.equal("application/x-amz-json-1.1");
    expect(JSON.parse(String(answer.body))).to.deep.equal({
      __type: "UnknownOperationException",
      message: "The local cloud does not play secretsmanager.",
    });
  });

  it("answers a client of the query protocol in XML", async () => {
    const answer = await ask("cloudformation", { headers: form, body: Buffer.from("Action=ListStacks") });
    expect(answer.headers["content-type"]).to.equal("text/xml");
    expect(answer.body).to.match(
      /<ErrorResponse.*<Code>InvalidAction<\/Code><Message>The local cloud does not play cloudformation\.<\/Message>/,
    );
  });

  it("answers EC2's clients in the form that they read", async () => {
    const answer = await ask("ec2", { headers: form, body: Buffer.from("Action=DescribeVpcs") });
    expect(answer.body).to.match(/^<Response><Errors><Error><Code>InvalidAction<\/Code>/);
  });

  it("answers clients of REST in the format of their service", async () => {
    const zones = await ask("route53", { method: "GET", path: "/2013-04-01/hostedzone" });
    expect(zones.body).to.match(/^<ErrorResponse/);
    const buckets = await ask("s3", { method: "GET" });
    expect(buckets.body).to.match(/^<Error><Code>NotImplemented<\/Code>/);
    const clusters = await ask("eks", { method: "GET", path: "/clusters" });
    expect(JSON.parse(String(clusters.body))).to.have.property("message", "The local cloud does not play eks.");
  });

  it("refuses what is nested too deeply for a table as a wrong request", async () => {
    const body = `{"TableName":"things","Item":{"a":${'{"L":['.repeat(5_000)}{"S":"x"}${"]}".repeat(5_000)}}}`;
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.PutItem" };
    const answer = await ask("dynamodb", { headers, body: Buffer.from(body) });
    expect(answer.status).to.equal(400);
    expect(JSON.parse(String(answer.body))).to.have.property(
      "__type",
      "com.amazon.coral.service#SerializationException",
    );
  });

  it("answers an operation without output with an empty body", async () => {
    await cloud.call(
      "dynamodb",
      "CreateTable",
      {
        TableName: "things",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
      },
      cloud.operator,
    );
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.TagResource" };
    const body = { ResourceArn: cloud.arn("dynamodb", "table/things"), Tags: [{ Key: "game", Value: "x" }] };
    const answer = await ask("dynamodb", { headers, body: Buffer.from(JSON.stringify(body)) });
    expect([answer.status, answer.body]).to.deep.equal([200, ""]);
  });
});
