import { expect } from "chai";
import type { Json } from "../../../local/service";
import { confirmingVisit } from "../../../local/services/sns";
import { statusRefusalOf } from "../../helpers/refusal";
import { SnsFixture, text } from "./fixture";

const REDACTED = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";
const INVALID = "400 InvalidParameter: Invalid parameter:";
const INVALID_VALUE = "400 ParameterValueInvalid:";

/** Message attributes that AWS refuses, as Publish and, in a batch, PublishBatch. */
const ATTRIBUTES: readonly (readonly [Json, string])[] = [
  [
    { attr1: { DataType: "String", StringValue: "" } },
    "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String'.",
  ],
  [
    { attr1: { DataType: "String" } },
    "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String'.",
  ],
  [
    { attr1: { DataType: "Binary", BinaryValue: "" } },
    "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'Binary'.",
  ],
  [
    { attr1: { DataType: "String", BinaryValue: "MTIz" } },
    "The message attribute 'attr1' with type 'String' must use field 'String'.",
  ],
  [
    { attr1: { DataType: "Number", BinaryValue: "MTIz" } },
    "The message attribute 'attr1' with type 'Number' must use field 'String'.",
  ],
  [
    { attr1: { DataType: "Binary", StringValue: "123" } },
    "The message attribute 'attr1' with type 'Binary' must use field 'Binary'.",
  ],
  ...["InvalidType", "String.", "Stringprefixed"].map((DataType): readonly [Json, string] => [
    { attr1: { DataType, StringValue: "123" } },
    "The message attribute 'attr1' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
  ]),
  [{ ["a".repeat(257)]: text("123") }, "Length of message attribute name must be less than 256 bytes."],
  [
    { "a^*?": text("123") },
    "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
  ],
  [{ ".abc": text("123") }, "Invalid message attribute name starting with character '.' was found."],
  [{ "abc.": text("123") }, "Invalid message attribute name ending with character '.' was found."],
  [{ "a..bc": text("123") }, "Message attribute name can not have successive '.' character."],
];

