import type { AccessRequest, AnyOperation, CallContext, Json } from "../../../service";
import type { IamEngine } from "../engine";
import type { PolicyDocument } from "../policy-document";
import type { Role } from "../roles";
import { isoSecond, type PageInput, pageOf } from "./pages";

/** IAM answers policy documents percent-encoded, as RFC 3986 says. */
export function encodeDocument(document: PolicyDocument): string {
  return encodeURIComponent(JSON.stringify(document));
}

const onRole =
  (action: string) =>
  ({ RoleName }: { RoleName: string }, { cloud }: CallContext): readonly AccessRequest[] => [
    { action, resource: `arn:aws:iam::${cloud.accountId}:role/${RoleName}` },
  ];

interface RoleInput extends PageInput {
  readonly RoleName: string;
}

/** GetRole, ListRoles, ListRolePolicies, GetRolePolicy, ListAttachedRolePolicies, ListRoleTags, ListInstanceProfilesForRole. */
export function roleOperations(engine: IamEngine): Readonly<Record<string, AnyOperation>> {
  return {
    GetRole: {
      authorize: onRole("iam:GetRole"),
      answer: ({ RoleName }: RoleInput) => {
        const role = engine.store.role(RoleName);
        return { Role: { ...shape(role), ...(role.tags.size > 0 ? { Tags: tagsOf(role) } : {}), RoleLastUsed: {} } };
      },
    },
    ListRoles: {
      authorize: (_input, { cloud }) => [
        { action: "iam:ListRoles", resource: `arn:aws:iam::${cloud.accountId}:role/` },
      ],
      answer: ({ PathPrefix = "/", ...input }: PageInput & { PathPrefix?: string }) => {
        const roles = [...engine.store.roles.values()].filter((role) => role.path.startsWith(PathPrefix));
        const { page, rest } = pageOf(roles.sort(byName), input);
        return { Roles: page.map(shape), ...rest };
      },
    },
    ListRolePolicies: {
      authorize: onRole("iam:ListRolePolicies"),
      answer: ({ RoleName, ...input }: RoleInput) => {
        const { page, rest } = pageOf([...engine.store.role(RoleName).inline.keys()], input);
        return { PolicyNames: page, ...rest };
      },
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
      answer: ({ RoleName, ...input }: RoleInput) => {
        const { page, rest } = pageOf([...engine.store.role(RoleName).attached], input);
        const named = page.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf("/") + 1), PolicyArn: arn }));
        return { AttachedPolicies: named, ...rest };
      },
    },
    ListRoleTags: {
      authorize: onRole("iam:ListRoleTags"),
      answer: ({ RoleName, ...input }: RoleInput) => {
        const { page, rest } = pageOf(tagsOf(engine.store.role(RoleName)), input);
        return { Tags: page, ...rest };
      },
    },
    // Instance profiles are not played: no role is in one.
    ListInstanceProfilesForRole: {
      authorize: onRole("iam:ListInstanceProfilesForRole"),
      answer: ({ RoleName }: RoleInput) => {
        engine.store.role(RoleName);
        return { InstanceProfiles: [], IsTruncated: false };
      },
    },
  };
}

function byName(a: Role, b: Role): number {
  return a.name < b.name ? -1 : 1;
}

function tagsOf(role: Role): readonly Json[] {
  return [...role.tags].map(([Key, Value]) => ({ Key, Value }));
}

function shape(role: Role): Json {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: isoSecond(role.created),
    AssumeRolePolicyDocument: encodeDocument(role.trust),
    ...(role.description === undefined ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionDuration,
  };
}
