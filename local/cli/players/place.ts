import type { Subject } from "./subject";

/** Where something about a player can be. */
export interface Place {
  /** What lies there, in words of a report. */
  readonly title: string;
  /** Looks; undefined where the stack has no such place. */
  look(subject: Subject): Promise<Look | undefined>;
}

/** What was found in a place. */
export interface Look {
  /** Name of the table, bucket or queue. */
  readonly where: string;
  readonly found: number;
  /** Whether it could not be looked into: nothing found says nothing then. */
  readonly unseen?: boolean;
  /** For the export: what the player may have. */
  readonly data?: unknown;
  /** Deletes what was found; resolves to how much. */
  readonly erase?: () => Promise<number>;
  /** What cannot be deleted now, and when it ends by itself. */
  readonly remains?: string;
}
