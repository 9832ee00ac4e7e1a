import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { Front } from "../../../local/http/front";
import type { HttpRequest, HttpResponse } from "../../../local/service";
import { cloudwatchService } from "../../../local/services/cloudwatch";
import { dynamodbService } from "../../../local/services/dynamodb";
import { iamService, operatorCredentials } from "../../../local/services/iam";
import { kmsService } from "../../../local/services/kms";
import { s3Service } from "../../../local/services/s3";
import { stsService } from "../../../local/services/sts";
import { signed } from "./signed";

/** What the SDKs for Go and Java do on the wire, and the JavaScript SDK of this repository does not. */
describe("Clients of other kinds", () => {
  const folder = mkdtempSync(join(tmpdir(), "clients-"));
  const cloud = new Cloud({ clock: new VirtualClock(), folder });
  for (const make of [iamService, stsService, kmsService, dynamodbService, cloudwatchService, s3Service])
    cloud.register(make(cloud));
  const front = new Front(cloud);
  const prepared = (service: string, request: Partial<HttpRequest>): HttpRequest =>
    signed(
      { method: "POST", path: "/", query: "", headers: {}, body: Buffer.alloc(0), ...request },
      operatorCredentials(cloud),
      service,
      cloud.clock.now(),
    );
  const ask = (service: string, request: Partial<HttpRequest>): Promise<HttpResponse> =>
    front.handle(prepared(service, request));
  after(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true });
  });

  it("write quotes of entity tags as references by number", async () => {
    await cloud.call("s3", "CreateBucket", { Bucket: "things" }, cloud.operator);
    const started = await ask("s3", { path: "/things/key", query: "uploads=" });
    const id = /<UploadId>([^<]+)</.exec(String(started.body))![1]!;
    const sent = await ask("s3", { method: "PUT", path: "/things/key", query: `partNumber=1&uploadId=${id}` });
    const tag = sent.headers["etag"]!.replaceAll('"', "&#34;");
    const xml = `<CompleteMultipartUpload><Part><ETag>${tag}</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>`;
    const made = await ask("s3", { path: "/things/key", query: `uploadId=${id}`, body: Buffer.from(xml) });
    expect(made.status, String(made.body)).to.equal(200);
  });

  it("sign headers as the bytes that they send", async () => {
    const headers = { "x-amz-meta-who": "Gö ключ" };
    const request = prepared("s3", { method: "PUT", path: "/things/meta", headers });
    const bytes = Buffer.from(headers["x-amz-meta-who"], "utf8").toString("latin1");
    const answer = await front.handle({ ...request, headers: { ...request.headers, "x-amz-meta-who": bytes } });
    expect(answer.status, String(answer.body)).to.equal(200);
  });

  it("compress what they send to CloudWatch", async () => {
    const form = { Action: "PutMetricData", Namespace: "game", "MetricData.member.1.MetricName": "m" };
    const text = new URLSearchParams({ ...form, Version: "2010-08-01", "MetricData.member.1.Value": "7" }).toString();
    const query = { "content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip" };
    expect((await ask("monitoring", { headers: query, body: gzipSync(text) })).status).to.equal(200);
    const json = { "x-amz-target": "GraniteServiceVersion20100801.PutMetricData", "content-encoding": "GZIP" };
    const input = { Namespace: "game", MetricData: [{ MetricName: "m", Value: 5 }] };
    const body = gzipSync(JSON.stringify(input));
    expect((await ask("monitoring", { headers: json, body })).status).to.equal(200);
    const [from, to] = [cloud.clock.now() - 600_000, cloud.clock.now() + 600_000].map((ms) => ms / 1000);
    const read = { Namespace: "game", MetricName: "m", StartTime: from, EndTime: to, Period: 60, Statistics: ["Sum"] };
    const { Datapoints } = await cloud.call<{ Datapoints: readonly { Sum: number }[] }>(
      "cloudwatch",
      "GetMetricStatistics",
      read,
      cloud.operator,
    );
    expect(Datapoints.map(({ Sum }) => Sum)).to.deep.equal([12]);
  });

  it("hear of a body that is not compressed as it says", async () => {
    const headers = { "x-amz-target": "GraniteServiceVersion20100801.PutMetricData", "content-encoding": "gzip" };
    const answer = await ask("monitoring", { headers, body: Buffer.from("\u001f\u008b") });
    expect(answer.status).to.equal(400);
    expect(String(answer.body)).to.contain("SerializationException");
  });

  it("check the sum of DynamoDB's answers", async () => {
    const headers = { "x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0" };
    const answer = await ask("dynamodb", { headers, body: Buffer.from("{}") });
    expect(answer.body).to.equal('{"TableNames":[]}');
    expect(answer.headers["x-amz-crc32"]).to.equal("1315925753");
    const refused = await ask("dynamodb", { headers, body: Buffer.from("{") });
    expect(refused.status).to.equal(400);
    expect(refused.headers["x-amz-crc32"]).to.match(/^\d+$/);
  });

  it("tell a dashboard's errors by their shapes, those of the query protocol by their codes", async () => {
    const ask1 = async (name: string, input: unknown): Promise<unknown> =>
      JSON.parse(
        String(
          (
            await ask("monitoring", {
              headers: { "x-amz-target": `GraniteServiceVersion20100801.${name}` },
              body: Buffer.from(JSON.stringify(input)),
            })
          ).body,
        ),
      );
    expect(await ask1("GetDashboard", { DashboardName: "no" })).to.deep.equal({
      __type: "DashboardNotFoundError",
      message: "Dashboard no does not exist",
    });
    expect(await ask1("PutDashboard", { DashboardName: "no", DashboardBody: "{" })).to.deep.include({
      __type: "DashboardInvalidInputError",
      dashboardValidationMessages: [{ Message: "The dashboard body is invalid JSON" }],
    });
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const body = Buffer.from("Action=GetDashboard&Version=2010-08-01&DashboardName=no");
    expect(String((await ask("monitoring", { headers: form, body })).body)).to.contain("<Code>ResourceNotFound</Code>");
  });
});
