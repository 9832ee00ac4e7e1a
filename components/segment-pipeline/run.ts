import { BOOL, N, S, numberOf, textOf, type Item } from "../shared/attributes";
import { SECONDS_PER_DAY } from "../shared/units";

/** Where a run is. `done`, `refused`, `over-budget` and `failed` are ends. */
export type RunStatus =
  "starting" | "checking" | "querying" | "enqueueing" | "done" | "refused" | "over-budget" | "failed";

/** Why a run ended without its messages. */
export type RunReason =
  | "stale-data"
  | "over-budget"
  | "unknown-segment"
  | "no-data"
  | "query-failed"
  | "query-cancelled"
  | "query-timeout"
  | "result-malformed";

/** A run of a segment, as its item tells it. */
export interface Run {
  readonly runId: string;
  readonly segment: string;
  readonly status: RunStatus;
  readonly reason?: string;
  readonly detail?: string;
  /** Epoch seconds; relative times of the filter refer to it. */
  readonly startedAt: number;
  readonly queryId?: string;
  /** `s3://bucket/key` of the result. */
  readonly result?: string;
  /** Parts of the result file; known once the first has been read. */
  readonly parts?: number;
  readonly doneParts: readonly number[];
  readonly enqueued: number;
  readonly duplicates: number;
  readonly malformed: number;
  readonly refusedPlayers: number;
  /** Epoch seconds of the data's last commit. */
  readonly dataAsOf?: number;
  readonly scannedBytes?: number;
}

/** Every number of a run. */
export const RUN_LIMITS = {
  /** Characters of a run's id. */
  idLength: 128,
  /** Seconds from its submission until a query that has not ended is given up; Athena's own limit for DML is 30 minutes. */
  querySeconds: 2_400,
  /** Seconds between two looks at a running query; the state-change event usually comes first. */
  pollSeconds: 30,
  /** Days that a run's record is kept. */
  retentionDays: 400,
  /** Bytes of the result file that one invocation works off: about 5,000 players. */
  partBytes: 262_144,
  /** Bytes that a line can have: a quoted key of an encoded player id. */
  lineBytes: 1_024,
} as const;

/** Key of a run's item. */
export function runKey(runId: string): Item {
  return { pk: S(`RUN#${runId}`) };
}

/** Leads from a query to its run; the state-change event knows only the query. */
export function queryKey(queryId: string): Item {
  return { pk: S(`QUERY#${queryId}`) };
}

/** Whether a value can be a run's id. */
export function isRunId(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_.:+-]+$/.test(value) && value.length <= RUN_LIMITS.idLength;
}

/** The item of a run that starts; `now` in epoch seconds. */
export function newRun(runId: string, segment: string, now: number): Item {
  return {
    ...runKey(runId),
    runId: S(runId),
    segment: S(segment),
    status: S("starting"),
    startedAt: N(now),
    enqueued: N(0),
    duplicates: N(0),
    malformed: N(0),
    refusedPlayers: N(0),
    finished: BOOL(false),
    expiresAt: N(now + RUN_LIMITS.retentionDays * SECONDS_PER_DAY),
  };
}

/** Reads a run's item. */
export function readRun(item: Item): Run {
  const number = (name: string): number => numberOf(item, name) ?? 0;
  const optionalText = (name: string): Record<string, string> => {
    const value = textOf(item, name);
    return value === undefined ? {} : { [name]: value };
  };
  const optionalNumber = (name: string): Record<string, number> => {
    const value = numberOf(item, name);
    return value === undefined ? {} : { [name]: value };
  };
  return {
    runId: textOf(item, "runId") ?? "",
    segment: textOf(item, "segment") ?? "",
    status: (textOf(item, "status") ?? "failed") as RunStatus,
    startedAt: number("startedAt"),
    doneParts: (item["doneParts"]?.NS ?? []).map(Number),
    enqueued: number("enqueued"),
    duplicates: number("duplicates"),
    malformed: number("malformed"),
    refusedPlayers: number("refusedPlayers"),
    ...optionalText("reason"),
    ...optionalText("detail"),
    ...optionalText("queryId"),
    ...optionalText("result"),
    ...optionalNumber("parts"),
    ...optionalNumber("dataAsOf"),
    ...optionalNumber("scannedBytes"),
  };
}
