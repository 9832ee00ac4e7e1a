import type { Decision } from "../../ports";
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

export interface Answer extends Decision {
  /** Identity statements that allowed it, by position in `identity`. */
  readonly by: readonly number[];
  /** Whether the answer holds for every later request with the same action and resource. */
  readonly stable: boolean;
}

/**
 * Decides within one account, as the IAM User Guide's "Policy evaluation logic" does: an explicit deny wins, else one
 * allow of identity or resource is enough, except for keys and roles, whose own policy must open the door.
 */
export function decide(question: Question): Answer {
  const { action, resource, keys, who } = question;
  let stable = true;
  const applies = (statement: CompiledStatement): boolean => {
    if (statement.conditional) stable = false;
    return statement.covers(action, resource, keys) && statement.holds(keys);
  };
  const deny = (reason: string): Answer => ({ allowed: false, reason, by: [], stable });

  const by: number[] = [];
  let denied = false;
  for (const [i, statement] of (question.identity ?? []).entries()) {
    if (!applies(statement)) continue;
    if (statement.allow) by.push(i);
    else denied = true;
  }
  if (denied) return deny("with an explicit deny in an identity-based policy");

  let direct = false;
  let account = false;
  for (const statement of question.resourcePolicy ?? []) {
    const admission = statement.admits(who);
    if (admission === "no" || !applies(statement)) continue;
    if (!statement.allow) return deny("with an explicit deny in a resource-based policy");
    if (admission === "direct") direct = true;
    else account = true;
  }
  if (direct) return { allowed: true, reason: "", by, stable };
  if (question.strict && !account) return deny(`because no resource-based policy allows the ${action} action`);
  if (by.length > 0) return { allowed: true, reason: "", by, stable };
  if (question.identity === undefined) return deny(`because no resource-based policy allows the ${action} action`);
  return deny(`because no identity-based policy allows the ${action} action`);
}
