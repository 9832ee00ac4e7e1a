import type { Operation } from "../../../service";
import { queueAccess } from "../access";
import { runBatch, validateBatch, type BatchEntry } from "../batch";
import type { Queues } from "../engine";
import { invalidParameter, missingParameter } from "../errors";
import { meter } from "../meter";
import { countMetric } from "../metrics";
import type { Queue } from "../queue";
import { messageOf } from "../receipt";

interface Target {
  readonly ReceiptHandle?: string;
}

interface ByUrl {
  readonly QueueUrl?: string;
}

export const deleteMessage = (queues: Queues): Operation<ByUrl & Target> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "DeleteMessage", context),
  answer: (input, context) => {
    const queue = queues.byUrl(input.QueueUrl);
    meter(context, queue);
    remove(queue, input);
    countMetric(context.cloud, queue, "NumberOfMessagesDeleted", 1);
    return {};
  },
});

export const deleteMessageBatch = (
  queues: Queues,
): Operation<ByUrl & { readonly Entries?: readonly (Target & BatchEntry)[] }> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "DeleteMessage", context),
  answer: ({ QueueUrl, Entries }, context) => {
    const queue = queues.byUrl(QueueUrl);
    validateBatch(Entries, "DeleteMessageBatchRequestEntry");
    meter(context, queue);
    const result = runBatch<Target & BatchEntry, object>(Entries, (entry) => remove(queue, entry));
    if (result.Successful.length > 0)
      countMetric(context.cloud, queue, "NumberOfMessagesDeleted", result.Successful.length);
    return result;
  },
});

/** A handle that a later receive has replaced succeeds and deletes nothing (API reference of DeleteMessage). */
function remove(queue: Queue, { ReceiptHandle }: Target): object {
  if (!ReceiptHandle) throw missingParameter("ReceiptHandle");
  const message = messageOf(queue, ReceiptHandle);
  queue.count();
  if (queue.fifo && message && message.state !== "inflight") {
    throw invalidParameter("ReceiptHandle", ReceiptHandle, "The receipt handle has expired.");
  }
  if (message && message.state !== "gone") queue.remove(message);
  return {};
}
