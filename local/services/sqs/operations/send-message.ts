import type { CallContext, Operation } from "../../../service";
import { queueAccess } from "../access";
import { numberOf } from "../attributes";
import { runBatch, validateBatch, type BatchEntry } from "../batch";
import type { NewMessage, Queues } from "../engine";
import { invalidParameter, invalidValue, sqsError } from "../errors";
import {
  MAX_MESSAGE_BYTES,
  md5OfAttributes,
  messageBytes,
  validateAttributes,
  validateBody,
  type MessageAttributes,
} from "../message";
import { countMetric } from "../metrics";
import { checkPresence, fifoParameters } from "../fifo-parameters";
import type { Queue } from "../queue";
import { senderId } from "../sender";
import { meter } from "../meter";

export interface SendInput {
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: MessageAttributes;
  readonly MessageSystemAttributes?: MessageAttributes;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

interface ByUrl {
  readonly QueueUrl?: string;
}

export const sendMessage = (queues: Queues): Operation<ByUrl & SendInput> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "SendMessage", context, "send"),
  answer: (input, context) => {
    const queue = queues.byUrl(input.QueueUrl);
    meter(context, queue, messageBytes(String(input.MessageBody ?? ""), input.MessageAttributes));
    return send(queues, queue, input, context);
  },
});

export const sendMessageBatch = (
  queues: Queues,
): Operation<ByUrl & { readonly Entries?: readonly (SendInput & BatchEntry)[] }> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "SendMessage", context, "send"),
  answer: ({ QueueUrl, Entries }, context) => {
    const queue = queues.byUrl(QueueUrl);
    validateBatch(Entries, "SendMessageBatchRequestEntry");
    const entries = Entries;
    const bytes = entries.reduce(
      (sum, entry) => sum + messageBytes(String(entry.MessageBody ?? ""), entry.MessageAttributes),
      0,
    );
    if (bytes > MAX_MESSAGE_BYTES) {
      throw sqsError(
        "BatchRequestTooLong",
        `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${bytes} bytes.`,
      );
    }
    for (const entry of entries) checkPresence(queue, entry, true);
    meter(context, queue, bytes);
    return runBatch(entries, (entry) => send(queues, queue, entry, context, "cannot be validated"));
  },
});

/** @param verdict what AWS says of a message that is too long: other words in a batch. */
function send(
  queues: Queues,
  queue: Queue,
  input: SendInput,
  context: CallContext,
  verdict = "are invalid",
): Record<string, string> {
  const { sequenceNumber, ...sent } = queues.send(queue, newMessage(queue, input, context, verdict));
  countMetric(context.cloud, queue, "NumberOfMessagesSent", 1);
  countMetric(
    context.cloud,
    queue,
    "SentMessageSize",
    messageBytes(input.MessageBody!, input.MessageAttributes),
    "Bytes",
  );
  return {
    MessageId: sent.id,
    MD5OfMessageBody: sent.md5,
    ...(hasAny(input.MessageAttributes) ? { MD5OfMessageAttributes: md5OfAttributes(input.MessageAttributes) } : {}),
    ...(hasAny(input.MessageSystemAttributes)
      ? { MD5OfMessageSystemAttributes: md5OfAttributes(input.MessageSystemAttributes) }
      : {}),
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
  };
}

function newMessage(queue: Queue, input: SendInput, { principal, cloud }: CallContext, verdict: string): NewMessage {
  const { MessageBody: body, DelaySeconds: delay, MessageAttributes: attributes } = input;
  validateBody(body);
  if (attributes) validateAttributes(attributes);
  const limit = numberOf(queue.attributes, "MaximumMessageSize");
  if (messageBytes(body, attributes) > limit) {
    throw invalidValue(`One or more parameters ${verdict}. Reason: Message must be shorter than ${limit} bytes.`);
  }
  if (delay !== undefined && !(Number.isInteger(delay) && delay >= 0 && delay <= 900)) {
    throw invalidParameter("DelaySeconds", delay, "DelaySeconds must be >= 0 and <= 900.");
  }
  const trace = input.MessageSystemAttributes?.["AWSTraceHeader"]?.StringValue;
  return {
    body,
    senderId: senderId(principal, cloud),
    ...(hasAny(attributes) ? { attributes } : {}),
    ...(trace === undefined ? {} : { traceHeader: trace }),
    ...(delay === undefined || queue.fifo ? {} : { delaySeconds: delay }),
    ...fifoParameters(queue, body, input),
  };
}

function hasAny(attributes: MessageAttributes | undefined): attributes is MessageAttributes {
  return attributes !== undefined && Object.keys(attributes).length > 0;
}
