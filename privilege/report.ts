import type { Grant } from "./grants";
import { describeCandidate, type Part, type RemovalResult } from "./removals";
import type { CheckResult } from "./run-check";
import { shortArn } from "./names";
import { checksOf, type GrantUsage } from "./usage";
import { isGiven, type AvoidableWildcard } from "./wildcards";

/** Everything that the report knows. */
export interface Findings {
  readonly results: readonly CheckResult[];
  readonly usages: readonly GrantUsage[];
  readonly wildcards: readonly AvoidableWildcard[];
  /** Empty when none was tried. */
  readonly removals: readonly RemovalResult[];
}

/** The figures of a report. */
export interface Totals {
  readonly checks: number;
  readonly roles: number;
  readonly statements: number;
  /** Actions of all statements together. */
  readonly actions: number;
  /** Statements of roles' own policies, of trust policies, and of policies that resources carry. */
  readonly statementsBy: { readonly roles: number; readonly trust: number; readonly resources: number };
  readonly unused: number;
  readonly avoidableWildcards: number;
  readonly failedChecks: number;
  readonly removals: number;
  /** Removals of whole statements, and of each kind of part. */
  readonly removalsOf: Readonly<Record<"statements" | "actions" | "resources" | "conditions", number>>;
  readonly removalsSeen: number;
  /** Removals that nothing can notice, for a reason that is written down. */
  readonly removalsExplained: number;
}

export function totalsOf({ results, usages, wildcards, removals }: Findings): Totals {
  const of = (kind: Grant["id"]["kind"]): number => usages.filter(({ grant }) => grant.id.kind === kind).length;
  const removed = (kind?: Part["kind"]): number =>
    removals.filter(({ candidate }) => candidate.part?.kind === kind).length;
  const sum = (count: (usage: GrantUsage) => number): number => usages.reduce((all, usage) => all + count(usage), 0);
  return {
    checks: results.length,
    roles: new Set(usages.filter(({ grant }) => grant.id.kind === "trust").map(({ grant }) => grant.id.owner)).size,
    statements: usages.length,
    actions: sum(({ grant }) => grant.actions.length),
    statementsBy: { roles: of("role"), trust: of("trust"), resources: of("resource") },
    unused: sum(({ unusedActions, unusedResources }) => unusedActions.length + unusedResources.length),
    avoidableWildcards: wildcards.length,
    failedChecks: results.filter(({ failure }) => failure !== undefined).length,
    removals: removals.length,
    removalsOf: {
      statements: removed(),
      actions: removed("action"),
      resources: removed("resource"),
      conditions: removed("condition"),
    },
    removalsSeen: removals.filter(({ seenBy }) => seenBy !== undefined).length,
    removalsExplained: removals.filter(({ explained }) => explained !== undefined).length,
  };
}

/** Whether every grant is used, none is too wide, and every removal was seen or is explained. */
export function isClean(totals: Totals): boolean {
  const { unused, avoidableWildcards, failedChecks, removals, removalsSeen, removalsExplained } = totals;
  return (
    unused === 0 && avoidableWildcards === 0 && failedChecks === 0 && removals === removalsSeen + removalsExplained
  );
}

/** The report as lines for people: by holder, each statement with its actions, its resources and a check that uses it. */
export function reportLines(findings: Findings): readonly string[] {
  const lines: string[] = [];
  const holders = [...new Set(findings.usages.map(({ grant }) => grant.holder))];
  for (const holder of holders) {
    lines.push("", holder);
    for (const usage of findings.usages.filter(({ grant }) => grant.holder === holder))
      lines.push(...grantLines(usage));
  }
  lines.push(...problemLines(findings), "", ...totalLines(totalsOf(findings)));
  return lines;
}

