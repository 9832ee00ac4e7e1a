import type { AnyOperation, CallContext } from "../../../service";

/** GetCallerIdentity needs no right. */
export const getCallerIdentity: AnyOperation = {
  authorize: () => [],
  answer: (_input: unknown, { cloud, principal }: CallContext) => {
    const arn =
      principal.type === "operator" || principal.type === "role"
        ? principal.arn
        : `arn:aws:iam::${cloud.accountId}:root`;
    const session = arn.slice(arn.lastIndexOf("/") + 1);
    const userId = principal.type === "role" ? `AROA:${session}` : `AIDA${session.toUpperCase()}`;
    return { Account: cloud.accountId, Arn: arn, UserId: userId };
  },
};
