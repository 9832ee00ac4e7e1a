import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as streams from "@aws-sdk/client-dynamodb-streams";
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
  /** Messages that wait for the next sweep, and then are prepared again. */
  readonly redriven: number;
  /** Entries whose records are gone from the stream (24 h) or can never be prepared: they stay. */
  readonly kept: number;
}

/** What Lambda says about a batch that it gave up. https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
interface GivenUp {
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
 * Prepares again what the stream's mapping gave up: finds the records of each batch in the stream, and lets every message
 * that is still `queued` be woken by the sweeper.
 */
export function storeRedriveHandler(settings: StoreRedriveSettings): HandlerFactory<unknown, StoreRedriveResponse> {
  return () => {
    const database = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const reader = new streams.DynamoDBStreamsClient({ maxAttempts: 3 });
    const queues = new sqs.SQSClient({ maxAttempts: 3 });

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
          const { DDBStreamBatchInfo: batch } = JSON.parse(entry.Body ?? "{}") as GivenUp;
          const records = batch ? await readBatch(batch) : undefined;
          if (!records) {
            kept += 1;
            continue;
          }
          for (const record of records) if (await wakeLater(record)) redriven += 1;
          await queues.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle: entry.ReceiptHandle }));
        }
      }
      return { redriven, kept };
    };

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
