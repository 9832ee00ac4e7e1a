import type { Cloud } from "../../cloud";
import type { Principal } from "../../principal";
import type { AccessRequest } from "../../service";
import type { KeyValues } from "./pattern";

/**
 * The condition keys of one request: those of the service, and the global ones.
 * Difference from AWS: plain HTTP to the local cloud counts as secure transport, and every caller's address is 127.0.0.1.
 */
export function keysOf(cloud: Cloud, principal: Principal, request: AccessRequest): KeyValues {
  const own = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(request.context ?? {})) {
    own.set(name.toLowerCase(), typeof value === "string" ? [value] : value);
  }
  return { get: (key) => own.get(key) ?? globalKey(key, cloud, principal, request, own) };
}

function globalKey(
  key: string,
  cloud: Cloud,
  principal: Principal,
  request: AccessRequest,
  own: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const via = own.get("kms:viaservice")?.[0];
  switch (key) {
    case "aws:securetransport":
      return ["true"];
    case "aws:currenttime":
      return [new Date(cloud.clock.now()).toISOString()];
    case "aws:epochtime":
      return [String(Math.floor(cloud.clock.now() / 1000))];
    case "aws:requestedregion":
      return [cloud.region];
    case "aws:resourceaccount":
      return [cloud.accountId];
    case "aws:viaawsservice":
      return [String(via !== undefined)];
    case "aws:calledvia":
      return via === undefined ? undefined : [serviceOf(via)];
    case "aws:calledviafirst":
    case "aws:calledvialast":
      return via === undefined ? undefined : [serviceOf(via)];
    case "kms:calleraccount":
      return request.action.startsWith("kms:") && principal.type !== "service" ? [cloud.accountId] : undefined;
    default:
      return principalKey(key, cloud, principal, request);
  }
}

function principalKey(
  key: string,
  cloud: Cloud,
  principal: Principal,
  request: AccessRequest,
): readonly string[] | undefined {
  if (principal.type === "service") {
    // EventBridge does not tell KMS in whose name it calls: conditions on it never hold (facts of the KMS and EventBridge guides).
    const silent = principal.service === "events.amazonaws.com" && request.action.startsWith("kms:");
    if (key === "aws:sourcearn") return silent || principal.sourceArn === undefined ? undefined : [principal.sourceArn];
    if (key === "aws:sourceaccount")
      return silent || principal.sourceArn === undefined ? undefined : [accountIn(principal.sourceArn, cloud)];
    if (key === "aws:principalisawsservice") return ["true"];
    if (key === "aws:principalservicename") return [principal.service];
    return undefined;
  }
  if (key === "aws:principalisawsservice") return ["false"];
  if (key === "aws:sourceip") return ["127.0.0.1"];
  if (principal.type === "anonymous") return key === "aws:principaltype" ? ["Anonymous"] : undefined;
  const role = principal.type === "role";
  if (key === "aws:principalarn") return [role ? principal.roleArn : principal.arn];
  if (key === "aws:principalaccount") return [cloud.accountId];
  if (key === "aws:principaltype") return [role ? "AssumedRole" : "User"];
  if (key === "aws:username") return role ? undefined : [principal.arn.slice(principal.arn.lastIndexOf("/") + 1)];
  return undefined;
}

/** The account that an ARN names; the ARN of a bucket names none, and stands for one of this account. */
function accountIn(arn: string, cloud: Cloud): string {
  const account = arn.split(":")[4];
  return account === undefined || account === "" ? cloud.accountId : account;
}

/** `sqs.us-east-1.amazonaws.com` is called via `sqs.amazonaws.com`. */
function serviceOf(endpoint: string): string {
  return `${endpoint.split(".")[0]}.amazonaws.com`;
}
