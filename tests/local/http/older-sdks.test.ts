import { expect } from "chai";
import { tmpdir } from "node:os";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { Front } from "../../../local/http/front";
import type { HttpRequest, HttpResponse, Json } from "../../../local/service";
import { iamService, operatorCredentials } from "../../../local/services/iam";
import { kmsService } from "../../../local/services/kms";
import { sesService } from "../../../local/services/ses";
import { sqsService } from "../../../local/services/sqs";
import { stsService } from "../../../local/services/sts";
import { signed } from "./signed";

/** What the JavaScript SDK of this repository does not send or show, and boto3 does. */
describe("SDKs of other kinds", () => {
  const cloud = new Cloud({ clock: new VirtualClock(), folder: tmpdir() });
  for (const make of [iamService, stsService, kmsService, sesService, sqsService]) cloud.register(make(cloud));
  const front = new Front(cloud);
  const keys = operatorCredentials(cloud);
  const ask = (service: string, request: Partial<HttpRequest>, by = keys): Promise<HttpResponse> =>
    front.handle(
      signed(
        { method: "POST", path: "/", query: "", headers: {}, body: Buffer.alloc(0), ...request },
        by,
        service,
        cloud.clock.now(),
      ),
    );

  it("get SES's lists in pages by GET, the size of the page in the query", async () => {
    for (const EmailIdentity of ["a.test", "b.test", "c.test"])
      await cloud.call("ses", "CreateEmailIdentity", { EmailIdentity }, cloud.operator);
    await cloud.call("ses", "CreateConfigurationSet", { ConfigurationSetName: "one" }, cloud.operator);
    await cloud.call("ses", "CreateConfigurationSet", { ConfigurationSetName: "two" }, cloud.operator);
    const list = async (what: string, query: string): Promise<Json> => {
      const answer = await ask("ses", { method: "GET", path: `/v2/email/${what}`, query });
      return JSON.parse(String(answer.body)) as Json;
    };
    const names = (page: Json): unknown[] => (page["EmailIdentities"] as Json[]).map((one) => one["IdentityName"]);
    const first = await list("identities", "PageSize=2");
    expect(names(first)).to.deep.equal(["a.test", "b.test"]);
    const second = await list("identities", `NextToken=${String(first["NextToken"])}&PageSize=2`);
    expect(names(second)).to.deep.equal(["c.test"]);
    expect(second).to.not.have.property("NextToken");
    expect(await list("configuration-sets", "PageSize=1")).to.deep.equal({
      ConfigurationSets: ["one"],
      NextToken: "1",
    });
  });

  it("get the status that each protocol gives a caller's refusal", async () => {
    const json = (target: string): Partial<HttpRequest> => ({
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
      body: Buffer.from("{}"),
    });
    const form = (body: string): Partial<HttpRequest> => ({
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from(body),
    });
    const forged = { ...keys, secretAccessKey: "none" };
    const strange = { ...keys, accessKeyId: "AKIANONE" };
    const told = async (answer: Promise<HttpResponse>): Promise<string> => {
      const { status, body } = await answer;
      const code = /"__type":"([^"]+)"|<Code>([^<]+)</.exec(String(body));
      return `${status} ${code?.[1] ?? code?.[2] ?? ""}`;
    };
    expect(await told(ask("kms", json("TrentService.ListKeys"), forged))).to.equal("400 InvalidSignatureException");
    expect(await told(ask("kms", json("TrentService.ListKeys"), strange))).to.equal("400 UnrecognizedClientException");
    expect(await told(ask("sqs", json("AmazonSQS.ListQueues"), forged))).to.equal("403 InvalidSignatureException");
    expect(await told(ask("sts", form("Action=GetCallerIdentity&Version=2011-06-15"), strange))).to.equal(
      "403 InvalidClientTokenId",
    );
    const assume =
      "Action=AssumeRole&Version=2011-06-15&RoleSessionName=game&RoleArn=arn:aws:iam::123456789012:role/no";
    expect(await told(ask("sts", form(assume)))).to.equal("403 AccessDenied");
  });
});
