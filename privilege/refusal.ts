import type { Cloud } from "../local/cloud";
import type { RoleSession } from "../local/principal";
import { iamEngine } from "../local/services/iam";
import { logicalName } from "./names";

/** Whether an error is a refusal of IAM's, and not one of what was asked for. */
export function isRefusal(error: unknown): boolean {
  return /^AccessDenied/.test(String((error as { code?: unknown } | null)?.code));
}

/** A session of a role, by its ARN. */
export function sessionOf(arn: string): RoleSession {
  const session = `${arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/session`;
  return { type: "role", roleArn: arn, arn: session };
}

/** ARN of a role, by its logical name. @throws Error when there is none. */
export function roleArn(cloud: Cloud, role: string): string {
  for (const { arn, name } of iamEngine(cloud).store.roles.values()) if (logicalName(name) === role) return arn;
  throw new Error(`There is no role "${role}".`);
}
