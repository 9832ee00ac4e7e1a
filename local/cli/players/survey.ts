import { connections, messages, messagesOnTheWay, otherSides, otherWatches, presence, profile } from "./tables";
import { copy } from "./copy";
import { inbox } from "./inbox";
import { backups, logs } from "./kept-elsewhere";
import { deadLetters, queuesInFlight } from "./letters";
import type { Look, Place } from "./place";
import { results } from "./results";
import type { Subject } from "./subject";
import { ownSuppression, sesSuppression } from "./suppression";

/**
 * Every place, in the order of an erasure: connections first, so that nothing is written meanwhile, then messages before
 * they could be sent. What leads to other places (messages and profile tell addresses, the own side of friendships tells
 * who else holds something) goes after these, so that an erasure that broke off finds its way again. Presence goes last,
 * because friends are told from it that the player has gone.
 */
const PLACES: readonly Place[] = [
  connections,
  messagesOnTheWay,
  otherSides,
  otherWatches,
  ownSuppression,
  sesSuppression,
  deadLetters,
  results,
  inbox,
  messages,
  profile,
  presence,
  copy,
  queuesInFlight,
  backups,
  logs,
];

/** A place and what was found there. */
export interface Finding {
  readonly title: string;
  readonly look: Look;
}

/** Looks into every place that the stack has. */
export async function survey(subject: Subject, progress: (title: string) => void): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const place of PLACES) {
    progress(place.title);
    const look = await place.look(subject);
    if (look) findings.push({ title: place.title, look });
  }
  return findings;
}

/** A row of the report. */
export interface Row {
  readonly what: string;
  readonly where: string;
  readonly found: number;
  readonly deleted: number;
  /** What is still there now. */
  readonly left: number;
  /** What remains, and until when. */
  readonly remains?: string;
}

/** The report as a table for people. */
export function table(rows: readonly Row[], erased: boolean): string[] {
  return rows.flatMap(({ what, where, found, deleted, left, remains }) => {
    const counts = erased ? `${found} found, ${deleted} deleted${left > 0 ? `, ${left} LEFT` : ""}` : `${found} found`;
    const line = `  ${what.padEnd(66)}${counts.padEnd(28)}${where}`.trimEnd();
    return remains === undefined ? [line] : [line, `    remains: ${remains}`];
  });
}

/** What a finding is, before anything is deleted. */
export function rowOf({ title, look }: Finding, deleted = 0, left = look.found): Row {
  return {
    what: title,
    where: look.where,
    found: look.found,
    deleted,
    left,
    ...(look.remains === undefined ? {} : { remains: look.remains }),
  };
}
