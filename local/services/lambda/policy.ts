import type { Cloud } from "../../cloud";
import type { Json } from "../../service";
import { AwsError } from "../../aws-error";
import { constraint } from "./constraint";

/** Bytes of a function's resource policy. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const policyLimit = 20_480;

export interface Permission {
  readonly statementId: string;
  /** e.g. `lambda:InvokeFunction`. */
  readonly action: string;
  /** A service, an account or the ARN of an identity. */
  readonly principal: string;
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;
}

/**
 * Adds a statement to the resource policy of a function.
 * @throws AwsError ResourceConflictException for a statement id that the policy has, and what `putPermission` throws.
 */
export function addPermission(cloud: Cloud, functionArn: string, permission: Permission): Json {
  const { statementId } = permission;
  if (statementsOf(cloud, functionArn).some((one) => one["Sid"] === statementId))
    throw new AwsError(
      "ResourceConflictException",
      `The statement id (${statementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      409,
    );
  return putPermission(cloud, functionArn, permission);
}

/**
 * Adds a statement to the resource policy of a function, or changes the one of this id.
 * @throws AwsError ValidationException, InvalidParameterValueException, PolicyLengthExceededException
 */
export function putPermission(cloud: Cloud, functionArn: string, permission: Permission): Json {
  const { statementId, principal, sourceArn, sourceAccount } = permission;
  if (!/^[a-zA-Z0-9-_]+$/.test(statementId))
    throw constraint("statementId", statementId, "satisfy regular expression pattern: ([a-zA-Z0-9-_]+)");
  const condition = {
    ...(sourceAccount === undefined ? {} : { StringEquals: { "AWS:SourceAccount": sourceAccount } }),
    ...(sourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": sourceArn } }),
  };
  const statement = {
    Sid: statementId,
    Effect: "Allow",
    Principal: principalOf(principal),
    Action: permission.action,
    Resource: functionArn,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
  const others = statementsOf(cloud, functionArn).filter((one) => one["Sid"] !== statementId);
  const policy = { Version: "2012-10-17", Id: "default", Statement: [...others, statement] };
  const size = JSON.stringify(policy).length;
  if (size > policyLimit) {
    throw new AwsError(
      "PolicyLengthExceededException",
      `The final policy size (${size}) is bigger than the limit (${policyLimit}).`,
      400,
    );
  }
  cloud.resourcePolicies.set(functionArn, policy);
  return statement;
}

export function removePermission(cloud: Cloud, functionArn: string, statementId: string): void {
  const Statement = statementsOf(cloud, functionArn).filter((one) => one["Sid"] !== statementId);
  if (Statement.length === 0) cloud.resourcePolicies.delete(functionArn);
  else cloud.resourcePolicies.set(functionArn, { Version: "2012-10-17", Id: "default", Statement });
}

function statementsOf(cloud: Cloud, functionArn: string): readonly Json[] {
  return (cloud.resourcePolicies.get(functionArn)?.["Statement"] as Json[] | undefined) ?? [];
}

function principalOf(principal: string): unknown {
  if (principal === "*") return "*";
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (principal.startsWith("arn:")) return { AWS: principal };
  if (/^[\w.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$/.test(principal)) return { Service: principal };
  throw new AwsError(
    "InvalidParameterValueException",
    "The provided principal was invalid. Please check the principal and try again.",
  );
}
