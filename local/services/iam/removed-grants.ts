import type { StatementId } from "../../ports";
import { listOf, type StatementDocument } from "./policy-document";

/**
 * A statement, or one part of it, taken away as if it had never been written: for tests of what it is good for. At most
 * one part is named; none means the whole statement.
 */
export interface Removal {
  readonly statement: Pick<StatementId, "kind" | "owner" | "policy" | "position">;
  /** Member of the Action element. */
  readonly action?: string;
  /** Member of the Resource element. */
  readonly resource?: string;
  /** Key of the Condition element: the statement then holds whatever value the key has. */
  readonly condition?: ConditionKey;
}

/** A key under one operator of a Condition element, e.g. `ArnEquals` and `aws:SourceArn`. */
export interface ConditionKey {
  readonly operator: string;
  readonly key: string;
}

/** A statement that is in force, and where it stands in its policy. */
export interface Standing {
  readonly position: number;
  readonly document: StatementDocument;
}

/** What was taken away from the policies of a cloud. */
export class RemovedGrants {
  private readonly byPolicy = new Map<string, Removal[]>();
  /** Grows with every change, so that whoever caches knows. */
  version = 0;

  /** Takes away; returns how to give back. */
  add(removal: Removal): () => void {
    const key = policyKey(removal.statement);
    const list = this.byPolicy.get(key) ?? [];
    this.byPolicy.set(key, [...list, removal]);
    this.version++;
    return () => {
      const left = (this.byPolicy.get(key) ?? []).filter((other) => other !== removal);
      if (left.length > 0) this.byPolicy.set(key, left);
      else this.byPolicy.delete(key);
      this.version++;
    };
  }

  /** The statements of a policy without what was taken away. */
  standing(
    policy: Pick<StatementId, "kind" | "owner" | "policy">,
    statements: readonly StatementDocument[],
  ): readonly Standing[] {
    const all = statements.map((document, position) => ({ position, document }));
    const removals = this.byPolicy.get(policyKey(policy));
    return removals === undefined ? all : all.flatMap((one) => reduce(one, removals));
  }
}

function policyKey({ kind, owner, policy = "" }: Pick<StatementId, "kind" | "owner" | "policy">): string {
  return `${kind}\n${owner}\n${policy}`;
}

function reduce(standing: Standing, removals: readonly Removal[]): readonly Standing[] {
  let { document } = standing;
  for (const { statement, action, resource, condition } of removals) {
    if (statement.position !== standing.position) continue;
    if (condition !== undefined) {
      document = withoutCondition(document, condition);
      continue;
    }
    const element = resource === undefined ? "Action" : "Resource";
    const member = resource ?? action;
    const left = member === undefined ? [] : listOf(document[element]).filter((one) => one !== member);
    if (left.length === 0) return [];
    document = { ...document, [element]: left };
  }
  return [{ position: standing.position, document }];
}

function withoutCondition(document: StatementDocument, { operator, key }: ConditionKey): StatementDocument {
  const { Condition = {}, ...rest } = document;
  const left = Object.entries(Condition).flatMap(([name, keys]) => {
    const others = Object.entries(keys).filter(([one]) => name !== operator || one !== key);
    return others.length === 0 ? [] : [[name, Object.fromEntries(others)] as const];
  });
  return left.length === 0 ? rest : { ...rest, Condition: Object.fromEntries(left) };
}
