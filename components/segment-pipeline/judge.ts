import type { QueryExecution } from "@aws-sdk/client-athena";
import type { CheckedDefinition } from "./definition";
import type { RunReason, RunStatus } from "./run";

/** How a run ends before its time. */
export interface Ending {
  readonly status: RunStatus;
  readonly reason: RunReason;
  readonly detail: string;
}

/** https://docs.aws.amazon.com/athena/latest/ug/error-reference.html */
const TABLE_MISSING = 1110;

/** What became of a query: its result, or how its run ends. */
export interface QueryOutcome {
  readonly ending?: Ending;
  /** `s3://bucket/key`. */
  readonly result?: string;
  readonly scannedBytes?: number;
}

/** How a run ends that came before the first refresh of the copy: no table, or one without a snapshot. */
const NO_DATA: Ending = {
  status: "refused",
  reason: "no-data",
  detail:
    "the analytics copy holds no data yet: the zero-ETL integration has not ended its first refresh. Start a new run when it has; if it does not end, AWS Glue says why beside the integration",
};

/**
 * What an ended query means for its run. A query that exceeds the workgroup's cut-off is cancelled by Athena.
 * https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html
 *
 * @param isPreflight whether it is the query before the run's own: then a missing table means that nothing is copied yet.
 */
export function judgeQuery(execution: QueryExecution, isPreflight: boolean): QueryOutcome {
  const reason = execution.Status?.StateChangeReason ?? "";
  const scannedBytes = execution.Statistics?.DataScannedInBytes;
  const scanned = scannedBytes === undefined ? {} : { scannedBytes };
  switch (execution.Status?.State) {
    case "SUCCEEDED":
      return { result: execution.ResultConfiguration?.OutputLocation ?? "", ...scanned };
    case "CANCELLED":
      if (/\bby user\b/i.test(reason))
        return { ending: { status: "failed", reason: "query-cancelled", detail: reason }, ...scanned };
      return {
        ending: {
          status: "over-budget",
          reason: "over-budget",
          detail: reason || "cancelled at the workgroup's cut-off",
        },
        ...scanned,
      };
    default:
      if (isPreflight && isTableMissing(execution)) return { ending: NO_DATA, ...scanned };
      return {
        ending: {
          status: "failed",
          reason: "query-failed",
          detail: execution.Status?.AthenaError?.ErrorMessage ?? reason,
        },
        ...scanned,
      };
  }
}

/** By the error's type, or by its words where the type says no more than that the statement was wrong. */
function isTableMissing({ Status }: QueryExecution): boolean {
  const message = Status?.AthenaError?.ErrorMessage ?? Status?.StateChangeReason ?? "";
  return Status?.AthenaError?.ErrorType === TABLE_MISSING || message.startsWith("TABLE_NOT_FOUND");
}

/**
 * Whether the data is young and small enough for the run. All bytes of the files count, since Athena has no dry run; a
 * scan reads the referenced columns only and may cost less.
 *
 * @param committedAt epoch seconds of the last snapshot, as text; absent when there is none.
 * @param totalBytes bytes of all data files, as text.
 * @param now epoch seconds, the run's reference time.
 */
export function judgePreflight(
  committedAt: string | undefined,
  totalBytes: string | undefined,
  now: number,
  definition: CheckedDefinition | undefined,
): { readonly ending?: Ending; readonly dataAsOf?: number } {
  if (!definition)
    return { ending: { status: "failed", reason: "unknown-segment", detail: "the segment is no longer defined" } };
  if (committedAt === undefined || committedAt === "") {
    return { ending: NO_DATA };
  }
  const dataAsOf = Number(committedAt);
  const bytes = Number(totalBytes ?? 0);
  if (!Number.isFinite(dataAsOf) || !Number.isFinite(bytes)) {
    const detail = `the check of age and size answered ${JSON.stringify([committedAt, totalBytes]).slice(0, 200)}`;
    return { ending: { status: "failed", reason: "result-malformed", detail } };
  }
  const age = now - dataAsOf;
  if (age > definition.maxDataAgeSeconds) {
    const detail = `the data is ${age} s old; allowed are ${definition.maxDataAgeSeconds} s`;
    return { ending: { status: "refused", reason: "stale-data", detail }, dataAsOf };
  }
  if (bytes > definition.maxScannedBytes) {
    const detail = `the files have ${bytes} bytes; allowed are ${definition.maxScannedBytes}`;
    return { ending: { status: "refused", reason: "over-budget", detail }, dataAsOf };
  }
  return { dataAsOf };
}
