import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import type { IamEngine } from "../engine";
import { encodeDocument } from "./roles";

/** GetPolicy, GetPolicyVersion, ListPolicies: customer-managed policies have one version, `v1`. */
export function policyOperations(engine: IamEngine): Readonly<Record<string, AnyOperation>> {
  return {
    GetPolicy: {
      authorize: ({ PolicyArn }: { PolicyArn: string }) => [{ action: "iam:GetPolicy", resource: PolicyArn }],
      answer: ({ PolicyArn }: { PolicyArn: string }) => ({ Policy: shape(engine, PolicyArn) }),
    },
    GetPolicyVersion: {
      authorize: ({ PolicyArn }: { PolicyArn: string }) => [{ action: "iam:GetPolicyVersion", resource: PolicyArn }],
      answer: ({ PolicyArn, VersionId }: { PolicyArn: string; VersionId: string }) => {
        const document = engine.store.documentOf(PolicyArn);
        if (VersionId !== "v1")
          throw new AwsError(
            "NoSuchEntity",
            `Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`,
            404,
          );
        return { PolicyVersion: { Document: encodeDocument(document), VersionId, IsDefaultVersion: true } };
      },
    },
    ListPolicies: {
      authorize: (_input, { cloud }) => [
        { action: "iam:ListPolicies", resource: `arn:aws:iam::${cloud.accountId}:policy/` },
      ],
      answer: () => ({
        Policies: [...engine.store.policies.keys()].map((arn) => shape(engine, arn)),
        IsTruncated: false,
      }),
    },
  };
}

function shape(engine: IamEngine, arn: string): Record<string, unknown> {
  engine.store.documentOf(arn);
  const policy = engine.store.policies.get(arn);
  const attached = [...engine.store.roles.values()].filter((role) => role.attached.has(arn)).length;
  return {
    PolicyName: arn.slice(arn.lastIndexOf("/") + 1),
    Arn: arn,
    Path: policy?.path ?? "/",
    DefaultVersionId: "v1",
    AttachmentCount: attached,
    IsAttachable: true,
    ...(policy ? { PolicyId: policy.id, CreateDate: new Date(policy.created).toISOString() } : {}),
  };
}
