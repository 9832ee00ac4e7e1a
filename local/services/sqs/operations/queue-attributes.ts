import type { Operation } from "../../../service";
import { queueAccess, resolveKey } from "../access";
import { effective, NUMBERS, unknown } from "../attributes";
import type { Queues } from "../engine";
import { missingParameter } from "../errors";
import type { Queue } from "../queue";

interface GetInput {
  readonly QueueUrl?: string;
  readonly AttributeNames?: readonly string[];
}

export const getQueueAttributes = (queues: Queues): Operation<GetInput> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "GetQueueAttributes", context),
  answer: ({ QueueUrl, AttributeNames = [] }) => {
    const all = describe(queues.byUrl(QueueUrl));
    const everything = AttributeNames.includes("All");
    const strange = AttributeNames.find((name) => name !== "All" && !KNOWN.has(name));
    if (strange !== undefined) throw unknown(strange);
    const chosen = Object.entries(all).filter(([name]) => everything || AttributeNames.includes(name));
    return chosen.length === 0 ? {} : { Attributes: Object.fromEntries(chosen) };
  },
});

interface SetInput {
  readonly QueueUrl?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

export const setQueueAttributes = (queues: Queues): Operation<SetInput> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "SetQueueAttributes", context),
  answer: async ({ QueueUrl, Attributes }, { cloud }) => {
    if (!Attributes) throw missingParameter("Attributes");
    const queue = queues.byUrl(QueueUrl);
    queues.configure(queue, await resolveKey(cloud, Attributes));
    return {};
  },
});

function describe(queue: Queue): Record<string, string> {
  const counts = queue.count();
  return {
    ...effective(queue.attributes, queue.fifo),
    QueueArn: queue.arn,
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
  };
}

const KNOWN = new Set([
  ...Object.keys(NUMBERS),
  "FifoQueue",
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "FifoThroughputLimit",
  "SqsManagedSseEnabled",
  "KmsMasterKeyId",
  "Policy",
  "RedrivePolicy",
  "RedriveAllowPolicy",
  "QueueArn",
  "CreatedTimestamp",
  "LastModifiedTimestamp",
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
]);
