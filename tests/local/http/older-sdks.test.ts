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

  it("speak the query protocol to SQS: flat lists and maps, both ways", async () => {
    const call = async (fields: Record<string, string>): Promise<{ status: number; xml: string }> => {
      const { status, body } = await ask("sqs", {
        path: "/123456789012/old",
        headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
        body: Buffer.from(new URLSearchParams({ Version: "2012-11-05", ...fields }).toString()),
      });
      return { status, xml: String(body) };
    };
    const result = async (fields: Record<string, string>): Promise<string> =>
      (await call(fields)).xml.replace(/^<\w+ xmlns="[^"]+">|<ResponseMetadata>.*$/g, "");
    const QueueUrl = `${cloud.endpoint}/123456789012/old`;
    const attributes = { "Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": "5" };
    const tags = { "Tag.1.Key": "team", "Tag.1.Value": "game" };
    expect(await result({ Action: "CreateQueue", QueueName: "old", ...attributes, ...tags })).to.equal(
      `<CreateQueueResult><QueueUrl>${QueueUrl}</QueueUrl></CreateQueueResult>`,
    );
    expect(await result({ Action: "ListQueueTags", QueueUrl })).to.equal(
      "<ListQueueTagsResult><Tag><Key>team</Key><Value>game</Value></Tag></ListQueueTagsResult>",
    );
    expect(await result({ Action: "ListQueues" })).to.equal(
      `<ListQueuesResult><QueueUrl>${QueueUrl}</QueueUrl></ListQueuesResult>`,
    );
    expect(await result({ Action: "GetQueueAttributes", QueueUrl, "AttributeName.1": "VisibilityTimeout" })).to.equal(
      "<GetQueueAttributesResult><Attribute><Name>VisibilityTimeout</Name><Value>5</Value></Attribute></GetQueueAttributesResult>",
    );
    const sent = await result({
      Action: "SendMessageBatch",
      QueueUrl,
      "SendMessageBatchRequestEntry.1.Id": "one",
      "SendMessageBatchRequestEntry.1.MessageBody": "a < b",
      "SendMessageBatchRequestEntry.1.DelaySeconds": "0",
      "SendMessageBatchRequestEntry.1.MessageAttribute.1.Name": "kind",
      "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType": "String",
      "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue": "test",
      "SendMessageBatchRequestEntry.2.Id": "two",
      "SendMessageBatchRequestEntry.2.MessageBody": "\u0001",
    });
    expect(sent).to.match(
      /^<SendMessageBatchResult><SendMessageBatchResultEntry><Id>one<\/Id>.*<\/SendMessageBatchResultEntry><BatchResultErrorEntry><Id>two<\/Id>.*<SenderFault>true<\/SenderFault>.*<\/BatchResultErrorEntry><\/SendMessageBatchResult>$/,
    );
    const received = await result({
      Action: "ReceiveMessage",
      QueueUrl,
      MaxNumberOfMessages: "10",
      "AttributeName.1": "ApproximateReceiveCount",
      "MessageAttributeName.1": "All",
    });
    expect(received).to.match(/^<ReceiveMessageResult><Message><MessageId>.*<Body>a &#60; b<\/Body>/);
    expect(received).to.contain("<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>");
    expect(received).to.contain(
      "<MessageAttribute><Name>kind</Name><Value><DataType>String</DataType><StringValue>test</StringValue></Value></MessageAttribute>",
    );
    const ReceiptHandle = /<ReceiptHandle>([^<]+)</.exec(received)![1]!;
    expect(await result({ Action: "DeleteMessage", QueueUrl, ReceiptHandle })).to.equal("");
    expect(await result({ Action: "ReceiveMessage", QueueUrl })).to.equal("<ReceiveMessageResult/>");
    const { status, xml } = await call({ Action: "GetQueueUrl", QueueName: "none" });
    expect(status).to.equal(400);
    expect(xml).to.contain("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>");
    expect((await call({ Action: "ReceiveMessage", QueueUrl, MaxNumberOfMessages: "many" })).xml).to.contain(
      "<Code>SerializationException</Code>",
    );
  });

  it("send SQS's requests to the queue itself, by GET too, and hear the query protocol's own words", async () => {
    const path = "/123456789012/direct";
    const get = async (fields: Record<string, string>): Promise<string> => {
      const { status, body } = await ask("sqs", { method: "GET", path, query: new URLSearchParams(fields).toString() });
      return `${status} ${String(body)}`;
    };
    const refused = async (fields: Record<string, string>): Promise<string> =>
      /<Error>(.*)<\/Error>/.exec(await get(fields))![1]!;
    expect(await refused({ Action: "ReceiveMessage" })).to.equal(
      "<Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>The specified queue does not exist for this wsdl version.</Message><Detail/>",
    );
    await cloud.call("sqs", "CreateQueue", { QueueName: "direct" }, cloud.operator);
    expect(await refused({ Action: "SendMessage" })).to.equal(
      "<Type>Sender</Type><Code>MissingParameter</Code><Message>The request must contain the parameter MessageBody.</Message><Detail/>",
    );
    expect(await get({ Action: "SendMessage", MessageBody: "a" })).to.match(/^200 <SendMessageResponse /);
    expect(await get({ Action: "GetQueueAttributes", "AttributeName.1": "ApproximateNumberOfMessages" })).to.contain(
      "<Attribute><Name>ApproximateNumberOfMessages</Name><Value>1</Value></Attribute>",
    );
    const both = { "AttributeName.1": "SenderId", "MessageSystemAttributeName.1": "All" };
    const shown = await get({ Action: "ReceiveMessage", VisibilityTimeout: "0", ...both });
    expect(shown.match(/<Attribute><Name>\w+/g)).to.deep.equal(["<Attribute><Name>SenderId"]);
    expect(await get({})).to.match(/^404 <UnknownOperationException>/);
    await cloud.call("sqs", "CreateQueue", { QueueName: "other" }, cloud.operator);
    const QueueUrl = `${cloud.endpoint}/123456789012/other`;
    expect(await get({ Action: "ReceiveMessage", QueueUrl })).to.contain("<ReceiveMessageResult/>");
    const permission = { Label: "p", "AWSAccountId.1": "210987654321", "ActionName.1": "SendMessage" };
    expect(await get({ Action: "AddPermission", ...permission })).to.match(
      /^200 <AddPermissionResponse [^>]*><ResponseMetadata>/,
    );
  });

  it("get from SQS the names of an error in both protocols", async () => {
    const told = async (operation: string, input: Json, by = keys): Promise<readonly unknown[]> => {
      const { status, headers, body } = await ask(
        "sqs",
        {
          headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` },
          body: Buffer.from(JSON.stringify(input)),
        },
        by,
      );
      return [status, headers["x-amzn-query-error"], JSON.parse(String(body)) as Json];
    };
    expect(await told("GetQueueUrl", { QueueName: "none" })).to.deep.equal([
      400,
      "AWS.SimpleQueueService.NonExistentQueue;Sender",
      { __type: "com.amazonaws.sqs#QueueDoesNotExist", message: "The specified queue does not exist." },
    ]);
    expect(await told("SendMessage", { QueueUrl: "direct" })).to.deep.equal([
      400,
      "MissingParameter;Sender",
      {
        __type: "com.amazon.coral.service#MissingRequiredParameterException",
        message: "The request must contain the parameter MessageBody.",
      },
    ]);
    expect((await told("ListQueues", {}, { ...keys, accessKeyId: "AKIANONE" })).slice(0, 2)).to.deep.equal([
      403,
      "InvalidClientTokenId;Sender",
    ]);
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
    expect(await told(ask("sqs", json("AmazonSQS.ListQueues"), forged))).to.equal(
      "403 com.amazon.coral.service#InvalidSignatureException",
    );
    expect(await told(ask("sts", form("Action=GetCallerIdentity&Version=2011-06-15"), strange))).to.equal(
      "403 InvalidClientTokenId",
    );
    const assume =
      "Action=AssumeRole&Version=2011-06-15&RoleSessionName=game&RoleArn=arn:aws:iam::123456789012:role/no";
    expect(await told(ask("sts", form(assume)))).to.equal("403 AccessDenied");
  });
});
