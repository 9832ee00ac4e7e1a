import type { Cloud } from "../local/cloud";
import { seededRandom } from "../local/random";
import { iamEngine, type ConditionKey, type Removal } from "../local/services/iam";
import type { Check } from "./check";
import { allChecks } from "./checks";
import { EXPLAINED } from "./explained";
import type { Grant } from "./grants";
import { shortArn } from "./names";
import { DEPLOYMENT, runCheck, runInquiry, type CheckResult } from "./run-check";
import type { House } from "./stage";
import { checksOf, checksOfResource, type GrantUsage } from "./usage";

/** A statement, or one part of it, to be taken away. */
export interface Candidate {
  readonly grant: Grant;
  /** What is taken away alone: an action, a resource, or a condition. @default the whole statement */
  readonly part?: Part;
  /** Checks that used it, the quickest first, or that try what a condition forbids: one of them must fail. */
  readonly checks: readonly string[];
}

/** A part of a statement. */
export type Part =
  | { readonly kind: "action"; readonly action: string }
  | { readonly kind: "resource"; readonly resource: string }
  | { readonly kind: "condition"; readonly condition: ConditionKey };

/** What came of a removal. */
export interface RemovalResult {
  readonly candidate: Candidate;
  /** The check that failed; undefined when none did. */
  readonly seenBy?: string;
  /** What it missed. */
  readonly failure?: string;
  /** Why nothing can notice it; of `privilege/explained.ts`. */
  readonly explained?: string;
  /** A check that failed by a mistake of its own, where nothing had been refused: it proves nothing. */
  readonly defect?: Defect;
}

/** A mistake in a check. */
export interface Defect {
  readonly check: string;
  /** e.g. `TypeError: x is not a function`. */
  readonly failure: string;
}

/**
 * Every statement; every action and every resource of those that have several; every key of each condition.
 * @param checks of which those that try what is forbidden must notice that a condition has gone.
 */
export function candidatesOf(
  usages: readonly GrantUsage[],
  checks: readonly Check[] = allChecks,
): readonly Candidate[] {
  return usages.flatMap((usage) => {
    const { grant } = usage;
    const used = checksOf(usage);
    // What only the deployment uses may be missed later, by a check that uses the rest of the statement.
    const first = (names: readonly string[]): readonly string[] => byRank([...new Set([...names, ...used])]);
    const several = (members: readonly string[]): readonly string[] => (members.length < 2 ? [] : members);
    return [
      { grant, checks: used },
      ...several(grant.actions).map((action): Candidate => ({
        grant,
        part: { kind: "action", action },
        checks: first(checksOf(usage, action)),
      })),
      ...several(grant.resources).map((resource): Candidate => ({
        grant,
        part: { kind: "resource", resource },
        checks: first(checksOfResource(usage, resource)),
      })),
      ...conditionsOf(grant).map((condition): Candidate => ({
        grant,
        part: { kind: "condition", condition },
        checks: first(guardsOf(grant, checks)),
      })),
    ];
  });
}

function conditionsOf({ document: { Condition = {} } }: Grant): readonly ConditionKey[] {
  return Object.entries(Condition).flatMap(([operator, keys]) => Object.keys(keys).map((key) => ({ operator, key })));
}

/** Checks that try at the doors of the grant's service what must be refused; a deny without its condition shuts out too much. */
function guardsOf({ document, actions: [action = ""] }: Grant, checks: readonly Check[]): readonly string[] {
  if (document.Effect === "Deny") return [];
  const [service = ""] = action.split(":");
  return checks.filter(({ guards = [] }) => guards.includes(service)).map(({ name }) => name);
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

/**
 * Takes a grant away from a program that is yet to be deployed (for checks that only ask, from one that is), and plays the
 * checks that should notice until one fails.
 */
export async function tryRemoval(
  house: House,
  candidate: Candidate,
  checks: ReadonlyMap<string, Check>,
): Promise<RemovalResult> {
  const { grant, part } = candidate;
  const removal: Removal = { statement: grant.id, ...(part === undefined ? {} : withoutKind(part)) };
  for (const name of candidate.checks) {
    const played = checks.get(name);
    const take = (cloud: Cloud): (() => void) => iamEngine(cloud).without(removal);
    const result = played?.isInquiry
      ? await runInquiry(house, played, take)
      : await runCheck(house, played, { prepare: (cloud) => void take(cloud) });
    const { check, failure = "" } = result;
    const judgement = judgeResult(result);
    if (judgement === "defect") return { candidate, defect: { check, failure } };
    if (judgement === "missed") return { candidate, seenBy: check, failure };
  }
  const explained = EXPLAINED[describeCandidate(candidate)];
  return explained === undefined ? { candidate } : { candidate, explained };
}

function withoutKind(part: Part): Omit<Removal, "statement"> {
  if (part.kind === "action") return { action: part.action };
  return part.kind === "resource" ? { resource: part.resource } : { condition: part.condition };
}

/** The table of `missed-by.json`: what is taken away, and the check that missed it in the last complete run. */
export type MissedBy = Readonly<Record<string, string>>;

/** The table of a complete run; what is explained is not in it. */
export function missedBy(results: readonly RemovalResult[]): MissedBy {
  const lines = results
    .filter(({ explained }) => explained === undefined)
    .map(({ candidate, seenBy = "" }) => [describeCandidate(candidate), seenBy] as const);
  return Object.fromEntries(lines.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is taken away, for people. */
export function describeCandidate({ grant, part }: Candidate): string {
  const whole = `${grant.holder} ${grant.name}`;
  if (part === undefined) return whole;
  if (part.kind === "action") return `${whole}: ${part.action}`;
  if (part.kind === "resource") return `${whole} on ${shortArn(part.resource)}`;
  return `${whole} if ${part.condition.operator} ${part.condition.key}`;
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
