import type { Operation } from "../../../service";
import { queueAccess } from "../access";
import type { Queues } from "../engine";

interface ByUrl {
  readonly QueueUrl?: string;
}

export const tagQueue = (queues: Queues): Operation<ByUrl & { readonly Tags?: Readonly<Record<string, string>> }> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "TagQueue", context),
  answer: ({ QueueUrl, Tags }) => {
    Object.assign(queues.byUrl(QueueUrl).tags, Tags);
    return {};
  },
});

export const untagQueue = (queues: Queues): Operation<ByUrl & { readonly TagKeys?: readonly string[] }> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "UntagQueue", context),
  answer: ({ QueueUrl, TagKeys = [] }) => {
    const queue = queues.byUrl(QueueUrl);
    queue.tags = Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !TagKeys.includes(key)));
    return {};
  },
});

export const listQueueTags = (queues: Queues): Operation<ByUrl> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "ListQueueTags", context),
  answer: ({ QueueUrl }) => ({ Tags: { ...queues.byUrl(QueueUrl).tags } }),
});
