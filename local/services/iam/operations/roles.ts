import type { AccessRequest, AnyOperation, CallContext, Json } from "../../../service";
import type { IamEngine } from "../engine";
import type { PolicyDocument } from "../policy-document";
import type { Role } from "../roles";

/** IAM answers policy documents percent-encoded, as RFC 3986 says. */
export function encodeDocument(document: PolicyDocument): string {
  return encodeURIComponent(JSON.stringify(document));
}

const onRole =
  (action: string) =>
  ({ RoleName }: { RoleName: string }, { cloud }: CallContext): readonly AccessRequest[] => [
    { action, resource: `arn:aws:iam::${cloud.accountId}:role/${RoleName}` },
  ];

/** GetRole, ListRoles, ListRolePolicies, GetRolePolicy, ListAttachedRolePolicies. */
export function roleOperations(engine: IamEngine): Readonly<Record<string, AnyOperation>> {
  return {
    GetRole: {
      authorize: onRole("iam:GetRole"),
      answer: ({ RoleName }: { RoleName: string }) => ({ Role: shape(engine.store.role(RoleName)) }),
    },
    ListRoles: {
      authorize: (_input, { cloud }) => [
        { action: "iam:ListRoles", resource: `arn:aws:iam::${cloud.accountId}:role/` },
      ],
      answer: ({ PathPrefix = "/" }: { PathPrefix?: string }) => ({
        Roles: [...engine.store.roles.values()].filter((role) => role.path.startsWith(PathPrefix)).map(shape),
        IsTruncated: false,
      }),
    },
    ListRolePolicies: {
      authorize: onRole("iam:ListRolePolicies"),
      answer: ({ RoleName }: { RoleName: string }) => ({
        PolicyNames: [...engine.store.role(RoleName).inline.keys()],
        IsTruncated: false,
      }),
    },
    GetRolePolicy: {
      authorize: onRole("iam:GetRolePolicy"),
      answer: ({ RoleName, PolicyName }: { RoleName: string; PolicyName: string }) => {
        const document = engine.store.inlineOf(RoleName, PolicyName);
        return { RoleName, PolicyName, PolicyDocument: encodeDocument(document) };
      },
    },
    ListAttachedRolePolicies: {
      authorize: onRole("iam:ListAttachedRolePolicies"),
      answer: ({ RoleName }: { RoleName: string }) => ({
        AttachedPolicies: [...engine.store.role(RoleName).attached].map((arn) => ({
          PolicyName: arn.slice(arn.lastIndexOf("/") + 1),
          PolicyArn: arn,
        })),
        IsTruncated: false,
      }),
    },
  };
}

function shape(role: Role): Json {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.created).toISOString(),
    AssumeRolePolicyDocument: encodeDocument(role.trust),
    ...(role.description === undefined ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionDuration,
  };
}
