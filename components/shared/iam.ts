import * as pulumi from "@pulumi/pulumi";

/** One statement of a policy. */
export interface Statement {
  readonly Sid?: string;
  /** @default Allow */
  readonly Effect?: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>>
  >;
}

/** A statement of a resource policy: it has a principal, and only a trust policy has no resource. */
export interface ResourceStatement extends Omit<Statement, "Resource"> {
  readonly Resource?: Statement["Resource"];
  readonly Principal: "*" | PrincipalOf<"AWS"> | PrincipalOf<"Service">;
}

type PrincipalOf<Kind extends string> = Readonly<Record<Kind, pulumi.Input<string> | readonly pulumi.Input<string>[]>>;

/** A policy document as JSON text. */
export function policyDocument(
  statements: pulumi.Input<readonly (Statement | ResourceStatement)[]>,
): pulumi.Output<string> {
  return pulumi
    .output(statements)
    .apply((list) =>
      pulumi.jsonStringify({ Version: "2012-10-17", Statement: list.map((s) => ({ Effect: "Allow", ...s })) }),
    );
}

/**
 * The trust policy that lets an AWS service assume a role.
 *
 * @param accountId the account in whose name alone the service may act. Only for services that document that they
 * supply `aws:SourceAccount` when they assume a role: Lambda and Glue do not, and a condition that is never met locks
 * the role for good (docs/decisions/0002-trust-policies.md).
 */
export function serviceTrust(service: string, accountId?: pulumi.Input<string>): pulumi.Output<string> {
  return policyDocument([
    {
      Action: "sts:AssumeRole",
      Principal: { Service: service },
      ...(accountId === undefined ? {} : { Condition: { StringEquals: { "aws:SourceAccount": accountId } } }),
    },
  ]);
}

/** Denies every request that does not come over TLS, as the controls ask of queues, topics and buckets. */
export function denyInsecureTransport(
  actions: string | readonly string[],
  resource: pulumi.Input<string> | readonly pulumi.Input<string>[],
): ResourceStatement {
  return {
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/**
 * What DynamoDB does with a table's customer-managed key in the name of whoever reads or writes the table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export const TABLE_KEY_ACTIONS = {
  read: ["kms:Decrypt"],
  write: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
} as const;
