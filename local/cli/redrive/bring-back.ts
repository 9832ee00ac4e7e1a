import { InvokeCommand } from "@aws-sdk/client-lambda";
import { SendMessageCommand, type Message, type MessageAttributeValue } from "@aws-sdk/client-sqs";
import { PublishCommand } from "@aws-sdk/client-sns";
import type { DeadLetterQueue } from "../../../components/operations/operations";
import type { StackAccess } from "../stack-access";
import { queueState, remove, take } from "./letters";

/** What became of the letters of a queue. */
export interface Brought {
  readonly back: number;
  /** Not needed any more: their message has moved on. */
  readonly done: number;
  /** Stay where they are: what they tell of is gone, or still being worked on. */
  readonly kept: number;
}

/** Rounds of a redrive function, each up to five minutes. */
const MOST_ROUNDS = 100;

/** Brings back what lies in a queue, as the queue says how; `progress` hears of each step. */
export async function bringBack(
  access: StackAccess,
  queue: DeadLetterQueue,
  progress: (brought: Brought) => void,
): Promise<Brought> {
  const { back } = queue;
  switch (back.kind) {
    case "redrive":
      return byFunction(access, back, progress);
    case "queue":
      return eachLetter(access, queue, progress, (letter) => sendAgain(access, back.queueUrl, letter));
    case "invoke":
      return eachLetter(access, queue, progress, (letter) => invokeAgain(access, back.functionArn, letter));
    case "topic":
      return eachLetter(access, queue, progress, (letter) => publishAgain(access, back.topicArn, letter));
    case "none":
      return { back: 0, done: 0, kept: (await queueState(access.aws.get("sqs"), queue.url)).visible };
  }
}

/** The stack's own redrive functions know what a letter means, and whether it is still wanted. */
async function byFunction(
  access: StackAccess,
  back: { readonly functionArn: string; readonly payload: object },
  progress: (brought: Brought) => void,
): Promise<Brought> {
  let total: Brought = { back: 0, done: 0, kept: 0 };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const answer = (await access.invoke(back.functionArn, back.payload)) as Partial<
      Record<"redriven" | "unchanged" | "kept", number>
    >;
    const { redriven = 0, unchanged = 0, kept = 0 } = answer;
    total = { back: total.back + redriven, done: total.done + unchanged, kept: Math.max(total.kept, kept) };
    progress(total);
    // What was kept is out of sight for a minute; a round that moved nothing has seen all there is.
    if (redriven + unchanged === 0) break;
  }
  return total;
}

/**
 * Moves letters one by one: put where they belong, then deleted. Whoever dies in between leaves a letter in both places,
 * which every reader of this system bears. `StartMessageMoveTask` is not used: it refuses queues that SNS, EventBridge
 * or Lambda fill. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
async function eachLetter(
  access: StackAccess,
  queue: DeadLetterQueue,
  progress: (brought: Brought) => void,
  send: (letter: Message) => Promise<void>,
): Promise<Brought> {
  const queues = access.aws.get("sqs");
  const { visible } = await queueState(queues, queue.url);
  let back = 0;
  // No more than lay there at first: what fails again comes back here, and would go round for ever.
  while (back < visible) {
    const letters = await take(queues, queue.url, visible - back);
    if (letters.length === 0) break;
    for (const letter of letters) {
      await send(letter);
      await remove(queues, queue.url, letter);
      back += 1;
    }
    progress({ back, done: 0, kept: 0 });
  }
  return { back, done: 0, kept: 0 };
}

async function sendAgain(access: StackAccess, queueUrl: string, letter: Message): Promise<void> {
  const MessageAttributes = attributesOf(letter);
  await access.aws
    .get("sqs")
    .send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: letter.Body, MessageAttributes }));
}

async function invokeAgain(access: StackAccess, functionArn: string, letter: Message): Promise<void> {
  await access.aws.get("lambda").send(
    new InvokeCommand({
      FunctionName: functionArn,
      InvocationType: "Event",
      Payload: Buffer.from(letter.Body ?? "{}"),
    }),
  );
}

async function publishAgain(access: StackAccess, topicArn: string, letter: Message): Promise<void> {
  await access.aws
    .get("sns")
    .send(new PublishCommand({ TopicArn: topicArn, Message: letter.Body, MessageAttributes: attributesOf(letter) }));
}

/** Without what AWS added when it gave the letter up. */
function attributesOf(letter: Message): Record<string, MessageAttributeValue> {
  const added = new Set([
    "ERROR_CODE",
    "ERROR_MESSAGE",
    "RULE_ARN",
    "TARGET_ARN",
    "SCHEDULE_ARN",
    "EXHAUSTED_RETRY_CONDITION",
    "RETRY_ATTEMPTS",
    "IS_PAYLOAD_TRUNCATED",
  ]);
  return Object.fromEntries(Object.entries(letter.MessageAttributes ?? {}).filter(([name]) => !added.has(name)));
}
