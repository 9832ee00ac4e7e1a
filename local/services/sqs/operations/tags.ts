import type { Operation } from "../../../service";
import { queueAccess } from "../access";
import type { Queues } from "../engine";
import { invalidValue, missingParameter } from "../errors";

/** Tags of one queue: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-tags.html */
const MAX_TAGS = 50;

interface ByUrl {
  readonly QueueUrl?: string;
}

export const tagQueue = (queues: Queues): Operation<ByUrl & { readonly Tags?: Readonly<Record<string, string>> }> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "TagQueue", context),
  answer: ({ QueueUrl, Tags = {} }) => {
    const queue = queues.byUrl(QueueUrl);
    if (Object.keys(Tags).length === 0) throw missingParameter("Tags");
    const tags = { ...queue.tags, ...Tags };
    if (Object.keys(tags).length > MAX_TAGS) throw invalidValue(`Too many tags added for queue ${queue.name}.`);
    queue.tags = tags;
    return {};
  },
});

export const untagQueue = (queues: Queues): Operation<ByUrl & { readonly TagKeys?: readonly string[] }> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "UntagQueue", context),
  answer: ({ QueueUrl, TagKeys = [] }) => {
    const queue = queues.byUrl(QueueUrl);
    if (TagKeys.length === 0) throw invalidValue("Tag keys must be between 1 and 128 characters in length.");
    queue.tags = Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !TagKeys.includes(key)));
    return {};
  },
});

export const listQueueTags = (queues: Queues): Operation<ByUrl> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "ListQueueTags", context),
  answer: ({ QueueUrl }) => {
    const { tags } = queues.byUrl(QueueUrl);
    return Object.keys(tags).length === 0 ? {} : { Tags: { ...tags } };
  },
});