describe("SNS, as AWS was seen to answer", () => {
  let sns: SnsFixture;
  let topic: string;
  beforeEach(async () => {
    sns = new SnsFixture();
    topic = await sns.topic();
  });
  const said = (operation: string, input: Json): Promise<string> => statusRefusalOf(sns.call(operation, input));

  it("refuses wrong message attributes, and a batch for one of them", async () => {
    for (const [MessageAttributes, reason] of ATTRIBUTES) {
      expect(await said("Publish", { TopicArn: topic, Message: "x", MessageAttributes })).to.equal(
        `${INVALID_VALUE} ${reason}`,
      );
      const entries = [
        { Id: "1", Message: "x", MessageAttributes },
        { Id: "3", Message: "valid" },
      ];
      expect(await said("PublishBatch", { TopicArn: topic, PublishBatchRequestEntries: entries })).to.equal(
        `${INVALID_VALUE} ${reason}`,
      );
    }
    expect(sns.metric("NumberOfMessagesPublished")).to.equal(0);
    const MessageAttributes = { attr1: { StringValue: "value" } };
    const missing = (at: string): string =>
      `400 ValidationError: 1 validation error detected: Value null at '${at}attr1.member.dataType' failed to satisfy constraint: Member must not be null`;
    expect(await said("Publish", { TopicArn: topic, Message: "x", MessageAttributes })).to.equal(
      missing("messageAttributes."),
    );
    const entries = [{ Id: "1", Message: "x", MessageAttributes }];
    expect(await said("PublishBatch", { TopicArn: topic, PublishBatchRequestEntries: entries })).to.equal(
      missing("publishBatchRequestEntries.1.member.messageAttributes."),
    );
    await sns.publish(topic, "x", { attr1: { DataType: "String.  prefixed.", StringValue: "prefixed-1" } });
  });

  it("refuses wrong messages", async () => {
    const publish = (input: Json): Promise<string> => said("Publish", { TopicArn: topic, Message: "x", ...input });
    const size = { attr1: { DataType: "Number", StringValue: "1" } };
    const cases: readonly (readonly [Json, string])[] = [
      [{ TopicArn: "" }, "TopicArn Reason: An ARN must have at least 6 elements, not 1"],
      [{ TopicArn: "randomstring:1" }, "TopicArn Reason: An ARN must have at least 6 elements, not 2"],
      [{ TopicArn: undefined }, "TopicArn or TargetArn Reason: no value for required parameter"],
      [
        { TopicArn: undefined, TargetArn: sns.cloud.arn("sns", "endpoint/APNS/abcdef/0f7d5971") },
        "TargetArn Reason: No endpoint found for the target arn specified",
      ],
      [{ Subject: "" }, "Subject"],
      [{ Message: "" }, "Empty message"],
      [{ Message: "a".repeat(262_144 - 12 + 1), MessageAttributes: size }, "Message too long"],
      [
        { Message: '{"sqs":"x"}', MessageStructure: "json" },
        "Message Structure - No default entry in JSON message body",
      ],
      [
        { Message: '{"default":"x"} }', MessageStructure: "json" },
        "Message Structure - JSON message body failed to parse",
      ],
      [
        { Message: '{"default":{"object":"x"}}', MessageStructure: "json" },
        "Message Structure - No default entry in JSON message body",
      ],
    ];
    for (const [input, reason] of cases) expect(await publish(input)).to.equal(`${INVALID} ${reason}`);
    await sns.publish(topic, "a".repeat(262_144 - 12), size);
  });

  it("takes the default text where another protocol's is none", async () => {
    const queue = await sns.queue("inbox", topic);
    await sns.subscribe(topic, "sqs", queue, { RawMessageDelivery: "TrUe" });
    const Message = '{"default":"default field","sqs":{"field":"value"}}';
    await sns.call("Publish", { TopicArn: topic, Message, MessageStructure: "json" });
    await sns.clock.settle();
    expect((await sns.received(queue)).map(({ Body }) => Body)).to.deep.equal(["default field"]);
  });

  it("refuses whole batches", async () => {
    const batch = (entries: readonly Json[], TopicArn = topic): Promise<string> =>
      said("PublishBatch", { TopicArn, PublishBatchRequestEntries: entries });
    const eleven = Array.from({ length: 11 }, (_, index) => ({ Id: String(index), Message: "x" }));
    const half = 131_072;
    expect([
      await batch(eleven),
      await batch([eleven[0]!, eleven[0]!]),
      await batch([
        { Id: "1", Message: "a".repeat(half) },
        { Id: "2", Message: "b".repeat(half + 1) },
      ]),
      await batch([{ Id: "1", Message: "{}", MessageStructure: "json" }, eleven[2]!]),
      await batch(eleven.slice(0, 1), `${topic}-fake`),
    ]).to.deep.equal([
      "400 TooManyEntriesInBatchRequest: The batch request contains more entries than permissible.",
      "400 BatchEntryIdsNotDistinct: Two or more batch entries in the request have the same Id.",
      "400 BatchRequestTooLong: The length of all the messages put together is more than the limit.",
      `${INVALID} Message Structure - No default entry in JSON message body`,
      "404 NotFound: Topic does not exist",
    ]);
    expect(sns.metric("NumberOfMessagesPublished")).to.equal(0);
  });

  it("refuses wrong topics, and answers the one that is there", async () => {
    const again = (Tags: readonly Json[]): Promise<Json> => sns.call("CreateTopic", { Name: "tagged", Tags });
    const [a, b] = [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ] as const;
    const made = await again([a, b]);
    expect([await again([a, b]), await again([a]), await again([])]).to.deep.equal([made, made, made]);
    expect([
      await said("CreateTopic", { Name: "alerts", Tags: [a] }),
      await said("TagResource", { ResourceArn: topic, Tags: [a, b, { Key: "b", Value: "2" }] }),
      await said("CreateTopic", { Name: "a".repeat(257) }),
      await said("CreateTopic", { Name: "bad:name" }),
      await said("SetTopicAttributes", { TopicArn: topic, AttributeName: "FifoTopic", AttributeValue: "false" }),
      await said("DeleteTopic", { TopicArn: "arn:aws:sns:eu-west-1:123456789012:alerts" }),
    ]).to.deep.equal([
      `${INVALID} Tags Reason: Topic already exists with different tags`,
      `${INVALID} Duplicated keys are not allowed.`,
      `${INVALID} Topic Name`,
      `${INVALID} Topic Name`,
      `${INVALID} AttributeName`,
      `${INVALID} TopicArn`,
    ]);
    await sns.call("DeleteTopic", { TopicArn: `${topic}-none` });
  });

  it("refuses wrong subscriptions", async () => {
    const subscribe = (Protocol: string, Endpoint: string, Attributes: Json = {}): Promise<string> =>
      said("Subscribe", { TopicArn: topic, Protocol, Endpoint, Attributes });
    expect(await subscribe("test-protocol", "a@b.test")).to.equal(
      `${INVALID} Amazon SNS does not support this protocol string: test-protocol`,
    );
    for (const number of ["+15--551234567", "NAA+15551234567", "+15551234567.", "/+15551234567", "invalid-number"])
      expect(await subscribe("sms", number)).to.equal(`400 InvalidParameter: Invalid SMS endpoint: ${number}`);
    for (const number of ["+1234567890", "+12/34-567.890"]) await sns.subscribe(topic, "sms", number);
    expect(await subscribe("sqs", "unknown")).to.equal(`${INVALID} SQS endpoint ARN`);
    const queue = sns.cloud.arn("sqs", "unknown");
    expect(
      await subscribe("sqs", queue, {
        RawMessageDelivery: "wrongvalue",
        FilterPolicyScope: "MessageBody",
        FilterPolicy: "",
      }),
    ).to.equal(`${INVALID} Attributes Reason: RawMessageDelivery: Invalid value [wrongvalue]. Must be true or false.`);
    const arn = await sns.subscribe(topic, "sqs", queue);
    const set = (AttributeName: string, AttributeValue: string): Promise<string> =>
      said("SetSubscriptionAttributes", { SubscriptionArn: arn, AttributeName, AttributeValue });
    expect([
      await set("FakeAttribute", "test-value"),
      await set("RawMessageDelivery", "test-ValUe"),
      await set("RawMessageDelivery", ""),
      await set("RedrivePolicy", '{"deadLetterTargetArn":"fake-arn"}'),
      await set("RedrivePolicy", "{invalidjson}"),
      await set("FilterPolicy", "{invalidjson}"),
    ]).to.deep.equal([
      `${INVALID} AttributeName`,
      `${INVALID} RawMessageDelivery: Invalid value [test-ValUe]. Must be true or false.`,
      `${INVALID} RawMessageDelivery: Invalid value []. Must be true or false.`,
      `${INVALID} RedrivePolicy: deadLetterTargetArn is an invalid arn`,
      ...["RedrivePolicy", "FilterPolicy"].map(
        (name) =>
          `${INVALID} ${name}: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting double-quote to start field name\n at [Source: ${REDACTED}; line: 1, column: 2]`,
      ),
    ]);
  });

  it("answers the subscription that is there unless an attribute differs", async () => {
    const queue = await sns.queue("inbox", topic);
    const first = await sns.subscribe(topic, "sqs", queue, { RawMessageDelivery: "True" });
    for (const same of [
      { RawMessageDelivery: "true" },
      { RawMessageDelivery: "true", FilterPolicyScope: "MessageAttributes" },
      {},
      { FilterPolicyScope: "MessageAttributes" },
    ])
      expect(await sns.subscribe(topic, "sqs", queue, same)).to.equal(first);
    expect(
      await said("Subscribe", {
        TopicArn: topic,
        Protocol: "sqs",
        Endpoint: queue,
        Attributes: { RawMessageDelivery: "false", FilterPolicyScope: "MessageBody" },
      }),
    ).to.equal(`${INVALID} Attributes Reason: Subscription already exists with different attributes`);
  });

  it("ends a subscription twice, but not what is none", async () => {
    const arn = await sns.subscribe(topic, "sqs", await sns.queue("inbox", topic));
    for (let time = 0; time < 2; time++) await sns.call("Unsubscribe", { SubscriptionArn: arn });
    const unsubscribe = (SubscriptionArn?: string): Promise<string> => said("Unsubscribe", { SubscriptionArn });
    expect([
      await unsubscribe("randomstring"),
      await unsubscribe("arn:aws:sns:us-east-1:random"),
      await unsubscribe(sns.cloud.arn("sns", "random")),
      await unsubscribe(),
      await said("GetSubscriptionAttributes", { SubscriptionArn: `${topic}:nothing` }),
      await said("GetSubscriptionAttributes", { SubscriptionArn: arn }),
    ]).to.deep.equal([
      `${INVALID} SubscriptionArn Reason: An ARN must have at least 6 elements, not 1`,
      `${INVALID} SubscriptionArn Reason: An ARN must have at least 6 elements, not 5`,
      `${INVALID} SubscriptionId`,
      `${INVALID} SubscriptionArn Reason: no value for required parameter`,
      `${INVALID} SubscriptionId`,
      "404 NotFound: Subscription does not exist",
    ]);
  });

  it("confirms nothing by a wrong token", async () => {
    const confirm = (TopicArn: string, Token: string): Promise<string> =>
      said("ConfirmSubscription", { TopicArn, Token });
    expect([
      await confirm(`${topic}i`, "51b2ff3e".repeat(36)),
      await confirm(topic, "randomtoken"),
      await confirm(topic, "51b2ff3e".repeat(36)),
      await confirm("broken", "51b2ff3e".repeat(36)),
      await confirm("arn:aws:sns:eu-west-1:123456789012:alerts", "51b2ff3e".repeat(36)),
    ]).to.deep.equal([
      `${INVALID} Token`,
      "400 InvalidParameter: Invalid token",
      `${INVALID} Token`,
      `${INVALID} Topic`,
      `${INVALID} Topic`,
    ]);
  });

  it("confirms by a visit of the SubscribeURL, which nobody signs", async () => {
    const arn = await sns.subscribe(topic, "http", "http://game.test/hook");
    const token = sns.sns.snapshot().topics[0]!.subscriptions[0]!.token;
    const visit = async (query: string): Promise<string> => {
      const request = { method: "GET", path: "/", query, headers: {}, body: Buffer.alloc(0) };
      const { status, body } = (await confirmingVisit(sns.cloud, request))!;
      return `${status} ${/<(Message|SubscriptionArn)>(.*?)<\/\1>/.exec(String(body))![2]}`;
    };
    const action = "Action=ConfirmSubscription";
    expect([
      await visit(`${action}&TopicArn=broken&Token=${token}`),
      await visit(`${action}&TopicArn=${topic}&Token=${token.replace(/^../, "00")}`),
      await visit(`${action}&TopicArn=${topic}&Token=${token}`),
    ]).to.deep.equal(["400 Invalid parameter: Topic", "400 Invalid parameter: Token", `200 ${arn}`]);
    const shown = await sns.attributes("GetSubscriptionAttributes", { SubscriptionArn: arn });
    expect(shown).to.include({ PendingConfirmation: "false" });
  });

  it("pages a hundred at a time, by a token in base64", async () => {
    for (let suffix = 0; suffix < 101; suffix++) await sns.subscribe(topic, "sms", `+12312312${suffix}`);
    type Page = { readonly Subscriptions: readonly Json[]; readonly NextToken?: string };
    const first = await sns.call<Page>("ListSubscriptionsByTopic", { TopicArn: topic });
    expect(first.Subscriptions).to.have.length(100);
    const { NextToken } = first;
    const second = await sns.call<Page>("ListSubscriptionsByTopic", { TopicArn: topic, NextToken });
    expect(second.Subscriptions.map(({ Endpoint }) => Endpoint)).to.deep.equal(["+12312312100"]);
    expect(second).not.to.have.property("NextToken");
    expect(await said("ListTopics", { NextToken: "nonsense" })).to.equal(`${INVALID} NextToken`);
  });

  it("delivers a FIFO topic's messages unsigned, and to a standard queue without their group", async () => {
    const fifo = await sns.topic("orders.fifo", { FifoTopic: "true", ContentBasedDeduplication: "true" });
    const [ordered, standard] = [
      await sns.queue("orders.fifo", fifo, { FifoQueue: "true" }),
      await sns.queue("orders", fifo),
    ];
    for (const queue of [ordered, standard]) await sns.subscribe(fifo, "sqs", queue);
    await sns.call("Publish", { TopicArn: fifo, Message: "Test", MessageGroupId: "group-1" });
    await sns.clock.settle();
    const shown: unknown[] = [];
    for (const arn of [ordered, standard]) {
      const input = { QueueUrl: sns.cloud.ports.queues.urlOf(arn), MessageSystemAttributeNames: ["All"] };
      type Answer = { readonly Messages: readonly { Body: string; Attributes: Record<string, string> }[] };
      const [message] = (await sns.call<Answer>("ReceiveMessage", input, "sqs")).Messages;
      const { MessageGroupId, MessageDeduplicationId } = message!.Attributes;
      shown.push([Object.keys(JSON.parse(message!.Body) as Json), MessageGroupId, MessageDeduplicationId]);
    }
    const body = ["Type", "MessageId", "SequenceNumber", "TopicArn", "Message", "Timestamp", "UnsubscribeURL"];
    expect(shown).to.deep.equal([
      [body, "group-1", "532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25"],
      [body, undefined, undefined],
    ]);
    const subscription = (await sns.call<{ Subscriptions: Json[] }>("ListSubscriptionsByTopic", { TopicArn: fifo }))
      .Subscriptions[0]!["SubscriptionArn"];
    expect(
      await said("SetSubscriptionAttributes", {
        SubscriptionArn: subscription,
        AttributeName: "RedrivePolicy",
        AttributeValue: JSON.stringify({ deadLetterTargetArn: standard }),
      }),
    ).to.equal(`${INVALID} RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.`);
  });

  it("says the topic's version of signatures to queues", async () => {
    const second = await sns.topic("second", { SignatureVersion: "2" });
    const queue = await sns.queue("inbox", second);
    await sns.subscribe(second, "sqs", queue);
    await sns.publish(second, "x");
    const [message] = await sns.received(queue);
    expect(JSON.parse(message!.Body)).to.include({ SignatureVersion: "2" });
  });
});
