import type { AnyOperation, CallContext } from "../../../service";
import { userId } from "../user-id";

/** GetCallerIdentity needs no right. */
export const getCallerIdentity: AnyOperation = {
  authorize: () => [],
  answer: (_input: unknown, { cloud, principal }: CallContext) =>
    principal.type === "operator" || principal.type === "role"
      ? { Account: cloud.accountId, Arn: principal.arn, UserId: userId(principal, cloud) }
      : { Account: cloud.accountId, Arn: `arn:aws:iam::${cloud.accountId}:root`, UserId: cloud.accountId },
};
