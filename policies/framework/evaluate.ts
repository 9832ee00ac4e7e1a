import type { Exceptions } from "./exceptions";
import { IamKnowledge } from "./iam-knowledge";
import { servicesIn } from "./services";
import { Undecided, type Resource } from "./resource";
import { settingsOf, type Context, type Environment, type Rule, type StackContext } from "./rule";
import type { Stack } from "./stack";
import { violationText } from "./text";

/** Something that a rule refuses. */
export interface Violation {
  readonly rule: string;
  readonly urn: string;
  /** Dotted path of the property. */
  readonly property: string;
  readonly message: string;
}

/** A check that waits for a value which only `pulumi up` brings. */
export interface Waiting {
  readonly rule: string;
  readonly urn: string;
  readonly property: string;
}

export interface Outcome {
  readonly violations: readonly Violation[];
  readonly waiting: readonly Waiting[];
}

export interface Surroundings {
  readonly environment: Environment;
  readonly iam: IamKnowledge;
  readonly exceptions: Exceptions;
  /** Settings of a rule, as the pack's configuration gives them. */
  readonly settings?: (rule: Rule) => Readonly<Record<string, unknown>>;
}

/** Runs a rule's checks of one resource alone. */
export function evaluateResource(rule: Rule, resource: Resource, surroundings: Surroundings): Outcome {
  if (rule.types && !rule.types.includes(resource.type)) return NOTHING;
  const run = new Run(rule, surroundings);
  for (const check of rule.checks ?? []) run.attempt(resource, (context) => check(resource, context));
  return run;
}

/** Runs a rule's checks of a whole stack. */
export function evaluateStack(rule: Rule, stack: Stack, surroundings: Surroundings): Outcome {
  const run = new Run(rule, surroundings);
  for (const resource of rule.types ? stack.ofType(...rule.types) : stack.resources) {
    for (const check of rule.stackChecks ?? []) {
      run.attempt(resource, (context) => check(resource, Object.assign(context, { stack })));
    }
  }
  return run;
}

/** Everything that rules say of a stack, each resource alone and all together. */
export async function evaluate(
  rules: readonly Rule[],
  stack: Stack,
  surroundings: Omit<Surroundings, "iam">,
): Promise<Outcome> {
  const iam = new IamKnowledge();
  await iam.load(servicesIn(stack.resources));
  const whole = { ...surroundings, iam };
  const outcomes = rules.flatMap((rule) => [
    ...stack.resources.map((resource) => evaluateResource(rule, resource, whole)),
    evaluateStack(rule, stack, whole),
  ]);
  return {
    violations: outcomes.flatMap(({ violations }) => violations),
    waiting: outcomes.flatMap(({ waiting }) => waiting),
  };
}

const NOTHING: Outcome = { violations: [], waiting: [] };

class Run implements Outcome {
  readonly violations: Violation[] = [];
  readonly waiting: Waiting[] = [];
  private readonly settings: Readonly<Record<string, unknown>>;

  constructor(
    private readonly rule: Rule,
    private readonly surroundings: Surroundings,
  ) {
    this.settings = surroundings.settings?.(rule) ?? settingsOf(rule);
  }

  attempt(resource: Resource, check: (context: Context & Partial<StackContext>) => void): void {
    try {
      check(this.context(resource));
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      this.waiting.push({ rule: this.rule.name, urn: resource.urn, property: error.path });
    }
  }

  private context(resource: Resource): Context {
    const { environment, iam, exceptions } = this.surroundings;
    return {
      environment,
      iam,
      number: (setting) => Number(this.settings[setting]),
      flag: (setting) => this.settings[setting] === true,
      texts: (setting) => this.settings[setting] as readonly string[],
      refuse: (property, got, allowed, fix) => {
        if (exceptions.covers(this.rule.name, resource)) return;
        this.violations.push({
          rule: this.rule.name,
          urn: resource.urn,
          property,
          message: violationText({ rule: this.rule, resource, property, got, allowed, fix }),
        });
      },
    };
  }
}
