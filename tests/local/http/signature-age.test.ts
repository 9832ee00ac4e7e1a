import { createHash, createHmac } from "node:crypto";
import { tmpdir } from "node:os";
import { expect } from "chai";
import { RealClock, VirtualClock, type Clock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { Front } from "../../../local/http/front";
import { iamService, operatorCredentials } from "../../../local/services/iam";
import { s3Service } from "../../../local/services/s3";
import { sqsService } from "../../../local/services/sqs";
import type { HttpRequest } from "../../../local/service";
import { encoded, signed } from "./signed";

const MINUTE = 60_000;

/** A cloud with the services that answer each in their own way. */
function cloudOn(clock: Clock) {
  const cloud = new Cloud({ clock, folder: tmpdir() });
  for (const make of [iamService, sqsService, s3Service]) cloud.register(make(cloud));
  const front = new Front(cloud);
  const keys = operatorCredentials(cloud);
  const refusal = async (request: HttpRequest): Promise<string> => {
    const { status, body } = await front.handle(request);
    const text = body.toString();
    return `${status} ${/"__type":"([^"]+)"/.exec(text)?.[1] ?? /<Code>([^<]+)/.exec(text)?.[1] ?? ""} ${
      /"message":"([^"]+)"/.exec(text)?.[1] ?? /<Message>([^<]+)/.exec(text)?.[1] ?? ""
    }`;
  };
  const call = (service: "sqs" | "s3", at: number): Promise<string> => {
    const headers: Record<string, string> =
      service === "sqs" ? { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.ListQueues" } : {};
    const body = Buffer.from(service === "sqs" ? "{}" : "");
    const method = service === "sqs" ? "POST" : "GET";
    return refusal(signed({ method, path: "/", query: "", headers, body }, keys, service, at));
  };
  const url = (at: number, expires: number | string): Promise<string> => {
    const stamp = new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
    const scope = `${stamp.slice(0, 8)}/us-east-1/s3/aws4_request`;
    const query = [
      ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
      ["X-Amz-Credential", `${keys.accessKeyId}/${scope}`],
      ["X-Amz-Date", stamp],
      ["X-Amz-Expires", String(expires)],
      ["X-Amz-SignedHeaders", "host"],
    ]
      .map(([name = "", value = ""]) => `${name}=${encoded(value)}`)
      .join("&");
    const canonical = ["GET", "/", query, "host:127.0.0.1", "", "host", "UNSIGNED-PAYLOAD"].join("\n");
    const text = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${createHash("sha256").update(canonical).digest("hex")}`;
    const hmac = (key: string | Buffer, part: string): Buffer => createHmac("sha256", key).update(part).digest();
    const key = [stamp.slice(0, 8), "us-east-1", "s3", "aws4_request"].reduce<string | Buffer>(
      hmac,
      `AWS4${keys.secretAccessKey}`,
    );
    const signature = hmac(key, text).toString("hex");
    const headers = { host: "127.0.0.1" };
    return refusal({
      method: "GET",
      path: "/",
      query: `${query}&X-Amz-Signature=${signature}`,
      headers,
      body: Buffer.alloc(0),
    });
  };
  return { cloud, call, url };
}

describe("The age of a signature", () => {
  it("may be up to 15 minutes, either way, as each service says", async () => {
    const { call, cloud } = cloudOn(new RealClock());
    const now = Date.now();
    for (const service of ["sqs", "s3"] as const) {
      expect(await call(service, now - 14 * MINUTE)).to.match(/^200 /);
      expect(await call(service, now + 14 * MINUTE)).to.match(/^200 /);
    }
    expect(await call("sqs", now - 16 * MINUTE)).to.match(
      /^403 com\.amazon\.coral\.service#InvalidSignatureException Signature expired: \d{8}T\d{6}Z is now earlier than \S+ \(\S+ - 15 min\.\)$/,
    );
    expect(await call("sqs", now + 16 * MINUTE)).to.match(
      /^403 com\.amazon\.coral\.service#InvalidSignatureException Signature not yet current: /,
    );
    for (const at of [now - 16 * MINUTE, now + 16 * MINUTE]) {
      expect(await call("s3", at)).to.equal(
        "403 RequestTimeTooSkewed The difference between the request time and the current time is too large.",
      );
    }
    await cloud.close();
  });

  it("may be that of this machine, or of any past of a virtual clock", async () => {
    const clock = new VirtualClock(Date.now());
    const { call, cloud } = cloudOn(clock);
    const start = clock.now();
    await clock.advance(30 * 24 * 60 * MINUTE);
    for (const at of [start, Date.now(), clock.now()]) expect(await call("sqs", at)).to.match(/^200 /);
    expect(await call("sqs", clock.now() + 16 * MINUTE)).to.match(
      /^403 com\.amazon\.coral\.service#InvalidSignatureException /,
    );
    await cloud.close();
  });

  it("ends with the life of a pre-signed URL, on the cloud's clock", async () => {
    const clock = new VirtualClock();
    const { url, cloud } = cloudOn(clock);
    const at = clock.now();
    expect(await url(at, 3_600)).to.match(/^200 /);
    await clock.advance(60 * MINUTE);
    expect(await url(at, 3_600)).to.match(/^200 /);
    await clock.advance(1_000);
    expect(await url(at, 3_600)).to.equal("403 AccessDenied Request has expired");
    expect(await url(at, 7_200)).to.match(/^200 /);
    expect(await url(Date.now() + 20 * MINUTE, 60)).to.equal("403 AccessDenied Request is not yet valid");
    expect(await url(at, 604_801)).to.match(/^400 AuthorizationQueryParametersError X-Amz-Expires must be less than/);
    expect(await url(at, "soon")).to.match(/^400 AuthorizationQueryParametersError X-Amz-Expires should be a number/);
    await cloud.close();
  });
});
