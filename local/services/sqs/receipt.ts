import { invalidReceiptHandle } from "./errors";
import type { Message } from "./message";
import type { Queue } from "./queue";

/** A receipt handle: opaque to callers, other for each receive. */
export function receiptHandle(queue: Queue, message: Message): string {
  return Buffer.from(`${queue.name}|${message.id}|${message.receiveCount}`).toString("base64");
}

/**
 * The message a handle stands for; undefined if it is gone or has been received again since.
 * @throws AwsError ReceiptHandleIsInvalid if the handle was never given out by this queue.
 */
export function messageOf(queue: Queue, handle: unknown): Message | undefined {
  const [name, id, receive, ...rest] = Buffer.from(String(handle), "base64").toString().split("|");
  if (name !== queue.name || id === undefined || !/^\d+$/.test(receive ?? "") || rest.length > 0)
    throw invalidReceiptHandle();
  const message = queue.messages.get(id);
  return message?.receiveCount === Number(receive) ? message : undefined;
}
