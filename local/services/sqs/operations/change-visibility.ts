import type { Operation } from "../../../service";
import { queueAccess } from "../access";
import { runBatch, validateBatch, type BatchEntry } from "../batch";
import type { Queues } from "../engine";
import { invalidParameter, missingParameter, sqsError } from "../errors";
import { meter } from "../meter";
import type { Queue } from "../queue";
import { messageOf, receivedMessageOf } from "../receipt";

interface Change {
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
}

interface ByUrl {
  readonly QueueUrl?: string;
}

/** A message stays hidden at most 12 h from its receive, however often that is extended. */
const MAX_HIDDEN_S = 43_200;

export const changeMessageVisibility = (queues: Queues): Operation<ByUrl & Change> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "ChangeMessageVisibility", context),
  answer: (input, context) => {
    const queue = queues.byUrl(input.QueueUrl);
    meter(context, queue);
    return change(queue, input, context.cloud.clock.now());
  },
});

export const changeMessageVisibilityBatch = (
  queues: Queues,
): Operation<ByUrl & { readonly Entries?: readonly (Change & BatchEntry)[] }> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "ChangeMessageVisibility", context),
  answer: ({ QueueUrl, Entries }, context) => {
    const queue = queues.byUrl(QueueUrl);
    validateBatch(Entries, "ChangeMessageVisibilityBatchRequestEntry");
    meter(context, queue);
    return runBatch<Change & BatchEntry, object>(Entries, (entry) => change(queue, entry, context.cloud.clock.now()));
  },
});

/**
 * A standard queue obeys the handle of an earlier receive too, and hides a message again whose time has run out; a FIFO
 * queue knows the last handle only, while it lasts.
 */
function change(queue: Queue, { ReceiptHandle, VisibilityTimeout }: Change, now: number): object {
  if (!ReceiptHandle) throw missingParameter("ReceiptHandle");
  if (VisibilityTimeout === undefined) throw missingParameter("VisibilityTimeout");
  if (!Number.isInteger(VisibilityTimeout) || VisibilityTimeout < 0 || VisibilityTimeout > MAX_HIDDEN_S) {
    throw invalidParameter(
      "VisibilityTimeout",
      VisibilityTimeout,
      "VisibilityTimeout must be an integer between 0 and 43200.",
    );
  }
  queue.count();
  const message = queue.fifo ? messageOf(queue, ReceiptHandle) : receivedMessageOf(queue, ReceiptHandle);
  if (!message) {
    throw invalidParameter(
      "ReceiptHandle",
      ReceiptHandle,
      "Message does not exist or is not available for visibility timeout change.",
    );
  }
  if (message.state !== "inflight" && queue.fifo)
    throw sqsError("MessageNotInflight", "The specified message isn't in flight.");
  const total = (now - message.receivedAt!) / 1000 + VisibilityTimeout;
  if (total > MAX_HIDDEN_S) {
    throw invalidParameter(
      "VisibilityTimeout",
      VisibilityTimeout,
      `Total VisibilityTimeout for the message is beyond the limit [${MAX_HIDDEN_S} seconds]`,
    );
  }
  if (message.state === "inflight") queue.reschedule(message, VisibilityTimeout * 1000);
  else queue.withhold(message, VisibilityTimeout * 1000);
  return {};
}
