import { seededRandom } from "../local/random";
import { iamEngine, type Removal } from "../local/services/iam";
import type { Check } from "./check";
import type { Grant } from "./grants";
import { DEPLOYMENT, runCheck, type CheckResult } from "./run-check";
import type { House } from "./stage";
import { checksOf, type GrantUsage } from "./usage";

/** A statement, or one of its actions, to be taken away. */
export interface Candidate {
  readonly grant: Grant;
  /** The action that is taken away alone. @default the whole statement */
  readonly action?: string;
  /** Checks that used it, the quickest first: one of them must fail. */
  readonly checks: readonly string[];
}

/** What came of a removal. */
export interface RemovalResult {
  readonly candidate: Candidate;
  /** The check that failed; undefined when none did. */
  readonly seenBy?: string;
  /** What it missed. */
  readonly failure?: string;
  /** A check that failed by a mistake of its own, where nothing had been refused: it proves nothing. */
  readonly defect?: Defect;
}

/** A mistake in a check. */
export interface Defect {
  readonly check: string;
  /** e.g. `TypeError: x is not a function`. */
  readonly failure: string;
}

/** Every statement, and every action of those that have several. */
export function candidatesOf(usages: readonly GrantUsage[]): readonly Candidate[] {
  return usages.flatMap((usage) => {
    const { grant } = usage;
    const whole: Candidate = { grant, checks: checksOf(usage) };
    const parts = grant.actions.length < 2 ? [] : grant.actions;
    // An action that only the deployment uses may be missed later, by a check that uses the rest of the statement.
    const checksFor = (action: string): string[] => [...new Set([...checksOf(usage, action), ...checksOf(usage)])];
    return [whole, ...parts.map((action) => ({ grant, action, checks: byRank(checksFor(action)) }))];
  });
}

/** The deployment last: it is a part of every check. */
function byRank(checks: readonly string[]): readonly string[] {
  return [...checks.filter((name) => name !== DEPLOYMENT), ...checks.filter((name) => name === DEPLOYMENT)];
}

/**
 * What a check's result says of a removal: it passed, it missed the grant, or it is broken itself. A mistake in code is
 * no proof, unless a request was refused before it: then an answer was missing on which the check relied.
 */
export function judgeResult({ failure, isMistake, denied }: CheckResult): "passed" | "missed" | "defect" {
  if (failure === undefined) return "passed";
  return isMistake && denied.length === 0 ? "defect" : "missed";
}

/** Takes a grant away from a program that is yet to be deployed, and plays the checks that used it until one fails. */
export async function tryRemoval(
  house: House,
  candidate: Candidate,
  checks: ReadonlyMap<string, Check>,
): Promise<RemovalResult> {
  const { grant, action } = candidate;
  const removal: Removal = { statement: grant.id, ...(action === undefined ? {} : { action }) };
  for (const name of candidate.checks) {
    const result = await runCheck(house, checks.get(name), {
      prepare: (cloud) => void iamEngine(cloud).without(removal),
    });
    const { check, failure = "" } = result;
    const judgement = judgeResult(result);
    if (judgement === "defect") return { candidate, defect: { check, failure } };
    if (judgement === "missed") return { candidate, seenBy: check, failure };
  }
  return { candidate };
}

/** The table of `missed-by.json`: what is taken away, and the check that missed it in the last complete run. */
export type MissedBy = Readonly<Record<string, string>>;

/** The table of a complete run. */
export function missedBy(results: readonly RemovalResult[]): MissedBy {
  const lines = results.map(({ candidate, seenBy = "" }) => [describeCandidate(candidate), seenBy] as const);
  return Object.fromEntries(lines.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is taken away, for people. */
export function describeCandidate({ grant, action }: Candidate): string {
  return `${grant.holder} ${grant.name}${action === undefined ? "" : `: ${action}`}`;
}

/** `count` of the candidates, by chance. */
export function pick(candidates: readonly Candidate[], count: number, seed: number): readonly Candidate[] {
  const random = seededRandom(seed);
  const left = [...candidates];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(random() * left.length), 1)[0]!,
  );
}
