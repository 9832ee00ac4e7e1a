import * as streams from "@aws-sdk/client-dynamodb-streams";
import * as lambda from "@aws-sdk/client-lambda";
import type { Item } from "./attributes";

/**
 * What Lambda says about a batch, or about an asynchronous invocation, that it gave up; or a record that a reader parked.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export interface GivenUp {
  readonly requestContext?: { readonly functionArn: string };
  readonly requestPayload?: unknown;
  readonly DDBStreamBatchInfo?: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly streamArn: string;
  };
  /** Of the item whose record was parked. */
  readonly keys?: Item;
}

const MAX_EMPTY_PAGES = 20;

/** Starts an asynchronous invocation again; false when the entry is of none. */
export async function startAgain(
  functions: lambda.LambdaClient,
  { requestContext, requestPayload }: GivenUp,
): Promise<boolean> {
  if (!requestContext || requestPayload === undefined) return false;
  await functions.send(
    new lambda.InvokeCommand({
      FunctionName: requestContext.functionArn.replace(/:\$LATEST$/, ""),
      InvocationType: "Event",
      Payload: Buffer.from(JSON.stringify(requestPayload)),
    }),
  );
  return true;
}

/** The records of a batch that a mapping gave up; undefined when it is none, or the stream has forgotten them (24 h). */
export async function readBatch(
  reader: streams.DynamoDBStreamsClient,
  { DDBStreamBatchInfo: batch }: GivenUp,
): Promise<streams._Record[] | undefined> {
  if (!batch) return undefined;
  const found: streams._Record[] = [];
  let emptyPages = 0;
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
      // A page may be empty although more is to come; an open shard always names a next one.
      if (records.length === 0) emptyPages += 1;
      iterator = emptyPages > MAX_EMPTY_PAGES ? undefined : page.NextShardIterator;
    }
    return found;
  } catch (error) {
    if ((error as { name?: unknown } | null)?.name === "TrimmedDataAccessException") return undefined;
    throw error;
  }
}
