import type * as lambda from "@aws-sdk/client-lambda";
import * as sqs from "@aws-sdk/client-sqs";
import type { Captured, Handler } from "./callback";
import { startAgain, type GivenUp } from "./given-up";
import { logError } from "./log";
import { isPlainObject, requireMembers } from "./request";

/** What a redrive did with a queue of what was given up. */
export interface Redriven {
  /** What was done again. */
  readonly redriven: number;
  /** Entries of which nothing was left to do, such as of messages that have moved on or are gone: deleted. */
  readonly unchanged: number;
  /** Entries that stay: nothing can be done with them now. */
  readonly kept: number;
}

/** What doing an entry again came to: how much was done, 0 when nothing was left to do, undefined when it must stay. */
export type Done = number | undefined;

/** The counts before the first entry. */
export const NONE_YET: Redriven = { redriven: 0, unchanged: 0, kept: 0 };

/** The counts with one more entry. */
export function counted({ redriven, unchanged, kept }: Redriven, done: Done): Redriven {
  if (done === undefined) return { redriven, unchanged, kept: kept + 1 };
  return { redriven: redriven + done, unchanged: done === 0 ? unchanged + 1 : unchanged, kept };
}

/** What a redrive reads, for how long, and how it does an entry again. */
export interface RedriveAllSettings {
  readonly queues: sqs.SQSClient;
  readonly queueUrl: string;
  /** Milliseconds still to go; no entry is begun with less than `reserveMs` left. */
  readonly remaining: () => number;
  readonly reserveMs: number;
  /** Entries to look at. @default all */
  readonly most?: number;
  /** Does an entry again. */
  readonly again: (body: string) => Promise<Done>;
}

/** Seconds for which an entry that stays is out of sight, so that one redrive looks at it once. */
const KEPT_SECONDS = 60;

/** Reads a queue of what was given up to its end and does each entry again. One that fails stays, alone. */
export async function redriveAll(settings: RedriveAllSettings): Promise<Redriven> {
  const { queues, queueUrl, remaining, reserveMs, most = Infinity, again } = settings;
  let count = NONE_YET;
  let seen = 0;
  while (seen < most && remaining() > reserveMs) {
    const { Messages: entries = [] } = await queues.send(
      new sqs.ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(10, most - seen),
        VisibilityTimeout: KEPT_SECONDS,
      }),
    );
    if (entries.length === 0) break;
    seen += entries.length;
    for (const entry of entries) {
      if (remaining() <= reserveMs) return count;
      const done = await attempt(entry);
      count = counted(count, done);
      if (done === undefined) continue;
      await queues.send(new sqs.DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: entry.ReceiptHandle }));
    }
  }
  return count;

  async function attempt(entry: sqs.Message): Promise<Done> {
    try {
      return await again(entry.Body ?? "");
    } catch (error) {
      logError("redrive", entry.MessageId ?? "", error);
      return undefined;
    }
  }
}

/**
 * The handler of a redrive of what Lambda gave up: invocations are started again, batches and parked records are done
 * again by `again`. Called once per container.
 */
export function givenUpRedrive(settings: {
  readonly queueUrl: Captured<string>;
  readonly functions: lambda.LambdaClient;
  /** Milliseconds that an entry may take. */
  readonly reserveMs: number;
  readonly again: (given: GivenUp) => Promise<Done>;
}): Handler<unknown, Redriven> {
  const { queueUrl, functions, reserveMs, again } = settings;
  const queues = new sqs.SQSClient({ maxAttempts: 3 });
  return async (event, context) => {
    requireMembers(event, "", []);
    return redriveAll({
      queues,
      queueUrl: queueUrl.get(),
      remaining: () => context.getRemainingTimeInMillis(),
      reserveMs,
      again: async (body) => {
        const given: unknown = JSON.parse(body);
        if (!isPlainObject(given)) return undefined;
        return (await startAgain(functions, given)) ? 1 : again(given);
      },
    });
  };
}
