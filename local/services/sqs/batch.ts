import { AwsError } from "../../aws-error";
import { sqsError } from "./errors";

export interface BatchEntry {
  readonly Id: string;
}

export interface BatchFailure {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

export interface BatchResult<R> {
  readonly Successful: readonly (R & BatchEntry)[];
  readonly Failed?: readonly BatchFailure[];
}

/**
 * What every batch must keep before any entry is looked at.
 * @param kind name of the entry's shape, for the message.
 * @throws AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct
 */
export function validateBatch(
  entries: readonly BatchEntry[] | undefined,
  kind: string,
): asserts entries is readonly BatchEntry[] {
  if (!entries || entries.length === 0)
    throw sqsError("EmptyBatchRequest", `There should be at least one ${kind} in the request.`);
  if (entries.length > 10) {
    throw sqsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const seen = new Set<string>();
  for (const { Id } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(Id ?? "")) {
      throw sqsError(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
      );
    }
    if (seen.has(Id)) throw sqsError("BatchEntryIdsNotDistinct", `Id ${Id} repeated.`);
    seen.add(Id);
  }
}

/** Entries of a batch bear the codes of the query protocol in both protocols. */
function queryCode({ code, detail }: AwsError): string {
  const { queryErrorCode } = detail;
  return typeof queryErrorCode === "string" ? queryErrorCode : code;
}

/** Acts on each entry; an entry's error fails that entry alone. */
export function runBatch<E extends BatchEntry, R>(entries: readonly E[], act: (entry: E) => R): BatchResult<R> {
  const successful: (R & BatchEntry)[] = [];
  const failed: BatchFailure[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...act(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: queryCode(error), Message: error.message });
    }
  }
  return { Successful: successful, ...(failed.length === 0 ? {} : { Failed: failed }) };
}
