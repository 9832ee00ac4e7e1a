import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { reasonOf } from "./reason";

/** Letters that a look at reasons takes out at most; each is put back at once. */
export const MOST_LOOKED_AT = 200;
/** Seconds for which a letter is out of others' sight while it is looked at or brought back. */
const HELD_SECONDS = 30;
/** The same where every letter of a queue is looked at: none may come twice before the last has. */
const HELD_FOR_ALL_SECONDS = 600;
const BATCH = 10;

/** How many letters a queue holds, and how long it keeps them. */
export interface QueueState {
  readonly visible: number;
  /** Received by somebody, or delayed. */
  readonly busy: number;
  readonly retentionSeconds: number;
}

export async function queueState(queues: SQSClient, url: string): Promise<QueueState> {
  const { Attributes = {} } = await queues.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
        "MessageRetentionPeriod",
      ],
    }),
  );
  const number = (name: keyof typeof Attributes): number => Number(Attributes[name] ?? 0);
  return {
    visible: number("ApproximateNumberOfMessages"),
    busy: number("ApproximateNumberOfMessagesNotVisible") + number("ApproximateNumberOfMessagesDelayed"),
    retentionSeconds: number("MessageRetentionPeriod"),
  };
}

/** Takes up to ten letters; none when nothing is visible. */
export async function take(
  queues: SQSClient,
  url: string,
  most = BATCH,
  heldSeconds = HELD_SECONDS,
): Promise<Message[]> {
  const { Messages = [] } = await queues.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: Math.min(BATCH, most),
      VisibilityTimeout: heldSeconds,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ["SentTimestamp", "ApproximateReceiveCount"],
      MessageAttributeNames: ["All"],
    }),
  );
  return Messages;
}

/** Puts letters back into sight. */
async function putBack(queues: SQSClient, url: string, letters: readonly Message[]): Promise<void> {
  for (let first = 0; first < letters.length; first += BATCH) {
    const Entries = letters.slice(first, first + BATCH).map(({ ReceiptHandle }, i) => ({
      Id: String(i),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await queues.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
  }
}

export async function remove(queues: SQSClient, url: string, letter: Message): Promise<void> {
  await queues.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: letter.ReceiptHandle }));
}

/**
 * Looks at letters and puts each back; `visit` decides whether it stays.
 * @param most how many; `MOST_LOOKED_AT` for a sample, as many as are visible for all.
 * @returns how many were looked at.
 */
export async function visitLetters(
  queues: SQSClient,
  url: string,
  most: number,
  visit: (letter: Message) => Promise<"stays" | "goes">,
): Promise<number> {
  const staying: Message[] = [];
  let seen = 0;
  try {
    while (seen < most) {
      const letters = await take(queues, url, most - seen, most > MOST_LOOKED_AT ? HELD_FOR_ALL_SECONDS : HELD_SECONDS);
      if (letters.length === 0) break;
      seen += letters.length;
      staying.push(...letters);
      for (const letter of letters) {
        if ((await visit(letter)) === "stays") continue;
        await remove(queues, url, letter);
        staying.splice(staying.indexOf(letter), 1);
      }
    }
  } finally {
    await putBack(queues, url, staying);
  }
  return seen;
}

/** A letter as its reason is read. */
export function why(letter: Message): string {
  const attributes = Object.entries(letter.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
    name,
    StringValue ?? "",
  ]);
  return reasonOf({
    body: letter.Body ?? "",
    attributes: Object.fromEntries(attributes) as Record<string, string>,
    receives: Number(letter.Attributes?.ApproximateReceiveCount ?? 1),
  });
}

/** Epoch milliseconds at which it was first sent. */
export function sentAt(letter: Message): number {
  return Number(letter.Attributes?.SentTimestamp ?? 0);
}
