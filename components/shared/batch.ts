import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import { logError } from "./log";

/**
 * Works off the messages of a batch, one after the other. One that fails comes back, alone, up to the queue's receive
 * limit. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 *
 * @param what failed, as the log says it.
 */
export async function eachRecord(
  what: string,
  records: readonly SQSRecord[],
  work: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const record of records) {
    try {
      await work(record);
    } catch (error) {
      logError(what, record.messageId, error);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
}
