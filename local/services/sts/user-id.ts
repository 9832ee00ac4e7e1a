import type { Cloud } from "../../cloud";
import type { Principal } from "../../principal";
import { iamEngine } from "../iam";

/**
 * The unique id of a caller, as GetCallerIdentity and the SenderId of SQS tell it: a session's begins with its role's,
 * which may be gone meanwhile.
 */
export function userId(principal: Principal & { readonly arn: string }, cloud: Cloud): string {
  const name = lastPart(principal.arn);
  if (principal.type !== "role") return `AIDA${name.toUpperCase()}`;
  return `${iamEngine(cloud).store.roles.get(lastPart(principal.roleArn))?.id ?? "AROA"}:${name}`;
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
