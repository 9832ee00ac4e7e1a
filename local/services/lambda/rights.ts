import type { Cloud } from "../../cloud";
import { describePrincipal, type Principal, type RoleSession } from "../../principal";
import type { AccessRequest } from "../../service";

/** The role of a function as Lambda itself uses it (pollers, destinations); an environment's credentials carry its id. */
export function roleSession(roleArn: string, session: string, environmentId?: string): RoleSession {
  const [, , , , account, resource = ""] = roleArn.split(":");
  const role = resource.split("/").pop();
  return {
    type: "role",
    roleArn,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    ...(environmentId === undefined ? {} : { environmentId }),
  };
}

/**
 * Whether the principal has a right that Lambda needs without an API call of its own in the trace.
 * A refusal is a `denied` trace event, as for calls.
 */
export function allowed(cloud: Cloud, principal: Principal, request: AccessRequest, cause?: number): boolean {
  const decision = cloud.ports.iam.evaluate(principal, request);
  if (decision.allowed) return true;
  const [service = "", name = ""] = request.action.split(":");
  cloud.trace.emit({
    kind: "denied",
    service,
    name,
    principal: describePrincipal(principal),
    resource: request.resource,
    error: "AccessDenied",
    ...(cause === undefined ? {} : { cause }),
    data: { action: request.action, deniedResource: request.resource, reason: decision.reason },
  });
  return false;
}
