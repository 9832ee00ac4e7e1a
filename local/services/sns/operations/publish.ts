import { createHash } from "node:crypto";
import { AwsError } from "../../../aws-error";
import type { CallContext, Operation } from "../../../service";
import { publishAccess } from "../access";
import type { Topics } from "../engine";
import { invalidParameter } from "../errors";
import {
  publishBytes,
  textPerProtocol,
  validateMessage,
  type MessageAttribute,
  type Published,
  type PublishEntry,
} from "../message";
import { countMetric } from "../metrics";
import { isFifo, type Topic } from "../topic";
import { DEFAULT_MESSAGE_BYTES } from "../topic-attributes";
import { readMap, type WireMap } from "../wire";

interface WireEntry extends PublishEntry {
  readonly MessageAttributes?: WireMap<MessageAttribute>;
}

interface Input extends WireEntry {
  readonly TopicArn?: string;
  readonly TargetArn?: string;
}

export const publish = (topics: Topics): Operation<Input> => ({
  authorize: (input, context) => publishAccess(topicOf(topics, input), context),
  answer: (input, context) => {
    const topic = topicOf(topics, input);
    return answerOf(publishOne(topics, topic, input, context));
  },
});

function topicOf(topics: Topics, { TopicArn, TargetArn }: Input): Topic {
  return TargetArn !== undefined && TopicArn === undefined ? topics.get(TargetArn, "TargetArn") : topics.get(TopicArn);
}

interface BatchInput {
  readonly TopicArn?: string;
  readonly PublishBatchRequestEntries?: readonly (WireEntry & { readonly Id: string })[];
}

export const publishBatch = (topics: Topics): Operation<BatchInput> => ({
  authorize: ({ TopicArn }, context) => publishAccess(topics.get(TopicArn), context),
  answer: ({ TopicArn, PublishBatchRequestEntries: entries = [] }, context) => {
    const topic = topics.get(TopicArn);
    if (entries.length === 0) throw new AwsError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
    if (entries.length > 10)
      throw new AwsError(
        "TooManyEntriesInBatchRequest",
        "The batch request contains more entries than permissible (more than 10).",
      );
    const ids = new Set(entries.map(({ Id }) => Id));
    if (ids.size < entries.length)
      throw new AwsError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
    const bytes = entries.reduce(
      (sum, entry) => sum + publishBytes(entry.Message ?? "", readMap<MessageAttribute>(entry.MessageAttributes)),
      0,
    );
    if (bytes > limitOf(topic))
      throw new AwsError("BatchRequestTooLong", "The length of all the messages put together is more than the limit.");
    // Without a group a batch to a FIFO topic is refused as a whole.
    if (isFifo(topic) && entries.some(({ MessageGroupId }) => !MessageGroupId)) throw noGroup();
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const entry of entries) {
      try {
        Successful.push({ Id: entry.Id, ...answerOf(publishOne(topics, topic, entry, context)) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
      }
    }
    return { Successful, Failed };
  },
});

/** Each 64 KB published is one request (SNS pricing). */
const CHUNK = 65_536;

function publishOne(topics: Topics, topic: Topic, entry: WireEntry, context: CallContext): Published {
  const attributes = readMap<MessageAttribute>(entry.MessageAttributes);
  validateMessage(entry, attributes, limitOf(topic));
  const perProtocol = textPerProtocol(entry);
  const bytes = publishBytes(entry.Message!, attributes);
  const published = topics.publish(topic, {
    message: entry.Message!,
    attributes,
    ...(perProtocol === undefined ? {} : { perProtocol }),
    ...(entry.Subject === undefined ? {} : { subject: entry.Subject }),
    ...fifoParameters(topic, entry),
  });
  context.use("sns.publish", Math.ceil(bytes / CHUNK));
  countMetric(context.cloud, topic.arn, "NumberOfMessagesPublished");
  countMetric(context.cloud, topic.arn, "PublishSize", bytes, "Bytes");
  return published;
}

function limitOf(topic: Topic): number {
  return Number(topic.attributes["MaximumMessageSize"] ?? DEFAULT_MESSAGE_BYTES);
}

/** A standard topic takes a group for the fair queues behind it. */
function fifoParameters(topic: Topic, entry: WireEntry): { groupId?: string; dedupId?: string } {
  const { MessageGroupId: groupId, MessageDeduplicationId: dedupId } = entry;
  if (!isFifo(topic)) {
    if (dedupId !== undefined)
      throw invalidParameter(
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
      );
    return groupId === undefined ? {} : { groupId };
  }
  if (!groupId) throw noGroup();
  if (dedupId !== undefined) return { groupId, dedupId };
  if (topic.attributes["ContentBasedDeduplication"] !== "true") {
    throw invalidParameter(
      "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return { groupId, dedupId: createHash("sha256").update(entry.Message!).digest("hex") };
}

function noGroup(): AwsError {
  return invalidParameter("The MessageGroupId parameter is required for FIFO topics");
}

function answerOf({ id, sequenceNumber }: Published): { MessageId: string; SequenceNumber?: string } {
  return { MessageId: id, ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }) };
}
