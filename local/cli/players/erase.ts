import { CliError } from "../errors";
import type { StackAccess } from "../stack-access";
import { rowsLeft } from "./copy";
import { readSubject, type Subject } from "./subject";
import { rowOf, survey, type Finding, type Row } from "./survey";

/** Rounds of deleting and looking again: what was on its way when the first began is found by the second. */
const MOST_ROUNDS = 4;
/** Each look is a query, of which Athena bills 10 MB at least. */
const LOOK_EVERY_MS = 5_000;

export interface Erasure {
  readonly rows: readonly Row[];
  /** What is still there, the analytics copy apart while it has not been brought up to date. */
  readonly left: number;
}

/** Deletes what was found, looks again, and deletes what has come since, until nothing is left. */
export async function erase(
  subject: Subject,
  first: readonly Finding[],
  progress: (line: string) => void,
): Promise<Erasure> {
  const deleted = new Map<string, number>();
  let known = subject;
  let findings = first;
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    for (const { title, look } of findings) {
      if (!look.erase || look.found === 0) continue;
      progress(`deleting: ${title}`);
      deleted.set(title, (deleted.get(title) ?? 0) + (await look.erase()));
    }
    if (round === 1) await refreshLocalCopy(subject.access);
    known = await readSubject(subject.access, subject.player, known);
    findings = await survey(known, (title) => progress(`looking again: ${title}`));
    if (findings.every(({ look }) => look.erase === undefined || look.found === 0)) break;
  }
  const rows = findings.map((finding) => {
    const before = first.find(({ title }) => title === finding.title)?.look.found ?? 0;
    // Of what somebody else deletes (the copy, which Glue writes) it is gone what is not found any more.
    const gone = deleted.get(finding.title) ?? Math.max(0, before - finding.look.found);
    return { ...rowOf(finding, gone, finding.look.found), found: Math.max(before, gone) };
  });
  const left = findings.filter(({ look }) => look.erase).reduce((sum, { look }) => sum + look.found, 0);
  return { rows, left };
}

/** Only a local stack's copy can be brought up to date on demand; Glue has a schedule. */
async function refreshLocalCopy({ local, operations }: StackAccess): Promise<void> {
  if (!local || !operations.segments) return;
  const response = await fetch(`${local.endpoint}/_local/zero-etl/refresh`, { method: "POST" });
  if (!response.ok) throw new CliError(`The analytics copy could not be refreshed: ${await response.text()}`);
}

/** Waits until no row of the copy names the player any more; false when the time is over first. */
export async function waitForCopy(
  subject: Subject,
  timeoutMs: number,
  progress: (line: string) => void,
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const { rows, asOf } = await rowsLeft(subject);
    if (rows === 0) return true;
    if (Date.now() > end) return false;
    progress(
      `${rows} rows are left in the analytics copy, which is as of ${asOf.toISOString()}; waiting for its refresh`,
    );
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
