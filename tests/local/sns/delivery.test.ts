import { expect } from "chai";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsError } from "../../../local/aws-error";
import { refusal } from "../sqs/fixture";
import { SnsFixture, text } from "./fixture";

describe("SNS", () => {
  let sns: SnsFixture;
  let topic: string;
  beforeEach(async () => {
    sns = new SnsFixture();
    topic = await sns.topic();
  });

  it("delivers the envelope to a queue that admits the topic", async () => {
    const queue = await sns.queue("inbox", topic);
    const subscription = await sns.subscribe(topic, "sqs", queue);
    await sns.call("Publish", {
      TopicArn: topic,
      Message: "hi",
      Subject: "greeting",
      MessageAttributes: { kind: text("mail") },
    });
    await sns.clock.settle();
    const [message] = await sns.received(queue);
    expect(message!.MessageAttributes).to.equal(undefined);
    const envelope = JSON.parse(message!.Body) as Record<string, unknown>;
    expect(envelope).to.include({
      Type: "Notification",
      TopicArn: topic,
      Subject: "greeting",
      Message: "hi",
      Timestamp: "2026-01-01T00:00:00.000Z",
      SignatureVersion: "1",
      UnsubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
    });
    expect(envelope["MessageAttributes"]).to.deep.equal({ kind: { Type: "String", Value: "mail" } });
    expect(Object.keys(envelope)).to.include.members(["MessageId", "Signature", "SigningCertURL"]);
    expect([sns.metric("NumberOfMessagesPublished"), sns.metric("NumberOfNotificationsDelivered")]).to.deep.equal([
      1, 1,
    ]);
  });

  it("delivers raw: the text as body, the attributes as attributes", async () => {
    const queue = await sns.queue("inbox", topic);
    await sns.subscribe(topic, "sqs", queue, { RawMessageDelivery: "true" });
    await sns.publish(topic, "hi", { kind: text("mail") });
    const [message] = await sns.received(queue);
    expect(message).to.deep.include({ Body: "hi", MessageAttributes: { kind: text("mail") } });
  });

  it("reads maps as they come over the wire", async () => {
    const queue = await sns.queue("inbox", topic);
    const filter = JSON.stringify({ kind: ["mail"] });
    await sns.call("Subscribe", {
      TopicArn: topic,
      Protocol: "sqs",
      Endpoint: queue,
      Attributes: [
        { key: "FilterPolicy", value: filter },
        { key: "RawMessageDelivery", value: "true" },
      ],
    });
    await sns.call("Publish", {
      TopicArn: topic,
      Message: "yes",
      MessageAttributes: [{ Name: "kind", Value: text("mail") }],
    });
    await sns.call("Publish", {
      TopicArn: topic,
      Message: "no",
      MessageAttributes: [{ Name: "kind", Value: text("push") }],
    });
    await sns.clock.settle();
    expect((await sns.received(queue)).map(({ Body }) => Body)).to.deep.equal(["yes"]);
    expect(sns.metric("NumberOfNotificationsFilteredOut-MessageAttributes")).to.equal(1);
  });

  it("gives up at once where a queue does not admit it, and keeps the message in the subscription's dead-letter queue", async () => {
    const closed = await sns.queue("closed");
    const dead = await sns.queue("dead", topic);
    await sns.subscribe(topic, "sqs", closed, {
      RawMessageDelivery: "true",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead }),
    });
    await sns.publish(topic, "hi");
    expect(await sns.received(closed)).to.deep.equal([]);
    expect((await sns.received(dead)).map(({ Body }) => Body)).to.deep.equal(["hi"]);
    expect([sns.metric("NumberOfNotificationsFailed"), sns.metric("NumberOfNotificationsRedrivenToDlq")]).to.deep.equal(
      [1, 1],
    );
    const failures = sns.cloud.trace.since().filter(({ kind, name }) => kind === "error" && name === "DeliveryFailed");
    expect(failures.map(({ error }) => error)).to.deep.equal(["AccessDeniedException"]);
  });

  it("asks the queue's key whether SNS may use it", async () => {
    const keyFor = async (statements: readonly object[]): Promise<string> => {
      const root = {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: "kms:*",
        Resource: "*",
      };
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [root, ...statements] });
      return (await sns.call<{ KeyMetadata: { Arn: string } }>("CreateKey", { Policy }, "kms")).KeyMetadata.Arn;
    };
    const admit = {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: "*",
    };
    const open = await sns.queue("open", topic, { KmsMasterKeyId: await keyFor([admit]) });
    const shut = await sns.queue("shut", topic, { KmsMasterKeyId: await keyFor([]) });
    for (const queue of [open, shut]) await sns.subscribe(topic, "sqs", queue);
    await sns.publish(topic, "hi");
    expect((await sns.received(open)).length).to.equal(1);
    expect((await sns.received(shut)).length).to.equal(0);
    expect(sns.metric("NumberOfNotificationsFailed")).to.equal(1);
  });

  it("loses what a deleted queue should have got, unless a dead-letter queue exists", async () => {
    const queue = await sns.queue("gone", topic);
    await sns.subscribe(topic, "sqs", queue);
    await sns.call("DeleteQueue", { QueueUrl: sns.cloud.ports.queues.urlOf(queue) }, "sqs");
    await sns.publish(topic, "hi");
    await sns.clock.advance(3_600_000);
    expect([sns.metric("NumberOfNotificationsFailed"), sns.metric("NumberOfNotificationsDelivered")]).to.deep.equal([
      1, 0,
    ]);
  });

  it("invokes a function in the topic's name and retries while it is throttled", async () => {
    const fn = "arn:aws:lambda:us-east-1:123456789012:function:greet";
    sns.cloud.resourcePolicies.set(fn, {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "lambda:InvokeFunction",
          Resource: fn,
          Condition: { ArnLike: { "aws:SourceArn": topic } },
        },
      ],
    });
    let refusals = 4;
    sns.refuseInvoke = () =>
      refusals-- > 0 ? new AwsError("TooManyRequestsException", "Rate Exceeded.", 429) : undefined;
    const subscription = await sns.subscribe(topic, "lambda", fn);
    await sns.publish(topic, "hi");
    expect(sns.invoked.length).to.equal(0);
    await sns.clock.advance(1_000);
    expect(sns.invoked.length).to.equal(1);
    expect(sns.invoked[0]!.principal).to.deep.equal({
      type: "service",
      service: "sns.amazonaws.com",
      sourceArn: topic,
    });
    expect(sns.invoked[0]!.input["InvocationType"]).to.equal("Event");
    const [record] = sns.invoked[0]!.event["Records"] as {
      EventSource: string;
      EventSubscriptionArn: string;
      Sns: Record<string, unknown>;
    }[];
    expect(record).to.include({ EventSource: "aws:sns", EventSubscriptionArn: subscription });
    expect(record!.Sns).to.deep.include({ Message: "hi", Subject: null, MessageAttributes: {} });
  });

  it("tries a throttled function again as AWS does: at once, after a second, then ever more slowly", async () => {
    const dead = await sns.queue("dead", topic);
    const fn = sns.cloud.arn("lambda", "function:greet");
    sns.cloud.resourcePolicies.set(fn, {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "lambda:InvokeFunction", Resource: fn },
      ],
    });
    const codes = ["ThrottlingException", "TooManyRequestsException"];
    const tries: number[] = [];
    sns.refuseInvoke = () => {
      tries.push(sns.clock.now());
      return new AwsError(codes[tries.length % 2]!, "Rate Exceeded.", 429);
    };
    await sns.subscribe(topic, "lambda", fn, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead }) });
    await sns.publish(topic, "hi");
    await sns.clock.advance(3_600_000);
    const waits = tries.slice(1, 20).map((at, i) => Math.round((at - tries[i]!) / 100) / 10);
    expect(waits).to.deep.equal([0, 0, 0, 1, 1, 1, 1.4, 2, 2.8, 4, 5.7, 8, 11.3, 16, 20, 20, 20, 20, 20]);
    expect(await sns.received(dead)).to.deep.equal([]);
  });

  it("tries an HTTP endpoint three times more, 20 seconds apart, and then gives up", async () => {
    const times: number[] = [];
    let token = "";
    const server = createServer((request: IncomingMessage, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        if (request.headers["x-amz-sns-message-type"] === "Notification") {
          times.push(sns.clock.now());
          response.statusCode = 500;
        } else token = (JSON.parse(body) as { Token: string }).Token;
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const dead = await sns.queue("dead", topic);
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
      await sns.subscribe(topic, "http", endpoint, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead }) });
      await sns.clock.settle();
      await sns.call("ConfirmSubscription", { TopicArn: topic, Token: token });
      await sns.publish(topic, "hi");
      await sns.clock.advance(59_999);
      expect(await sns.received(dead)).to.deep.equal([]);
      await sns.clock.advance(3_600_000);
      expect(times.map((at) => at - times[0]!)).to.deep.equal([0, 20_000, 40_000, 60_000]);
      expect(await sns.received(dead)).to.have.length(1);
    } finally {
      await new Promise<unknown>((resolve) => server.close(resolve));
    }
  });

  it("asks an HTTP endpoint for confirmation before it delivers", async () => {
    const requests: { type: string; body: string }[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        requests.push({ type: String(request.headers["x-amz-sns-message-type"]), body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await sns.subscribe(topic, "http", `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, {
        RawMessageDelivery: "true",
      });
      await sns.publish(topic, "too early");
      await sns.clock.settle();
      expect(requests.map(({ type }) => type)).to.deep.equal(["SubscriptionConfirmation"]);
      const { Token } = JSON.parse(requests[0]!.body) as { Token: string };
      await sns.call("ConfirmSubscription", { TopicArn: topic, Token });
      await sns.publish(topic, "now");
      await sns.clock.settle();
      expect(requests.slice(1)).to.deep.equal([{ type: "Notification", body: "now" }]);
    } finally {
      await new Promise<unknown>((resolve) => server.close(resolve));
    }
  });

  it("asks the topic's key of the publisher", async () => {
    const { KeyMetadata } = await sns.call<{ KeyMetadata: { Arn: string } }>("CreateKey", {}, "kms");
    const secret = await sns.topic("secret", { KmsMasterKeyId: KeyMetadata.Arn });
    const roleArn = "arn:aws:iam::123456789012:role/publisher";
    const asked: string[] = [];
    const evaluate = sns.cloud.ports.iam.evaluate.bind(sns.cloud.ports.iam);
    sns.cloud.ports.iam.evaluate = (principal, request) => {
      asked.push(`${request.action} ${request.resource}`);
      return request.action === "kms:Decrypt"
        ? { allowed: false, reason: "because a test denies it" }
        : principal.type === "role"
          ? { allowed: true, reason: "" }
          : evaluate(principal, request);
    };
    const role = { type: "role" as const, roleArn, arn: "arn:aws:sts::123456789012:assumed-role/publisher/s" };
    const error = await refusal(sns.cloud.call("sns", "Publish", { TopicArn: secret, Message: "hi" }, role));
    expect(error.message).to.contain(`is not authorized to perform: kms:Decrypt on resource: ${KeyMetadata.Arn}`);
    expect(asked).to.deep.equal([
      `sns:Publish ${secret}`,
      `kms:GenerateDataKey ${KeyMetadata.Arn}`,
      `kms:Decrypt ${KeyMetadata.Arn}`,
    ]);
  });

  it("lets alarms of the account publish until a policy of its own replaces the default one", async () => {
    const alarm = {
      type: "service" as const,
      service: "cloudwatch.amazonaws.com",
      sourceArn: "arn:aws:cloudwatch:us-east-1:123456789012:alarm:depth",
    };
    const publish = (): Promise<unknown> =>
      sns.cloud.call("sns", "Publish", { TopicArn: topic, Message: "ALARM" }, alarm);
    await publish();
    const empty = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    await sns.call("SetTopicAttributes", { TopicArn: topic, AttributeName: "Policy", AttributeValue: empty });
    expect((await refusal(publish())).code).to.equal("AccessDeniedException");
  });

  it("sends another text per protocol", async () => {
    const queue = await sns.queue("inbox", topic);
    await sns.subscribe(topic, "sqs", queue, { RawMessageDelivery: "true" });
    await sns.call("Publish", {
      TopicArn: topic,
      MessageStructure: "json",
      Message: JSON.stringify({ default: "d", sqs: "for queues" }),
    });
    await sns.clock.settle();
    expect((await sns.received(queue)).map(({ Body }) => Body)).to.deep.equal(["for queues"]);
  });

  it("keeps a FIFO topic's order and drops its duplicates", async () => {
    const fifo = await sns.topic("orders.fifo", { FifoTopic: "true", ContentBasedDeduplication: "true" });
    const queue = await sns.queue("orders.fifo", fifo, { FifoQueue: "true" });
    await sns.subscribe(fifo, "sqs", queue, { RawMessageDelivery: "true" });
    for (const Message of ["1", "2", "2", "3"])
      await sns.call("Publish", { TopicArn: fifo, Message, MessageGroupId: "g" });
    await sns.clock.settle();
    expect((await sns.received(queue)).map(({ Body }) => Body)).to.deep.equal(["1", "2", "3"]);
  });

  it("refuses what AWS refuses", async () => {
    const code = async (operation: string, input: Record<string, unknown>): Promise<string> => {
      const error = await refusal(sns.call(operation, input));
      return `${error.code}: ${error.message}`;
    };
    expect(await code("Publish", { TopicArn: topic, Message: "" })).to.equal(
      "InvalidParameter: Invalid parameter: Empty message",
    );
    expect(await code("Publish", { TopicArn: topic, Message: "x".repeat(262_145) })).to.equal(
      "InvalidParameter: Invalid parameter: Message too long",
    );
    expect(await code("Publish", { TopicArn: `${topic}x`, Message: "x" })).to.equal("NotFound: Topic does not exist");
    expect(await code("Subscribe", { TopicArn: topic, Protocol: "fax", Endpoint: "1" })).to.contain(
      "InvalidParameter: Invalid parameter: Amazon SNS does not support this protocol string: fax",
    );
    expect(await code("PublishBatch", { TopicArn: topic, PublishBatchRequestEntries: [] })).to.contain(
      "EmptyBatchRequest",
    );
  });

  it("restores a snapshot with its filters", async () => {
    const queue = await sns.queue("inbox", topic);
    await sns.subscribe(topic, "sqs", queue, {
      FilterPolicy: JSON.stringify({ kind: ["mail"] }),
      RawMessageDelivery: "true",
    });
    const kept = sns.sns.snapshot();
    await sns.call("DeleteTopic", { TopicArn: topic });
    sns.sns.restore(kept);
    expect(sns.sns.snapshot()).to.deep.equal(kept);
    await sns.publish(topic, "no");
    await sns.publish(topic, "yes", { kind: text("mail") });
    expect((await sns.received(queue)).map(({ Body }) => Body)).to.deep.equal(["yes"]);
  });
});
