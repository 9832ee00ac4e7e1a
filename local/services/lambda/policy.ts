import type { Cloud } from "../../cloud";
import type { Json } from "../../service";
import { AwsError } from "../../aws-error";

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

/** Adds a statement to the resource policy of a function, or changes the one of this id. */
export function addPermission(cloud: Cloud, functionArn: string, permission: Permission): Json {
  const { principal, sourceArn, sourceAccount } = permission;
  const condition = {
    ...(sourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": sourceArn } }),
    ...(sourceAccount === undefined ? {} : { StringEquals: { "AWS:SourceAccount": sourceAccount } }),
  };
  const statement = {
    Sid: permission.statementId,
    Effect: "Allow",
    Principal: principalOf(principal),
    Action: permission.action,
    Resource: functionArn,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
  const others = statementsOf(cloud, functionArn).filter((one) => one["Sid"] !== permission.statementId);
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
  return principal.startsWith("arn:") ? { AWS: principal } : { Service: principal };
}
