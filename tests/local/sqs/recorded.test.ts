import { expect } from "chai";
import type { AwsError } from "../../../local/aws-error";
import type { Json } from "../../../local/service";
import { refusal, SqsFixture } from "./fixture";

/** One request that AWS was seen to refuse: to a standard queue, or to a FIFO queue whose name ends so. */
type Refused = readonly [
  queue: "work" | "line.fifo",
  operation: string,
  input: Json,
  jsonCode: string,
  queryCode: string,
  message: string,
];

const INVALID = ["InvalidParameterValueException", "InvalidParameterValue"] as const;
const MISSING = ["MissingRequiredParameterException", "MissingParameter"] as const;
const ATTRIBUTE_NAME = ["InvalidAttributeName", "InvalidAttributeName"] as const;
const SIMPLE = "AWS.SimpleQueueService.";
const ID = "can only include alphanumeric and punctuation characters. 1 to 128 in length.";
const LONG = "a".repeat(129);
const text = (value: string): Json => ({ DataType: "String", StringValue: value });
const entries = (count: number, more: Json = {}): Json => ({
  Entries: Array.from({ length: count }, (_, index) => ({ Id: `m-${index}`, MessageBody: "x", ...more })),
});

const REFUSED: readonly Refused[] = [
  ["work", "SendMessage", { MessageBody: "" }, ...MISSING, "The request must contain the parameter MessageBody."],
  [
    "work",
    "SendMessage",
    { MessageBody: "a".repeat(1_048_569), MessageAttributes: { k: text("x") } },
    ...INVALID,
    "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.",
  ],
  [
    "work",
    "SendMessage",
    { MessageBody: "x", MessageAttributes: { ErrorDetails: text("") } },
    ...INVALID,
    "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'.",
  ],
  ...["", LONG, "group 123"].flatMap((id): Refused[] => [
    [
      "work",
      "SendMessage",
      { MessageBody: "x", MessageGroupId: id },
      ...INVALID,
      `Value ${id} for parameter MessageGroupId is invalid. Reason: MessageGroupId ${ID}`,
    ],
    [
      "line.fifo",
      "SendMessage",
      { MessageBody: "x", MessageGroupId: "g", MessageDeduplicationId: id },
      ...INVALID,
      `Value ${id} for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId ${ID}`,
    ],
  ]),
  [
    "line.fifo",
    "SendMessage",
    { MessageBody: "x", MessageGroupId: "g", MessageDeduplicationId: "d", DelaySeconds: 2 },
    ...INVALID,
    "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
  ],
  [
    "line.fifo",
    "SendMessage",
    { MessageBody: "x", MessageDeduplicationId: "d" },
    ...MISSING,
    "The request must contain the parameter MessageGroupId.",
  ],
  [
    "line.fifo",
    "SendMessageBatch",
    entries(1, { MessageDeduplicationId: "d" }),
    ...INVALID,
    "The request must contain the parameter MessageGroupId.",
  ],
  [
    "line.fifo",
    "SendMessageBatch",
    entries(1, { MessageGroupId: "g" }),
    ...INVALID,
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
  ],
  [
    "work",
    "SendMessageBatch",
    entries(20),
    "TooManyEntriesInBatchRequest",
    `${SIMPLE}TooManyEntriesInBatchRequest`,
    "Maximum number of entries per request are 10. You have sent 20.",
  ],
  ...["", "testLongId".repeat(10), "invalid:id"].map((Id): Refused => [
    "work",
    "DeleteMessageBatch",
    { Entries: [{ Id, ReceiptHandle: "h" }] },
    "InvalidBatchEntryId",
    `${SIMPLE}InvalidBatchEntryId`,
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
  ]),
  [
    "work",
    "ReceiveMessage",
    { MaxNumberOfMessages: 11 },
    ...INVALID,
    "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
  ],
  ...[21, -1].map((wait): Refused => [
    "work",
    "ReceiveMessage",
    { WaitTimeSeconds: wait },
    ...INVALID,
    `Value ${wait} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.`,
  ]),
  [
    "work",
    "DeleteMessage",
    { ReceiptHandle: "garbage" },
    "ReceiptHandleIsInvalid",
    "ReceiptHandleIsInvalid",
    'The input receipt handle "garbage" is not a valid receipt handle.',
  ],
  ...["true", "false"].map((FifoQueue): Refused => [
    "work",
    "SetQueueAttributes",
    { Attributes: { FifoQueue } },
    ...ATTRIBUTE_NAME,
    "Unknown Attribute FifoQueue.",
  ]),
  [
    "line.fifo",
    "SetQueueAttributes",
    { Attributes: { FifoQueue: "false" } },
    "InvalidAttributeValue",
    "InvalidAttributeValue",
    "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.",
  ],
  [
    "work",
    "SetQueueAttributes",
    { Attributes: { KmsMasterKeyId: "key", SqsManagedSseEnabled: "true" } },
    ...ATTRIBUTE_NAME,
    "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
  ],
  ["work", "GetQueueAttributes", { AttributeNames: ["Foobar"] }, ...ATTRIBUTE_NAME, "Unknown Attribute Foobar."],
  [
    "work",
    "CreateQueue",
    {
      QueueName: "with-dead-letters",
      Attributes: { RedrivePolicy: '{"deadLetterTargetArn": "dummy", "maxReceiveCount": 42}' },
    },
    ...INVALID,
    'Value {"deadLetterTargetArn": "dummy", "maxReceiveCount": 42} for parameter RedrivePolicy is invalid. Reason: Invalid value for deadLetterTargetArn.',
  ],
  ...(
    [
      [{ FifoQueue: "false" }, "Unknown Attribute FifoQueue."],
      [{ ContentBasedDeduplication: "false" }, "Unknown Attribute ContentBasedDeduplication."],
      [{ DeduplicationScope: "queue" }, "You can specify the DeduplicationScope only when FifoQueue is set to true."],
      [
        { FifoThroughputLimit: "perQueue" },
        "You can specify the FifoThroughputLimit only when FifoQueue is set to true.",
      ],
    ] as const
  ).map(([Attributes, message]): Refused => [
    "work",
    "CreateQueue",
    { QueueName: "plain", Attributes },
    ...ATTRIBUTE_NAME,
    message,
  ]),
  [
    "work",
    "CreateQueue",
    { QueueName: "work", Attributes: { DelaySeconds: "1" } },
    "QueueNameExists",
    "QueueAlreadyExists",
    "A queue already exists with the same name and a different value for attribute DelaySeconds",
  ],
  [
    "work",
    "RemovePermission",
    { Label: "nobody" },
    ...INVALID,
    "Value nobody for parameter Label is invalid. Reason: can't find label.",
  ],
  [
    "work",
    "CancelMessageMoveTask",
    { TaskHandle: "foobared" },
    ...INVALID,
    "Value for parameter TaskHandle is invalid.",
  ],
];

