import { compilePattern } from "../local/services/iam/pattern";
import type { Grant } from "./grants";
import type { Uses } from "./ledger";

/** What one check used of a grant. */
export interface CheckUses {
  readonly check: string;
  readonly uses: Uses;
}

/** A grant, and what was done with it. */
export interface GrantUsage {
  readonly grant: Grant;
  /** Checks that used it, those that need the least time first. */
  readonly checks: readonly CheckUses[];
  /** Members of Action that decided nothing. */
  readonly unusedActions: readonly string[];
  /** Members of Resource that decided nothing. */
  readonly unusedResources: readonly string[];
}

const none = { get: () => undefined };

/** Whether a member of an Action element covers an action. */
export function coversAction(member: string, action: string): boolean {
  return compilePattern(member, "text", true).matches(action, none);
}

/** Whether a member of a Resource element covers a resource. */
export function coversResource(member: string, resource: string): boolean {
  return compilePattern(member, "resource").matches(resource, none);
}

/** Joins a grant with what checks did with it. */
export function usageOf(grant: Grant, checks: readonly CheckUses[]): GrantUsage {
  const used = checks.filter(({ uses }) => uses.size > 0);
  const actions = used.flatMap(({ uses }) => [...uses.keys()]);
  const resources = used.flatMap(({ uses }) => [...uses.values()].flatMap((set) => [...set]));
  return {
    grant,
    checks: used,
    unusedActions: grant.actions.filter((member) => !actions.some((action) => coversAction(member, action))),
    // A statement of a resource's policy names the resource that carries it, by its ARN or by a star.
    unusedResources:
      used.length === 0
        ? grant.resources
        : grant.resources.filter((member) => !resources.some((resource) => coversResource(member, resource))),
  };
}

/** Checks that used one action of a grant, or any. */
export function checksOf({ checks }: GrantUsage, action?: string): readonly string[] {
  return checks
    .filter(({ uses }) => action === undefined || [...uses.keys()].some((used) => coversAction(action, used)))
    .map(({ check }) => check);
}

/** Checks that used one resource of a grant. */
export function checksOfResource({ checks }: GrantUsage, resource: string): readonly string[] {
  return checks
    .filter(({ uses }) => [...uses.values()].some((used) => [...used].some((one) => coversResource(resource, one))))
    .map(({ check }) => check);
}
