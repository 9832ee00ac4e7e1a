import { expect } from "chai";
import { SqsFixture, type Received } from "./fixture";

/** What AWS was seen to do where its documentation says nothing, or something else. */
describe("SQS behaves as AWS was seen to", () => {
  let sqs: SqsFixture;
  beforeEach(() => {
    sqs = new SqsFixture();
  });
  const attributes = async (QueueUrl: string, ...AttributeNames: string[]): Promise<unknown> =>
    (await sqs.call("GetQueueAttributes", { QueueUrl, AttributeNames }))["Attributes"];
  const change = (QueueUrl: string, message: Received, VisibilityTimeout: number): Promise<unknown> =>
    sqs.call("ChangeMessageVisibility", { QueueUrl, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout });

  describe("with attributes of queues", () => {
    it("takes True for true", async () => {
      const { QueueUrl } = await sqs.call<{ QueueUrl: string }>("CreateQueue", {
        QueueName: "line.fifo",
        Attributes: { FifoQueue: "True", ContentBasedDeduplication: "False" },
      });
      expect(await attributes(QueueUrl, "FifoQueue", "ContentBasedDeduplication")).to.deep.equal({
        FifoQueue: "true",
        ContentBasedDeduplication: "false",
      });
    });

    it("finds a queue of the same name where defaults are written out", async () => {
      const url = await sqs.queue("work");
      expect(await sqs.queue("work", { VisibilityTimeout: "30", RedrivePolicy: "" })).to.equal(url);
    });

    it("ends SQS's own encryption with a key, and does not begin it again without", async () => {
      const url = await sqs.queue("work");
      const names = ["KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"];
      const set = (Attributes: Record<string, string>): Promise<unknown> =>
        sqs.call("SetQueueAttributes", { QueueUrl: url, Attributes });
      expect(await attributes(url, ...names)).to.deep.equal({ SqsManagedSseEnabled: "true" });
      await set({ KmsMasterKeyId: "testKeyId", KmsDataKeyReusePeriodSeconds: "6000" });
      expect(await attributes(url, ...names)).to.deep.equal({
        KmsMasterKeyId: "testKeyId",
        KmsDataKeyReusePeriodSeconds: "6000",
        SqsManagedSseEnabled: "false",
      });
      await set({ KmsMasterKeyId: "", KmsDataKeyReusePeriodSeconds: "300" });
      expect(await attributes(url, ...names)).to.deep.equal({ SqsManagedSseEnabled: "false" });
    });

    it("says nothing of tags when there are none", async () => {
      const QueueUrl = await sqs.queue("work");
      await sqs.call("TagQueue", { QueueUrl, Tags: { MyTag: "1", mytag: "" } });
      expect(await sqs.call("ListQueueTags", { QueueUrl })).to.deep.equal({ Tags: { MyTag: "1", mytag: "" } });
      await sqs.call("UntagQueue", { QueueUrl, TagKeys: ["MyTag", "mytag", "other"] });
      expect(await sqs.call("ListQueueTags", { QueueUrl })).to.deep.equal({});
    });

    it("takes a queue's name for its URL", async () => {
      await sqs.queue("work");
      await sqs.send("work", "a");
      expect(await sqs.bodies("work")).to.deep.equal(["a"]);
    });

    it("writes permissions into the policy, and takes them out", async () => {
      const QueueUrl = await sqs.queue("work");
      const add = (Label: string, ...AWSAccountIds: string[]): Promise<unknown> =>
        sqs.call("AddPermission", { QueueUrl, Label, AWSAccountIds, Actions: ["ReceiveMessage"] });
      const policy = async (): Promise<unknown> => {
        const found = (await attributes(QueueUrl, "Policy")) as { Policy: string } | undefined;
        return found && JSON.parse(found.Policy);
      };
      const statement = (Sid: string, AWS: unknown): object => ({
        Sid,
        Effect: "Allow",
        Principal: { AWS },
        Action: "SQS:ReceiveMessage",
        Resource: sqs.arn("work"),
      });
      const whole = (...Statement: object[]): object => ({
        Version: "2008-10-17",
        Id: `${sqs.arn("work")}/SQSDefaultPolicy`,
        Statement,
      });
      const roots = ["arn:aws:iam::668614515564:root", "arn:aws:iam::123456789012:root"];
      await add("one", "668614515564", "123456789012");
      expect(await policy()).to.deep.equal(whole(statement("one", roots)));
      await add("two", "123456789012");
      expect(await policy()).to.deep.equal(whole(statement("one", roots), statement("two", roots[1])));
      expect(sqs.cloud.resourcePolicies.get(sqs.arn("work"))).to.deep.equal(await policy());
      await sqs.call("RemovePermission", { QueueUrl, Label: "one" });
      expect(await policy()).to.deep.equal(whole(statement("two", roots[1])));
      await sqs.call("RemovePermission", { QueueUrl, Label: "two" });
      expect(await policy()).to.equal(undefined);
      expect(sqs.cloud.resourcePolicies.has(sqs.arn("work"))).to.equal(false);
    });
  });

  describe("with messages of a standard queue", () => {
    it("changes the visibility of a message by the handle of an earlier receive", async () => {
      const url = await sqs.queue("work");
      await sqs.send(url, "a");
      const [first] = await sqs.receive(url, { VisibilityTimeout: 0 });
      await sqs.receive(url, { VisibilityTimeout: 3 });
      expect(await sqs.bodies(url)).to.deep.equal([]);
      await change(url, first!, 0);
      expect(await sqs.bodies(url)).to.deep.equal(["a"]);
    });

    it("answers * and .* with all attributes, and AWS. with none", async () => {
      const url = await sqs.queue("work", { VisibilityTimeout: "0" });
      const MessageAttributes = Object.fromEntries(
        ["Help.Me", "Hello", "General"].map((name) => [name, { DataType: "String", StringValue: name }]),
      );
      await sqs.send(url, "a", { MessageAttributes });
      const shown = async (...MessageAttributeNames: string[]): Promise<readonly string[]> => {
        const [message] = await sqs.receive(url, { MessageAttributeNames });
        return Object.keys(message!.MessageAttributes ?? {});
      };
      for (const all of ["All", "*", ".*"]) expect(await shown(all)).to.have.length(3);
      expect(await shown("Hel.*")).to.deep.equal(["Help.Me", "Hello"]);
      expect(await shown("Foo", "Hello")).to.deep.equal(["Hello"]);
      for (const none of ["AWS.", "..foo", "Help"]) expect(await shown(none)).to.deep.equal([]);
    });

    it("takes letters of every script in the names of attributes, and refuses signs", async () => {
      const url = await sqs.queue("work");
      const send = (name: string, StringValue = "x"): Promise<string> =>
        sqs.send(url, "a", { MessageAttributes: { [name]: { DataType: "String", StringValue } } });
      await send("attr.1øßä");
      const refused = ["aWs.x", "AMAZON.x", ".x", "x.", "!", '"', "§", "(", "?"].map((name) => send(name));
      for (const one of await Promise.allSettled([...refused, send("x", "\b\v")])) {
        expect(one.status).to.equal("rejected");
        expect((one as PromiseRejectedResult).reason).to.include({ code: "InvalidParameterValueException" });
      }
    });
  });

  describe("with messages of a FIFO queue", () => {
    let url: string;
    beforeEach(async () => {
      url = await sqs.queue("line.fifo", { ContentBasedDeduplication: "true" });
    });
    const send = (body: string): Promise<string> => sqs.send(url, body, { MessageGroupId: body.slice(0, 2) });

    for (const [place, seen] of [
      [0, []],
      [1, ["g1-a"]],
      [2, ["g1-a", "g1-b"]],
    ] as const) {
      it(`gives out what precedes the one that is still hidden, at place ${place}`, async () => {
        for (const body of ["g1-a", "g1-b", "g1-c"]) await send(body);
        const messages = await sqs.receive(url, { VisibilityTimeout: 1 });
        await change(url, messages[place]!, 4);
        await sqs.clock.advance(2500);
        expect(await sqs.bodies(url)).to.deep.equal(seen);
      });
    }

    it("gives a group's first message out when it comes back before the others", async () => {
      for (const body of ["g1-a", "g1-b", "g2-a"]) await send(body);
      const [first] = await sqs.receive(url, { MaxNumberOfMessages: 2 });
      await change(url, first!, 0);
      expect(await sqs.bodies(url)).to.deep.equal(["g2-a", "g1-a"]);
    });

    it("forgets with a purge what it has seen", async () => {
      await send("g1-a");
      await sqs.call("PurgeQueue", { QueueUrl: url });
      await send("g1-a");
      expect(await sqs.bodies(url)).to.deep.equal(["g1-a"]);
    });

    it("delays by the queue's attribute what is sent without delay of its own", async () => {
      const slow = await sqs.queue("slow.fifo", { ContentBasedDeduplication: "true", DelaySeconds: "2" });
      await sqs.send(slow, "a", { MessageGroupId: "g", DelaySeconds: 0 });
      expect(await sqs.bodies(slow)).to.deep.equal([]);
      await sqs.clock.advance(2000);
      expect(await sqs.bodies(slow)).to.deep.equal(["a"]);
    });
  });
});
