import { seededRandom } from "../../local/random";
import type { Environment } from "../../policies/framework/rule";
import { graphOf } from "./graph";
import { Killer } from "./kill";
import { mutantsOf } from "./mutants";
import { reasonOf, type WithoutSecurity } from "./without-security";

/** What became of one mutant. */
export interface Fate {
  readonly stack: string;
  readonly resource: string;
  readonly path: string;
  readonly operator: string;
  /** The rule that refuses it. */
  readonly killedBy?: string;
  /** Why it need not be refused. */
  readonly reason?: string;
}

export interface MutationRun {
  readonly fates: readonly Fate[];
  /** Mutants that had to be refused. */
  readonly tried: number;
  readonly killed: number;
  readonly survivors: readonly Fate[];
  readonly excused: ReadonlySet<WithoutSecurity>;
}

/** What production stacks are advised to have, beside what the repository's own has: more resources to mutate. */
const MORE = { "games-messaging:senderDomain": "example.com" };

/**
 * Tries mutants of the program's graph.
 * @param share part of the mutants that is tried, by chance of the seed; 1 tries all
 */
export async function mutate(stack: string, environment: Environment, share = 1, seed = 1): Promise<MutationRun> {
  const graph = await graphOf({ stack, config: environment === "production" ? MORE : {} });
  const killer = await Killer.of(graph, environment);
  const random = seededRandom(seed);
  const fates: Fate[] = [];
  const excused = new Set<WithoutSecurity>();
  for (const declared of graph) {
    for (const mutant of mutantsOf(declared)) {
      const { path, operator } = mutant;
      const fate = { stack, resource: `${declared.type} ${declared.name}`, path, operator };
      const excuse = reasonOf(mutant, environment);
      if (excuse) {
        excused.add(excuse);
        fates.push({ ...fate, reason: excuse.reason });
      } else if (random() < share) {
        const killedBy = killer.rule(mutant, declared);
        fates.push(killedBy === undefined ? fate : { ...fate, killedBy });
      }
    }
  }
  const tried = fates.filter(({ reason }) => reason === undefined);
  const survivors = tried.filter(({ killedBy }) => killedBy === undefined);
  return { fates, tried: tried.length, killed: tried.length - survivors.length, survivors, excused };
}
