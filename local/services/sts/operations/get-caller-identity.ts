import type { Cloud } from "../../../cloud";
import type { Principal } from "../../../principal";
import type { AnyOperation, CallContext } from "../../../service";
import { iamEngine } from "../../iam";

/** A session's is the one that AssumeRole answers; its role may be gone meanwhile. */
function userId(principal: Principal, session: string, cloud: Cloud): string {
  if (principal.type !== "role") return `AIDA${session.toUpperCase()}`;
  const name = principal.roleArn.slice(principal.roleArn.lastIndexOf("/") + 1);
  return `${iamEngine(cloud).store.roles.get(name)?.id ?? "AROA"}:${session}`;
}

/** GetCallerIdentity needs no right. */
export const getCallerIdentity: AnyOperation = {
  authorize: () => [],
  answer: (_input: unknown, { cloud, principal }: CallContext) => {
    const arn =
      principal.type === "operator" || principal.type === "role"
        ? principal.arn
        : `arn:aws:iam::${cloud.accountId}:root`;
    const session = arn.slice(arn.lastIndexOf("/") + 1);
    return { Account: cloud.accountId, Arn: arn, UserId: userId(principal, session, cloud) };
  },
};
