import type { KeyValues } from "./pattern";
import type { CompiledStatement, Who } from "./statement";

/** One decision to make. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly keys: KeyValues;
  readonly who: Who;
  /** Statements attached to the caller's identity; undefined for services and strangers, who have none. */
  readonly identity?: readonly CompiledStatement[];
  /** Statements of the resource's own policy; undefined if it has none. */
  readonly resourcePolicy?: readonly CompiledStatement[];
  /** KMS keys and roles: the resource's policy must admit the caller, or the account, in which case identity decides. */
  readonly strict: boolean;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly reason: string;
  /** Identity statements that decided, by position in `identity`. */
  readonly by: readonly number[];
  /** Statements of the resource's policy that decided, by position in `resourcePolicy`. */
  readonly byResource: readonly number[];
  /** Whether the answer holds for every later request with the same action and resource. */
  readonly stable: boolean;
}

/**
 * Decides within one account, as the IAM User Guide's "Policy evaluation logic" does: an explicit deny wins, else one
 * allow of identity or resource is enough, except for keys and roles, whose own policy must open the door.
 */
export function decide(question: Question): Verdict {
  const { action, resource, keys, who } = question;
  let stable = true;
  const applies = (statement: CompiledStatement): boolean => {
    if (statement.conditional) stable = false;
    return statement.covers(action, resource, keys) && statement.holds(keys);
  };
  const deny = (reason: string, by: readonly number[] = [], byResource: readonly number[] = []): Verdict => ({
    allowed: false,
    reason,
    by,
    byResource,
    stable,
  });

  const by: number[] = [];
  const against: number[] = [];
  for (const [i, statement] of (question.identity ?? []).entries()) {
    if (applies(statement)) (statement.allow ? by : against).push(i);
  }
  if (against.length > 0) return deny("with an explicit deny in an identity-based policy", against);

  const direct: number[] = [];
  const account: number[] = [];
  for (const [i, statement] of (question.resourcePolicy ?? []).entries()) {
    const admission = statement.admits(who);
    if (admission === "no" || !applies(statement)) continue;
    if (!statement.allow) return deny("with an explicit deny in a resource-based policy", [], [i]);
    (admission === "direct" ? direct : account).push(i);
  }
  const allow = (byResource: readonly number[]): Verdict => ({ allowed: true, reason: "", by, byResource, stable });
  if (direct.length > 0) return allow(direct);
  if (question.strict && account.length === 0)
    return deny(`because no resource-based policy allows the ${action} action`);
  // Elsewhere an admission of the account adds nothing to what the account's own policies allow.
  if (by.length > 0) return allow(question.strict ? account : []);
  if (question.identity === undefined) return deny(`because no resource-based policy allows the ${action} action`);
  return deny(`because no identity-based policy allows the ${action} action`);
}
