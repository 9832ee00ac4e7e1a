import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { reasonOf } from "./reason";

/** Letters that a look takes out at most; each is put back at once. */
export const MOST_LOOKED_AT = 200;
/** Seconds for which a letter is out of others' sight while it is looked at or brought back. */
const HELD_SECONDS = 30;
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
export async function take(queues: SQSClient, url: string, most = BATCH): Promise<Message[]> {
  const { Messages = [] } = await queues.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: Math.min(BATCH, most),
      VisibilityTimeout: HELD_SECONDS,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ["SentTimestamp", "ApproximateReceiveCount"],
      MessageAttributeNames: ["All"],
    }),
  );
  return Messages;
}

/** Puts letters back into sight. */
export async function putBack(queues: SQSClient, url: string, letters: readonly Message[]): Promise<void> {
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

/** Looks at every letter that is visible, at most `MOST_LOOKED_AT`, and puts each back; `visit` decides whether it stays. */
export async function visitLetters(
  queues: SQSClient,
  url: string,
  visible: number,
  visit: (letter: Message) => Promise<"stays" | "goes">,
): Promise<number> {
  const staying: Message[] = [];
  let seen = 0;
  try {
    while (seen < Math.min(visible, MOST_LOOKED_AT)) {
      const letters = await take(queues, url, MOST_LOOKED_AT - seen);
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