describe("SQS refuses as AWS was seen to", () => {
  let sqs: SqsFixture;
  const urls: Record<string, string> = {};
  before(async () => {
    sqs = new SqsFixture();
    for (const name of ["work", "line.fifo"]) urls[name] = await sqs.queue(name);
  });
  const told = (error: AwsError): readonly unknown[] => [error.code, error.detail["queryErrorCode"], error.message];

  for (const [queue, operation, input, ...expected] of REFUSED) {
    it(`${operation} to ${queue}: ${JSON.stringify(input).slice(0, 90)}`, async () => {
      const error = await refusal(sqs.call(operation, { QueueUrl: urls[queue], ...input }));
      expect(told(error)).to.deep.equal(expected);
    });
  }

  it("a task of a queue that does not exist, and one that does not exist of a queue that does", async () => {
    const handle = (name: string): string =>
      Buffer.from(
        JSON.stringify({ taskId: "10f57157-fc38-4da9-a113-4de7e12d05dd", sourceArn: sqs.arn(name) }),
      ).toString("base64");
    const cancel = async (name: string): Promise<readonly unknown[]> => {
      const error = await refusal(sqs.call("CancelMessageMoveTask", { TaskHandle: handle(name) }));
      return [error.status, error.code, error.message];
    };
    expect(await cancel("none")).to.deep.equal([
      404,
      "ResourceNotFoundException",
      "The resource that you specified for the SourceArn parameter doesn't exist.",
    ]);
    expect(await cancel("work")).to.deep.equal([404, "ResourceNotFoundException", "Task does not exist."]);
  });

  it("one message of a batch, in words and with a code of its own", async () => {
    const QueueUrl = await sqs.queue("small", { MaximumMessageSize: "1024" });
    const { Failed } = await sqs.call("SendMessageBatch", {
      QueueUrl,
      Entries: [
        { Id: "good", MessageBody: "a".repeat(1024) },
        { Id: "long", MessageBody: "a".repeat(1025) },
        { Id: "odd", MessageBody: "\u0001" },
      ],
    });
    const [long, odd] = Failed as Json[];
    expect(long).to.deep.equal({
      Id: "long",
      SenderFault: true,
      Code: "InvalidParameterValue",
      Message: "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.",
    });
    expect(odd).to.include({ Id: "odd", Code: "InvalidMessageContents" });
  });
});
