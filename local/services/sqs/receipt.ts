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
export function messageOf(queue: Queue, handle: string): Message | undefined {
  const { message, receive } = holderOf(queue, handle);
  return message?.receiveCount === receive ? message : undefined;
}

/**
 * The message that a handle of this or of an earlier receive was given out for; undefined if it is gone.
 * @throws AwsError ReceiptHandleIsInvalid as `messageOf`
 */
export function receivedMessageOf(queue: Queue, handle: string): Message | undefined {
  return holderOf(queue, handle).message;
}

function holderOf(queue: Queue, handle: string): { readonly message: Message | undefined; readonly receive: number } {
  const [name, id, receive, ...rest] = Buffer.from(handle, "base64").toString().split("|");
  if (name !== queue.name || id === undefined || !/^\d+$/.test(receive ?? "") || rest.length > 0)
    throw invalidReceiptHandle(handle);
  return { message: queue.messages.get(id), receive: Number(receive) };
}
