import type { Cloud } from "../local/cloud";
import type { StatementId } from "../local/ports";
import { iamEngine } from "../local/services/iam";

/** What a statement decided: resources by action. */
export type Uses = ReadonlyMap<string, ReadonlySet<string>>;

/** A statement as the key of a map. */
export function keyOf({ kind, owner, policy = "", position }: Omit<StatementId, "sid">): string {
  return [kind, owner, policy, position].join(" ");
}

/** Which statements decided which requests, from IAM's own account of its decisions. */
export class Ledger {
  private readonly byStatement = new Map<string, Map<string, Set<string>>>();

  /** Listens to a cloud's decisions; returns how to stop. */
  watch(cloud: Cloud): () => void {
    return iamEngine(cloud).onDecision((_, { action, resource }, { statements = [] }) => {
      for (const statement of statements) this.note(keyOf(statement), action, resource);
    });
  }

  /** What the statement of this key decided. */
  of(key: string): Uses {
    return this.byStatement.get(key) ?? new Map();
  }

  private note(key: string, action: string, resource: string): void {
    let actions = this.byStatement.get(key);
    if (!actions) this.byStatement.set(key, (actions = new Map<string, Set<string>>()));
    let resources = actions.get(action);
    if (!resources) actions.set(action, (resources = new Set<string>()));
    resources.add(resource);
  }
}
