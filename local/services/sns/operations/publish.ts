import { createHash } from "node:crypto";
import { AwsError } from "../../../aws-error";
import type { CallContext, Operation } from "../../../service";
import { publishAccess } from "../access";
import type { Topics } from "../engine";
import { invalidParameter } from "../errors";
import {
  publishBytes,
  requireTypes,
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
    requireTypes(attributesOf(input), "messageAttributes");
    return answerOf(publishOne(topics, topic, accept(topic, input), context));
  },
});

function topicOf(topics: Topics, { TopicArn, TargetArn }: Input): Topic {
  if (TopicArn !== undefined) return topics.get(TopicArn);
  if (TargetArn === undefined) throw invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
  if (/^arn:aws:sns:[^:]*:[^:]*:endpoint\//.test(TargetArn))
    throw invalidParameter("TargetArn Reason: No endpoint found for the target arn specified");
  return topics.get(TargetArn, "TargetArn");
}

interface BatchInput {
  readonly TopicArn?: string;
  readonly PublishBatchRequestEntries?: readonly (WireEntry & { readonly Id: string })[];
}

export const publishBatch = (topics: Topics): Operation<BatchInput> => ({
  authorize: ({ TopicArn }, context) => publishAccess(topics.get(TopicArn), context),
  answer: ({ TopicArn, PublishBatchRequestEntries: entries = [] }, context) => {
    const topic = topics.get(TopicArn);
    for (const [index, entry] of entries.entries())
      requireTypes(attributesOf(entry), `publishBatchRequestEntries.${index + 1}.member.messageAttributes`);
    checkBatch(topic, entries);
    // A message that Publish refuses refuses the whole batch: `Failed` holds failures of SNS's own, of which there are none.
    const accepted = entries.map((entry) => accept(topic, entry));
    const Successful = accepted.map((input, index) => ({
      Id: entries[index]!.Id,
      ...answerOf(publishOne(topics, topic, input, context)),
    }));
    return { Successful, Failed: [] };
  },
});

function checkBatch(topic: Topic, entries: NonNullable<BatchInput["PublishBatchRequestEntries"]>): void {
  if (entries.length === 0) throw new AwsError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (entries.length > 10)
    throw new AwsError("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.");
  const ids = new Set(entries.map(({ Id }) => Id));
  if (!entries.every(({ Id }) => /^[A-Za-z0-9_-]{1,80}$/.test(Id)))
    throw new AwsError(
      "InvalidBatchEntryId",
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    );
  if (ids.size < entries.length)
    throw new AwsError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
  const bytes = entries.reduce((sum, entry) => sum + publishBytes(entry.Message ?? "", attributesOf(entry)), 0);
  if (bytes > limitOf(topic))
    throw new AwsError("BatchRequestTooLong", "The length of all the messages put together is more than the limit.");
}

function attributesOf({ MessageAttributes }: WireEntry): Record<string, MessageAttribute> {
  return readMap<MessageAttribute>(MessageAttributes);
}

type Accepted = Parameters<Topics["publish"]>[1];

/** What the topic takes of a message. @throws AwsError as Publish refuses it */
function accept(topic: Topic, entry: WireEntry): Accepted {
  const attributes = attributesOf(entry);
  validateMessage(entry, attributes, limitOf(topic));
  const perProtocol = textPerProtocol(entry);
  return {
    message: entry.Message!,
    attributes,
    ...(perProtocol === undefined ? {} : { perProtocol }),
    ...(entry.Subject === undefined ? {} : { subject: entry.Subject }),
    ...fifoParameters(topic, entry),
  };
}

/** Each 64 KB published is one request (SNS pricing). */
const CHUNK = 65_536;

function publishOne(topics: Topics, topic: Topic, input: Accepted, context: CallContext): Published {
  const bytes = publishBytes(input.message, input.attributes);
  const published = topics.publish(topic, input);
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
  if (!groupId) throw invalidParameter("The MessageGroupId parameter is required for FIFO topics");
  if (dedupId !== undefined) return { groupId, dedupId };
  if (topic.attributes["ContentBasedDeduplication"] !== "true") {
    throw invalidParameter(
      "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return { groupId, dedupId: createHash("sha256").update(entry.Message!).digest("hex") };
}

function answerOf({ id, sequenceNumber }: Published): { MessageId: string; SequenceNumber?: string } {
  return { MessageId: id, ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }) };
}