function grantLines(usage: GrantUsage): string[] {
  const { grant } = usage;
  const lines = [`  ${grant.name}${grant.document.Effect === "Deny" ? " (deny)" : ""}`];
  for (const action of grant.actions) {
    const [check, ...more] = checksOf(usage, action);
    const where = check === undefined ? "UNUSED" : `${check}${more.length > 0 ? ` (+${more.length})` : ""}`;
    lines.push(`    ${action.padEnd(34)} ${where}`);
  }
  for (const resource of grant.resources) {
    const unused = usage.unusedResources.includes(resource) ? "  UNUSED" : "";
    lines.push(`      on ${shortArn(resource)}${unused}`);
  }
  const given = isGiven(grant);
  if (given) lines.push(`      its wildcards stay: ${given.reason}`);
  return lines;
}

function problemLines({ results, wildcards, removals }: Findings): string[] {
  const failed = results.filter(({ failure }) => failure !== undefined);
  const broken = removals.flatMap(({ candidate, defect }) => (defect ? [{ candidate, defect }] : []));
  const lost = removals.filter(
    ({ seenBy, defect, explained }) => seenBy === undefined && explained === undefined && !defect,
  );
  const explained = removals.filter(({ explained: reason }) => reason !== undefined);
  return [
    ...section(
      "Checks that fail",
      failed.map(({ check, failure = "" }) => `${check}: ${failure}`),
    ),
    ...section(
      "Wildcards that could be narrower",
      wildcards.map(
        ({ holder, statement, wildcard, instead }) => `${holder} ${statement}: ${wildcard}; use ${instead}`,
      ),
    ),
    ...section(
      "Checks that are broken: they failed by a mistake of their own, where nothing was refused",
      broken.map(
        ({ candidate, defect }) => `${defect.check}: ${defect.failure} (without ${describeCandidate(candidate)})`,
      ),
    ),
    ...section(
      "Removals that nothing can notice",
      explained.map(({ candidate, explained: reason = "" }) => `${describeCandidate(candidate)}: ${reason}`),
    ),
    ...section(
      "Removals that nothing notices",
      lost.map(
        ({ candidate }) => `${describeCandidate(candidate)}: tried ${candidate.checks.join("; ") || "no check"}`,
      ),
    ),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function totalLines(totals: Totals): string[] {
  const { statementsBy: by } = totals;
  const lines = [
    `${totals.roles} roles; ${totals.statements} statements: ${by.roles} of roles, ${by.trust} of trust policies, ${by.resources} of resources and the key; ${totals.actions} actions`,
    `${totals.checks} checks, ${totals.failedChecks} failed`,
    `${totals.unused} unused, ${totals.avoidableWildcards} avoidable wildcards`,
  ];
  const { removals, removalsOf: parts, removalsSeen, removalsExplained } = totals;
  if (removals > 0)
    lines.push(
      `${removalsSeen} of ${removals} removals seen, ${removalsExplained} explained: ${parts.statements} statements, ` +
        `${parts.actions} actions, ${parts.resources} resources, ${parts.conditions} conditions`,
    );
  return lines;
}

/** The report as data. */
export function reportJson(findings: Findings): object {
  return {
    totals: totalsOf(findings),
    grants: findings.usages.map((usage) => ({
      holder: usage.grant.holder,
      kind: usage.grant.id.kind,
      owner: usage.grant.id.owner,
      statement: usage.grant.name,
      effect: usage.grant.document.Effect,
      actions: usage.grant.actions.map((action) => ({ action, checks: checksOf(usage, action) })),
      resources: usage.grant.resources,
      unusedActions: usage.unusedActions,
      unusedResources: usage.unusedResources,
    })),
    wildcards: findings.wildcards,
    checks: findings.results,
    removals: findings.removals.map(({ candidate, seenBy, failure, defect, explained }) => ({
      holder: candidate.grant.holder,
      statement: candidate.grant.name,
      ...(candidate.part === undefined ? {} : { part: candidate.part }),
      ...(seenBy === undefined ? {} : { seenBy, failure }),
      ...(explained === undefined ? {} : { explained }),
      ...(defect === undefined ? {} : { defect }),
    })),
  };
}
