import type { Operation } from "../../../service";
import { queueAccess } from "../access";
import { numberOf } from "../attributes";
import type { Queues } from "../engine";
import { invalidParameter } from "../errors";
import { md5OfAttributes, messageBytes, type Message, type MessageAttributes } from "../message";
import { meter } from "../meter";
import { countMetric } from "../metrics";
import { receiptHandle } from "../receipt";

interface Input {
  readonly QueueUrl?: string;
  readonly MaxNumberOfMessages?: number;
  readonly VisibilityTimeout?: number;
  readonly WaitTimeSeconds?: number;
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
  readonly MessageAttributeNames?: readonly string[];
}

export const receiveMessage = (queues: Queues): Operation<Input> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "ReceiveMessage", context, "receive"),
  answer: async (input, context) => {
    const queue = queues.byUrl(input.QueueUrl);
    const limit = within(
      input.MaxNumberOfMessages ?? 1,
      1,
      10,
      "MaxNumberOfMessages",
      "Must be between 1 and 10, if provided.",
    );
    const timeout = within(
      input.VisibilityTimeout ?? numberOf(queue.attributes, "VisibilityTimeout"),
      0,
      43_200,
      "VisibilityTimeout",
      "Must be >= 0 and <= 43200, if provided.",
    );
    const wait = within(
      input.WaitTimeSeconds ?? numberOf(queue.attributes, "ReceiveMessageWaitTimeSeconds"),
      0,
      20,
      "WaitTimeSeconds",
      "Must be >= 0 and <= 20, if provided.",
    );
    const messages = await queues.receive(queue, {
      limit,
      visibilityTimeoutMs: timeout * 1000,
      waitMs: wait * 1000,
      principal: context.principal,
    });
    meter(
      context,
      queue,
      messages.reduce((sum, message) => sum + messageBytes(message.body, message.attributes), 0),
    );
    context.note("messages", messages.length);
    if (messages.length > 0) countMetric(context.cloud, queue, "NumberOfMessagesReceived", messages.length);
    else countMetric(context.cloud, queue, "NumberOfEmptyReceives", 1);
    const system = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
    const shown = messages.map((message) => ({
      MessageId: message.id,
      ReceiptHandle: receiptHandle(queue, message),
      MD5OfBody: message.md5,
      Body: message.body,
      ...systemAttributes(message, system),
      ...userAttributes(message.attributes ?? {}, input.MessageAttributeNames ?? []),
    }));
    return shown.length === 0 ? {} : { Messages: shown };
  },
});

function systemAttributes(message: Message, names: readonly string[]): { Attributes?: Record<string, string> } {
  const all: Record<string, string | undefined> = {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    SequenceNumber: message.sequenceNumber,
    MessageDeduplicationId: message.dedupId,
    MessageGroupId: message.groupId,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSource,
  };
  const chosen: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined && (names.includes("All") || names.includes(name))) chosen[name] = value;
  }
  return Object.keys(chosen).length === 0 ? {} : { Attributes: chosen };
}

function userAttributes(
  attributes: MessageAttributes,
  names: readonly string[],
): { MessageAttributes?: MessageAttributes; MD5OfMessageAttributes?: string } {
  const matches = (name: string): boolean =>
    names.some(
      (wanted) =>
        wanted === "All" ||
        wanted === "*" ||
        wanted === ".*" ||
        wanted === name ||
        (wanted.endsWith(".*") && name.startsWith(wanted.slice(0, -2))),
    );
  const chosen = Object.fromEntries(Object.entries(attributes).filter(([name]) => matches(name)));
  return Object.keys(chosen).length === 0
    ? {}
    : { MessageAttributes: chosen, MD5OfMessageAttributes: md5OfAttributes(chosen) };
}

function within(value: number, min: number, max: number, name: string, reason: string): number {
  if (!Number.isInteger(value) || value < min || value > max) throw invalidParameter(name, value, reason);
  return value;
}
