import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as streams from "@aws-sdk/client-dynamodb-streams";
import * as lambda from "@aws-sdk/client-lambda";
import * as sqs from "@aws-sdk/client-sqs";
import { N, S } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
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

/**
 * What Lambda says about a batch, or about an asynchronous invocation, that it gave up.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
interface GivenUp {
  readonly requestContext?: { readonly functionArn: string };
  readonly requestPayload?: unknown;
  readonly DDBStreamBatchInfo?: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly streamArn: string;
  };
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
          const done = (await again(given)) ?? (await wakeBatch(given));
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

    /** Starts an asynchronous invocation again; undefined when the entry is of none. */
    async function again({ requestContext, requestPayload }: GivenUp): Promise<number | undefined> {
      if (!requestContext || requestPayload === undefined) return undefined;
      await functions.send(
        new lambda.InvokeCommand({
          FunctionName: requestContext.functionArn.replace(/:\$LATEST$/, ""),
          InvocationType: "Event",
          Payload: Buffer.from(JSON.stringify(requestPayload)),
        }),
      );
      return 1;
    }

    async function wakeBatch({ DDBStreamBatchInfo: batch }: GivenUp): Promise<number | undefined> {
      const records = batch ? await readBatch(batch) : undefined;
      if (!records) return undefined;
      let woken = 0;
      for (const record of records) if (await wakeLater(record)) woken += 1;
      return woken;
    }

    /** The batch's records; undefined when the stream has forgotten them. */
    async function readBatch(
      batch: NonNullable<GivenUp["DDBStreamBatchInfo"]>,
    ): Promise<streams._Record[] | undefined> {
      const found: streams._Record[] = [];
      try {
        let iterator: string | undefined = (
          await reader.send(
            new streams.GetShardIteratorCommand({
              StreamArn: batch.streamArn,
              ShardId: batch.shardId,
              ShardIteratorType: "AT_SEQUENCE_NUMBER",
              SequenceNumber: batch.startSequenceNumber,
            }),
          )
        ).ShardIterator;
        while (iterator !== undefined) {
          const page: streams.GetRecordsCommandOutput = await reader.send(
            new streams.GetRecordsCommand({ ShardIterator: iterator }),
          );
          const records = page.Records ?? [];
          for (const record of records) {
            const sequence = BigInt(record.dynamodb?.SequenceNumber ?? "0");
            if (sequence > BigInt(batch.endSequenceNumber)) return found;
            found.push(record);
          }
          if (records.at(-1)?.dynamodb?.SequenceNumber === batch.endSequenceNumber) return found;
          iterator = records.length === 0 ? undefined : page.NextShardIterator;
        }
        return found;
      } catch (error) {
        if ((error as { name?: unknown } | null)?.name === "TrimmedDataAccessException") return undefined;
        throw error;
      }
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
