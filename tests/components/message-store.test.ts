import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { MessageStore } from "../../components/message-store/message-store";
import { find, grants, record, unwatched, valueOf, type Declared } from "./declared";

describe("MessageStore", function () {
  this.timeout(60_000);
  const declared: Declared[] = [];
  let store: MessageStore;

  before(async () => {
    await record(declared);
    store = new MessageStore("messages", { types: { season: { consent: "opt-in", priority: 3 } } });
    const client = store.client();
    const reaction = store.onStatus("bounced", async (change) => {
      await client.enqueue({ player: change.player, type: "transactional", template: "mend-address" });
    });
    store.onStatus("bounced", async () => undefined);
    const output = (value: unknown): pulumi.Output<unknown> => value as pulumi.Output<unknown>;
    for (const fn of [store.prepareFunction, store.sweepFunction, store.enqueueFunction, reaction]) {
      await valueOf(output(fn.arn));
    }
    await pulumi.runtime.disconnect();
  });

  it("needs no argument and declares every child under its own name", () => {
    const own = declared.filter(({ type }) => type.startsWith("aws:"));
    expect(own.filter(({ name }) => !name.startsWith("messages"))).to.deep.equal([]);
    expect(new Set(own.map(({ type, name }) => `${type} ${name}`)).size).to.equal(own.length);
  });

  it("protects the table: stream, recovery, customer key, deletion protection, retention", () => {
    const { inputs } = find(declared, "messages-table");
    expect(inputs).to.deep.include({
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      ttl: { attributeName: "expiresAt", enabled: true },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
    });
    expect(inputs["serverSideEncryption"]).to.deep.equal({
      enabled: true,
      kmsKeyArn: "arn:aws:test:us-east-1:123456789012:messages-key-key",
    });
    expect(inputs["globalSecondaryIndexes"]).to.deep.equal([
      { name: "due", hashKey: "dueBucket", rangeKey: "dueAt", projectionType: "KEYS_ONLY" },
    ]);
  });

  it("reads the stream by one mapping, bounded, with filters for what is queued and what is subscribed", () => {
    const mappings = declared.filter(({ inputs }) => String(inputs["eventSourceArn"]).endsWith("/stream"));
    expect(mappings.map(({ name }) => name)).to.deep.equal(["messages-prepare-mapping"]);
    const { inputs } = find(declared, "messages-prepare-mapping");
    expect(inputs).to.deep.include({
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      maximumRetryAttempts: 10,
      maximumRecordAgeInSeconds: 21_600,
      parallelizationFactor: 2,
    });
    const { filters } = inputs["filterCriteria"] as { filters: { pattern: string }[] };
    expect(filters.map(({ pattern }) => JSON.parse(pattern) as unknown)).to.deep.equal([
      { eventName: ["INSERT"], dynamodb: { NewImage: { status: { S: ["queued"] } } } },
      {
        eventName: ["MODIFY"],
        dynamodb: { NewImage: { status: { S: ["queued"] } }, OldImage: { status: { S: ["held", "failed"] } } },
      },
      { eventName: ["INSERT", "MODIFY"], dynamodb: { NewImage: { status: { S: ["bounced"] } } } },
    ]);
  });

  it("gives each function exactly its rights", () => {
    expect(grants(declared, "messages-enqueue")).to.deep.equal([
      "dynamodb:PutItem messages-table",
      "kms:Decrypt messages-key-key",
      "kms:Encrypt messages-key-key",
      "kms:GenerateDataKey messages-key-key",
      "kms:ReEncryptFrom messages-key-key",
      "kms:ReEncryptTo messages-key-key",
      "sqs:SendMessage messages-failures",
    ]);
    expect(grants(declared, "messages-on-bounced-function")).to.deep.equal([
      "dynamodb:PutItem messages-table",
      "kms:Decrypt messages-key-key",
      "kms:Encrypt messages-key-key",
      "kms:GenerateDataKey messages-key-key",
      "kms:ReEncryptFrom messages-key-key",
      "kms:ReEncryptTo messages-key-key",
      "sqs:DeleteMessage messages-on-bounced-queue",
      "sqs:GetQueueAttributes messages-on-bounced-queue",
      "sqs:ReceiveMessage messages-on-bounced-queue",
    ]);
    expect(grants(declared, "messages-sweep")).to.include("dynamodb:Query messages-table/index/due");
  });

  it("sends what no channel takes to the catch-all, from every topic", () => {
    const caught = declared.filter(({ name }) => name.endsWith("-to-unknown-channel"));
    expect(caught.map(({ name }) => name).sort()).to.deep.equal(
      ["marketing", "season", "social", "transactional"].map((type) => `messages-${type}-to-unknown-channel`),
    );
    for (const { inputs } of caught) {
      expect(JSON.parse(String(inputs["filterPolicy"]))).to.deep.equal({ channel: [{ exists: true }] });
      expect(inputs["rawMessageDelivery"]).to.equal(true);
      expect(JSON.parse(String(inputs["redrivePolicy"]))).to.have.key("deadLetterTargetArn");
    }
  });

  it("gives every reaction its own filtered queue and function, also two to one status", () => {
    for (const name of ["messages-on-bounced", "messages-on-bounced-2"]) {
      const { inputs } = find(declared, `${name}-subscription`);
      expect(JSON.parse(String(inputs["filterPolicy"]))).to.deep.equal({ status: ["bounced"] });
      expect(find(declared, `${name}-mapping`).inputs["scalingConfig"]).to.deep.equal({ maximumConcurrency: 2 });
    }
  });

  it("watches every queue in which something can be left lying, and shows it", () => {
    expect(unwatched(declared, "messages")).to.deep.equal([]);
    expect(
      store
        .widgets()
        .at(-1)
        ?.metrics.map(({ label }) => label),
    ).to.deep.equal(["no channel", "sweep", "on bounced", "on bounced-2"]);
  });

  it("encrypts every topic and queue, keeps every subscription's failures", () => {
    for (const { type, inputs, name } of declared) {
      if (type === "aws:sns/topic:Topic") expect(inputs["kmsMasterKeyId"], name).to.be.a("string");
      if (type === "aws:sqs/queue:Queue") expect(inputs["kmsMasterKeyId"], name).to.be.a("string");
      if (type === "aws:sns/topicSubscription:TopicSubscription")
        expect(inputs["redrivePolicy"], name).to.be.a("string");
    }
  });

  it("refuses wrong arguments in the house form", () => {
    expect(() => new MessageStore("m", { retentionDays: 0 })).to.throw(
      'retentionDays for "m": got 0; expected a whole number from 1 to 3650.',
    );
    expect(() => new MessageStore("m", { dueShards: 9 })).to.throw(
      'dueShards for "m": got 9; expected a whole number from 1 to 8.',
    );
    expect(() => new MessageStore("m", { types: { "No Good": { consent: "none", priority: 1 } } })).to.throw(
      'types for "m": got "No Good"; expected names of up to 32 of a-z 0-9 -. Rename the type.',
    );
    expect(() => store.onStatus("nowhere" as never, async () => undefined)).to.throw('onStatus for "messages"');
  });
});
