import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as streams from "@aws-sdk/client-dynamodb-streams";
import * as lambda from "@aws-sdk/client-lambda";
import * as sqs from "@aws-sdk/client-sqs";
import { N, S } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
import { readBatch, startAgain, type GivenUp } from "../shared/given-up";
import { readMessage } from "./item";
import { dueBucket } from "./keys";
import { transition } from "./transition";

export interface StoreRedriveSettings {
  readonly table: Captured<string>;
  readonly failuresUrl: Captured<string>;
}

export interface StoreRedriveResponse {
  /** Messages that wait for the next sweep, and then are prepared again; invocations that were started again. */
  readonly redriven: number;
  /** Entries whose records are gone from the stream (24 h) or can never be prepared: they stay. */
  readonly kept: number;
}

const RESERVE_MS = 5_000;
const KEPT_SECONDS = 60;

/**
 * Does again what was given up. Of the stream's mapping: finds the records of each batch in the stream, and lets every
 * message that is still `queued` be woken by the sweeper. Of an asynchronous invocation: starts it again.
 */
export function storeRedriveHandler(settings: StoreRedriveSettings): HandlerFactory<unknown, StoreRedriveResponse> {
  return () => {
    const database = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const reader = new streams.DynamoDBStreamsClient({ maxAttempts: 3 });
    const queues = new sqs.SQSClient({ maxAttempts: 3 });
    const functions = new lambda.LambdaClient({ maxAttempts: 3 });

    return async (_event, context) => {
      const QueueUrl = settings.failuresUrl.get();
      let redriven = 0;
      let kept = 0;
      while (context.getRemainingTimeInMillis() > RESERVE_MS) {
        const { Messages: entries = [] } = await queues.send(
          new sqs.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: KEPT_SECONDS }),
        );
        if (entries.length === 0) break;
        for (const entry of entries) {
          const given = JSON.parse(entry.Body ?? "{}") as GivenUp;
          const done = (await startAgain(functions, given)) ? 1 : await wakeBatch(given);
          if (done === undefined) {
            kept += 1;
            continue;
          }
          redriven += done;
          await queues.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle: entry.ReceiptHandle }));
        }
      }
      return { redriven, kept };
    };

    async function wakeBatch(given: GivenUp): Promise<number | undefined> {
      const records = await readBatch(reader, given);
      if (!records) return undefined;
      let woken = 0;
      for (const record of records) if (await wakeLater(record)) woken += 1;
      return woken;
    }

    function wakeLater(record: streams._Record): Promise<boolean> {
      const message = readMessage(record.dynamodb?.NewImage);
      if (message?.status !== "queued") return Promise.resolve(false);
      const now = Math.floor(Date.now() / 1000);
      return transition(database, settings.table.get(), {
        player: message.player,
        id: message.id,
        from: "queued",
        to: "held",
        dispatch: message.dispatch,
        at: now,
        detail: "redrive",
        set: ["dueBucket = :bucket", "dueAt = :due"],
        values: { ":bucket": S(dueBucket(message.id)), ":due": N(now) },
      });
    }
  };
}
