import { matches } from "./arn";
import type { Resource } from "./resource";
import type { Environment, Rule } from "./rule";

/** A violation that somebody has decided to live with, for a while. */
export interface Exception {
  /** Name of the rule. */
  readonly rule: string;
  /** Type and name of the resources, `*` for any characters: `aws:s3/bucket:Bucket segments-*`. */
  readonly resource: string;
  readonly reason: string;
  /** The last day it holds, `YYYY-MM-DD`. */
  readonly expires: string;
  /** Project whose stacks it is for. @default every project */
  readonly project?: string;
  /** @default both */
  readonly environment?: Environment;
}

/** Exceptions of one evaluation; notes which of them were needed. */
export class Exceptions {
  private readonly used = new Set<Exception>();
  private readonly current: readonly Exception[];

  /** @param today `YYYY-MM-DD`: an exception that has expired, or never would, covers nothing. */
  constructor(
    private readonly list: readonly Exception[],
    today: string,
  ) {
    this.current = list.filter(({ expires }) => isDate(expires) && expires >= today);
  }

  covers(rule: string, { type, name }: Pick<Resource, "type" | "name">): boolean {
    const found = this.current.filter((one) => one.rule === rule && matches(one.resource, `${type} ${name}`));
    for (const one of found) this.used.add(one);
    return found.length > 0;
  }

  /**
   * What is wrong with the list itself, one sentence each. Ask after every rule has run.
   * @param undecided rules that wait for values: whether an exception of theirs is needed shows at `pulumi up`
   */
  problems(rules: readonly Rule[], undecided: ReadonlySet<string> = new Set()): readonly string[] {
    return this.list.flatMap((one) => {
      const which = `Exception of "${one.rule}" for "${one.resource}"`;
      if (!rules.some(({ name }) => name === one.rule))
        return [`${which}: got a rule that does not exist; expected the name of a rule. Correct or remove it.`];
      if (!isDate(one.expires))
        return [`${which}: got the expiry date "${one.expires}"; expected YYYY-MM-DD. Write the last day it holds.`];
      if (one.reason.trim() === "")
        return [`${which}: got no reason; expected one. Say why the violation is acceptable.`];
      if (!this.current.includes(one))
        return [`${which}: expired on ${one.expires}; expected a later date. Mend the resource, or decide again.`];
      if (!this.used.has(one) && !undecided.has(one.rule))
        return [`${which}: nothing violates the rule there any more; expected a violation. Remove the exception.`];
      return [];
    });
  }
}

/** Whether a text is a day of the calendar; `2027-99-99` would outlive every day of its year. */
function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** The exceptions that concern a stack. */
export function exceptionsFor(list: readonly Exception[], project: string, environment: Environment): Exception[] {
  return list.filter(
    (one) =>
      (one.project === undefined || one.project === project) &&
      (one.environment === undefined || one.environment === environment),
  );
}
