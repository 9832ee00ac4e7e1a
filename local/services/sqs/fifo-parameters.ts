import { createHash } from "node:crypto";
import { invalidParameter, invalidValue, missingParameter } from "./errors";
import type { Queue } from "./queue";

interface Given {
  readonly DelaySeconds?: number;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

// Letters, digits and punctuation, at most 128 (API reference of SendMessage).
const ID = /^[A-Za-z0-9!-/:-@[-`{-~]{1,128}$/;

/**
 * Group and deduplication id of a message. A standard queue takes a group too: it makes the queue fair (since July 2025).
 * @throws AwsError MissingParameter, InvalidParameterValue
 */
export function fifoParameters(
  queue: Queue,
  body: string,
  given: Given,
): { readonly groupId?: string; readonly dedupId?: string } {
  const { MessageGroupId: groupId, MessageDeduplicationId: dedupId } = given;
  for (const [name, id] of [
    ["MessageGroupId", groupId],
    ["MessageDeduplicationId", dedupId],
  ] as const) {
    if (id !== undefined && !ID.test(id)) {
      throw invalidParameter(
        name,
        id,
        `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
      );
    }
  }
  if (!queue.fifo) {
    if (dedupId !== undefined) {
      throw invalidParameter(
        "MessageDeduplicationId",
        dedupId,
        "The request include parameter that is not valid for this queue type.",
      );
    }
    return groupId === undefined ? {} : { groupId };
  }
  checkPresence(queue, given, false);
  if (given.DelaySeconds !== undefined && given.DelaySeconds !== 0) {
    throw invalidParameter(
      "DelaySeconds",
      given.DelaySeconds,
      "The request include parameter that is not valid for this queue type.",
    );
  }
  return { groupId: groupId!, dedupId: dedupId ?? createHash("sha256").update(body).digest("hex") };
}

/**
 * What every message to a FIFO queue must have; without it a batch is refused as a whole, and with another code.
 * @throws AwsError MissingParameter, InvalidParameterValue
 */
export function checkPresence(
  queue: Queue,
  { MessageGroupId, MessageDeduplicationId }: Given,
  isInBatch: boolean,
): void {
  if (!queue.fifo) return;
  if (MessageGroupId === undefined) {
    const missing = missingParameter("MessageGroupId");
    throw isInBatch ? invalidValue(missing.message) : missing;
  }
  if (MessageDeduplicationId === undefined && queue.attributes["ContentBasedDeduplication"] !== "true") {
    throw invalidValue(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
}
