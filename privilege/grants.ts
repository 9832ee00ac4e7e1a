import type { Cloud } from "../local/cloud";
import type { StatementId } from "../local/ports";
import { iamEngine, listOf, statementsIn, type StatementDocument } from "../local/services/iam";
import { keyOf } from "./ledger";
import { logicalName, shortArn } from "./names";

/** A statement that the program wrote, and where. */
export interface Grant {
  readonly id: StatementId;
  /** As the ledger knows it. */
  readonly key: string;
  readonly document: StatementDocument;
  readonly actions: readonly string[];
  /** Empty in a trust policy. */
  readonly resources: readonly string[];
  /** Who holds the statement, for people: `gateway-hello-role`, `sqs:emails-send-queue`. */
  readonly holder: string;
  /** The statement within its holder: its Sid, else its position. */
  readonly name: string;
}

/** Every statement of every role, trust policy, resource policy and key policy of a cloud. */
export function grantsOf(cloud: Cloud): readonly Grant[] {
  const { store } = iamEngine(cloud);
  const found: Grant[] = [];
  const add = (id: StatementId, document: StatementDocument, holder: string): void => {
    const { Sid, Action, Resource } = document;
    found.push({
      id: Sid === undefined ? id : { ...id, sid: Sid },
      key: keyOf(id),
      document,
      actions: listOf(Action),
      resources: listOf(Resource),
      holder,
      name: Sid?.replace(/-[0-9a-f]{7}$/, "") ?? `${id.position + 1}`,
    });
  };
  for (const { arn, name, trust } of store.roles.values()) {
    const holder = logicalName(name);
    statementsIn(trust).forEach((document, position) => {
      add({ kind: "trust", owner: arn, position }, document, `${holder} (trust)`);
    });
    for (const { policy, position, document } of store.statementsOf(name)) {
      add({ kind: "role", owner: arn, policy, position }, document, holder);
    }
  }
  for (const [owner, policy] of cloud.resourcePolicies) {
    statementsIn(policy).forEach((document, position) => {
      add({ kind: "resource", owner, position }, document, shortArn(owner));
    });
  }
  return found;
}
