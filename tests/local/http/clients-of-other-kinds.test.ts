import { expect } from "chai";
import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { Front } from "../../../local/http/front";
import { HttpServer } from "../../../local/http/server";
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

  it("order the parts of the header as they like, and hear which is missing", async () => {
    const whole = prepared("dynamodb", {
      headers: { "x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0" },
      body: Buffer.from("{}"),
    });
    const [credential, names, signature] = whole.headers["authorization"]!.slice("AWS4-HMAC-SHA256 ".length).split(
      ", ",
    );
    const told = async (authorization: string): Promise<string> => {
      const { status, body } = await front.handle({ ...whole, headers: { ...whole.headers, authorization } });
      return `${status} ${String(body).replace(/Base64\) Authorization=[^"]+/, "…")}`;
    };
    expect(await told(`AWS4-HMAC-SHA256 ${signature},${names},${credential}`)).to.match(/^200 /);
    expect(await told("AWS4-HMAC-SHA256 Credential=x/y")).to.equal(
      `400 {"__type":"com.amazon.coral.service#IncompleteSignatureException","message":"Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. (Hashed with SHA-256 and encoded with …"}`,
    );
    expect(await told(`AWS4-HMAC-SHA256 Credential=x/y, ${names}, ${signature}`)).to.contain("got 'x/y'");
    expect(await told("Bearer token")).to.contain('"Request is missing Authentication Token"');
  });

  it("say how long an object is, or are refused as by S3", async () => {
    const streamed = { "transfer-encoding": "chunked" };
    const put = { method: "PUT", path: "/things/streamed", body: Buffer.from("abc") };
    const refused = await ask("s3", { ...put, headers: streamed });
    expect(refused.status).to.equal(501);
    expect(String(refused.body)).to.contain("<Code>NotImplemented</Code>").and.contain("<Header>Transfer-Encoding<");
  });

  it("go through a proxy, and pre-sign calls of other services than S3", async () => {
    const server = new HttpServer(front);
    const address = new URL(await server.listen());
    const at = new Date(cloud.clock.now()).toISOString().replace(/[-:]|\.\d{3}/g, "");
    const { accessKeyId, secretAccessKey } = operatorCredentials(cloud);
    const scope = `${at.slice(0, 8)}/us-east-1/sts/aws4_request`;
    const query = [
      "Action=GetCallerIdentity",
      "Version=2011-06-15",
      "X-Amz-Algorithm=AWS4-HMAC-SHA256",
      `X-Amz-Credential=${encodeURIComponent(`${accessKeyId}/${scope}`)}`,
      `X-Amz-Date=${at}`,
      "X-Amz-Expires=60",
      "X-Amz-SignedHeaders=host",
    ].join("&");
    const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
    const canonical = ["GET", "/", query, `host:${address.host}`, "", "host", hash("")].join("\n");
    const key = [at.slice(0, 8), "us-east-1", "sts", "aws4_request"].reduce<string | Buffer>(
      (by, text) => createHmac("sha256", by).update(text).digest(),
      `AWS4${secretAccessKey}`,
    );
    const signature = createHmac("sha256", key)
      .update(`AWS4-HMAC-SHA256\n${at}\n${scope}\n${hash(canonical)}`)
      .digest("hex");
    for (const path of ["/", `${address.origin}/`, address.origin]) {
      const answer = await new Promise<string>((resolve, reject) => {
        get(
          { port: address.port, host: "127.0.0.1", path: `${path}?${query}&X-Amz-Signature=${signature}` },
          (told) => {
            let text = "";
            told.on("data", (part: Buffer) => (text += part.toString()));
            told.on("end", () => resolve(text));
          },
        ).on("error", reject);
      });
      expect(answer, path).to.contain("<Account>123456789012</Account>");
    }
    await server.close();
  });
});
