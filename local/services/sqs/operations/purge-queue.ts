import type { Operation } from "../../../service";
import { queueAccess } from "../access";
import type { Queues } from "../engine";
import { sqsError } from "../errors";

interface Input {
  readonly QueueUrl?: string;
}

/** A queue can be purged once in 60 s (API reference of PurgeQueue). */
const PURGE_MS = 60_000;

export const purgeQueue = (queues: Queues): Operation<Input> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "PurgeQueue", context),
  answer: ({ QueueUrl }, { cloud }) => {
    const queue = queues.byUrl(QueueUrl);
    const now = cloud.clock.now();
    if (now - queue.purgedAt < PURGE_MS) {
      throw sqsError(
        "PurgeQueueInProgress",
        `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
        403,
      );
    }
    queue.purgedAt = now;
    queue.clear();
    return {};
  },
});
