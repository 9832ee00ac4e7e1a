import { evaluateResource, evaluateStack, type Outcome, type Surroundings } from "../../policies/framework/evaluate";
import { Exceptions, exceptionsFor } from "../../policies/framework/exceptions";
import { IamKnowledge } from "../../policies/framework/iam-knowledge";
import { Resource } from "../../policies/framework/resource";
import { levelOf, type Environment, type Rule } from "../../policies/framework/rule";
import { servicesIn } from "../../policies/framework/services";
import { Stack } from "../../policies/framework/stack";
import { EXCEPTIONS } from "../../policies/exceptions";
import { RULES } from "../../policies/rules";
import type { Declared } from "./graph";
import type { Mutant } from "./mutants";

/** A day before any exception of the program expires. */
export const TODAY = "2026-11-21";

/** Finds the rule that refuses a mutant, in this process, as the pack would. */
export class Killer {
  private constructor(
    private readonly graph: readonly Declared[],
    private readonly resources: ReadonlyMap<Declared, Resource>,
    private readonly rules: readonly Rule[],
    private readonly surroundings: Surroundings,
    /** What the program violates as it is. */
    private readonly before: ReadonlySet<string>,
  ) {}

  static async of(graph: readonly Declared[], environment: Environment): Promise<Killer> {
    const iam = new IamKnowledge();
    const resources = new Map(graph.map((declared) => [declared, new Resource(declared)]));
    await iam.load([...servicesIn([...resources.values()]), "sts"]);
    const rules = RULES.filter((rule) => levelOf(rule, environment) === "mandatory");
    const exceptions = new Exceptions(exceptionsFor(EXCEPTIONS, "games-messaging", environment), TODAY);
    const surroundings = { environment, iam, exceptions };
    const stack = new Stack([...resources.values()]);
    const before = rules.flatMap((rule) => [
      ...graph.flatMap((one) => evaluateResource(rule, alone(one), surroundings).violations),
      ...evaluateStack(rule, stack, surroundings).violations,
    ]);
    return new Killer(graph, resources, rules, surroundings, new Set(before.map(({ message }) => message)));
  }

  /** The name of the first rule that refuses a mutant; `undefined` when it lives. */
  rule(mutant: Mutant, original: Declared): string | undefined {
    const mine = this.rules.filter(({ types }) => types === undefined || types.includes(mutant.type));
    if (mutant.after) {
      const mutated = alone(mutant.after);
      for (const rule of mine) if (this.isNew(evaluateResource(rule, mutated, this.surroundings))) return rule.name;
    }
    const stack = new Stack(
      this.graph.flatMap((declared) => {
        if (declared !== original) return this.resources.get(declared) ?? [];
        return mutant.after ? new Resource(mutant.after) : [];
      }),
    );
    for (const rule of [...mine, ...this.rules.filter((one) => !mine.includes(one))])
      if (this.isNew(evaluateStack(rule, stack, this.surroundings))) return rule.name;
    return undefined;
  }

  private isNew({ violations }: Outcome): boolean {
    return violations.some(({ message }) => !this.before.has(message));
  }
}

/** A resource as the engine shows it before it is made. */
function alone(declared: Declared): Resource {
  return new Resource({ ...declared, props: declared.inputs });
}
