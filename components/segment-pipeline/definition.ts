import type { PlayerAttributes } from "../shared/player-directory";
import type { Filter, ParsedFilter } from "./filter";

/** What each player of a segment is sent; the run's id makes it once per player and run. */
export interface SegmentMessage {
  /** e.g. `marketing`. */
  readonly type: string;
  /** Name of a template of the channel. */
  readonly template: string;
  /** What the template shows, the same for every player. @default {} */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Seconds from the start of the run until the message is no longer worth sending. @default never */
  readonly validForSeconds?: number;
}

interface SegmentCommon {
  /** A sentence for operators, at most 400 characters: the schedule shows it. */
  readonly description?: string;
  readonly message: SegmentMessage;
  /** `rate(...)`, `cron(...)` or `at(...)` of EventBridge Scheduler. @default on demand only */
  readonly schedule?: string;
  /** IANA time zone of the schedule. @default UTC */
  readonly scheduleTimeZone?: string;
  /** Seconds; a run on data older than this is refused. @default the pipeline's */
  readonly maxDataAgeSeconds?: number;
  /** Bytes; a run over data files of more than this is refused. @default the pipeline's */
  readonly maxScannedBytes?: number;
}

/** A segment: which players, what they are sent, when. */
export type SegmentDefinition<A extends PlayerAttributes = PlayerAttributes> = SegmentCommon &
  (
    | { readonly where: Filter<A> }
    /**
     * For experts: a SELECT of Athena SQL that returns the column `pk` of profiles. `{players}` stands for the table's
     * quoted name.
     */
    | { readonly sql: string }
  );

/** A definition that has been checked; plain data, captured by the handlers. */
export interface CheckedDefinition {
  readonly name: string;
  readonly message: SegmentMessage;
  readonly maxDataAgeSeconds: number;
  readonly maxScannedBytes: number;
  readonly where?: ParsedFilter;
  readonly sql?: string;
}
