import type { QueryExecution } from "@aws-sdk/client-athena";
import type { CheckedDefinition } from "./definition";
import type { RunReason, RunStatus } from "./run";

/** How a run ends before its time. */
export interface Ending {
  readonly status: RunStatus;
  readonly reason: RunReason;
  readonly detail: string;
}

export interface QueryOutcome {
  readonly ending?: Ending;
  /** `s3://bucket/key`. */
  readonly result?: string;
  readonly scannedBytes?: number;
}

/**
 * What an ended query means for its run. A query that exceeds the workgroup's cut-off is cancelled by Athena.
 * https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html
 */
export function judgeQuery(execution: QueryExecution): QueryOutcome {
  const reason = execution.Status?.StateChangeReason ?? "";
  const scannedBytes = execution.Statistics?.DataScannedInBytes;
  const scanned = scannedBytes === undefined ? {} : { scannedBytes };
  switch (execution.Status?.State) {
    case "SUCCEEDED":
      return { result: execution.ResultConfiguration?.OutputLocation ?? "", ...scanned };
    case "CANCELLED":
      return {
        ending: {
          status: "over-budget",
          reason: "over-budget",
          detail: reason || "cancelled at the workgroup's cut-off",
        },
        ...scanned,
      };
    default:
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
    return { ending: { status: "refused", reason: "no-data", detail: "the analytics copy has no snapshot yet" } };
  }
  const dataAsOf = Number(committedAt);
  const age = now - dataAsOf;
  if (age > definition.maxDataAgeSeconds) {
    const detail = `the data is ${age} s old; allowed are ${definition.maxDataAgeSeconds} s`;
    return { ending: { status: "refused", reason: "stale-data", detail }, dataAsOf };
  }
  const bytes = Number(totalBytes ?? 0);
  if (bytes > definition.maxScannedBytes) {
    const detail = `the files have ${bytes} bytes; allowed are ${definition.maxScannedBytes}`;
    return { ending: { status: "refused", reason: "over-budget", detail }, dataAsOf };
  }
  return { dataAsOf };
}
