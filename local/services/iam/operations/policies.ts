import { AwsError } from "../../../aws-error";
import type { AnyOperation, Json } from "../../../service";
import type { IamEngine } from "../engine";
import { managedPolicy } from "../managed-policies";
import type { Role } from "../roles";
import { isoSecond, type PageInput, pageOf } from "./pages";
import { encodeDocument } from "./roles";

interface PolicyInput extends PageInput {
  readonly PolicyArn: string;
  readonly VersionId: string;
}

interface ListInput extends PageInput {
  /** @default All */
  readonly Scope?: "All" | "AWS" | "Local";
  readonly OnlyAttached?: string | boolean;
  readonly PathPrefix?: string;
}

/** GetPolicy, GetPolicyVersion, ListPolicyVersions, ListEntitiesForPolicy, ListPolicies: policies have one version, `v1`. */
export function policyOperations(engine: IamEngine): Readonly<Record<string, AnyOperation>> {
  const on = (operation: string, answer: (input: PolicyInput) => Json): AnyOperation => ({
    authorize: ({ PolicyArn }: PolicyInput) => [{ action: `iam:${operation}`, resource: PolicyArn }],
    answer,
  });
  return {
    GetPolicy: on("GetPolicy", ({ PolicyArn }) => {
      checkArn(PolicyArn);
      if (!isKnown(engine, PolicyArn)) throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
      return { Policy: { ...shape(engine, PolicyArn), Tags: [] } };
    }),
    GetPolicyVersion: on("GetPolicyVersion", ({ PolicyArn, VersionId }) => {
      checkArn(PolicyArn);
      if (!/^v[1-9]\d*(\.[A-Za-z0-9-]*)?$/.test(VersionId)) {
        throw new AwsError(
          "ValidationError",
          "1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
        );
      }
      if (!isKnown(engine, PolicyArn) || VersionId !== "v1")
        throw noSuchEntity(`Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`);
      const Document = encodeDocument(engine.store.documentOf(PolicyArn));
      return { PolicyVersion: { Document, ...version(engine, PolicyArn) } };
    }),
    ListPolicyVersions: on("ListPolicyVersions", ({ PolicyArn }) => {
      checkArn(PolicyArn);
      if (!isKnown(engine, PolicyArn)) throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
      return { Versions: [version(engine, PolicyArn)], IsTruncated: false };
    }),
    ListEntitiesForPolicy: on("ListEntitiesForPolicy", ({ PolicyArn, ...input }) => {
      checkArn(PolicyArn);
      if (!isKnown(engine, PolicyArn)) throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
      const { page, rest } = pageOf(rolesWith(engine, PolicyArn), input);
      const PolicyRoles = page.map((role) => ({ RoleName: role.name, RoleId: role.id }));
      return { PolicyGroups: [], PolicyUsers: [], PolicyRoles, ...rest };
    }),
    ListPolicies: {
      authorize: (_input, { cloud }) => [
        { action: "iam:ListPolicies", resource: `arn:aws:iam::${cloud.accountId}:policy/` },
      ],
      answer: ({ Scope = "All", OnlyAttached, PathPrefix = "/", ...input }: ListInput) => {
        const own = [...engine.store.policies.keys()];
        const attached = [...new Set([...engine.store.roles.values()].flatMap((role) => [...role.attached]))];
        const ofAws = attached.filter((arn) => !engine.store.policies.has(arn));
        const chosen = [...(Scope === "AWS" ? [] : own), ...(Scope === "Local" ? [] : ofAws)].filter(
          (arn) =>
            (String(OnlyAttached) !== "true" || attached.includes(arn)) && pathOf(engine, arn).startsWith(PathPrefix),
        );
        const { page, rest } = pageOf(chosen, input);
        return { Policies: page.map((arn) => shape(engine, arn)), ...rest };
      },
    },
  };
}

function checkArn(arn: string): void {
  if (!/^arn:aws:iam::(\d{12}|aws):policy\/.+$/.test(arn))
    throw new AwsError("ValidationError", `ARN ${arn} is not valid.`);
}

/** An AWS managed policy that is not known here is refused in other words, by whoever asks for its document. */
function isKnown(engine: IamEngine, arn: string): boolean {
  if (engine.store.policies.has(arn) || managedPolicy(arn)) return true;
  if (arn.startsWith("arn:aws:iam::aws:")) engine.store.documentOf(arn);
  return false;
}

function noSuchEntity(message: string): AwsError {
  return new AwsError("NoSuchEntity", message, 404);
}

function rolesWith(engine: IamEngine, arn: string): readonly Role[] {
  return [...engine.store.roles.values()].filter((role) => role.attached.has(arn));
}

function version(engine: IamEngine, arn: string): Json {
  const policy = engine.store.policies.get(arn);
  return {
    VersionId: "v1",
    IsDefaultVersion: true,
    ...(policy ? { CreateDate: isoSecond(policy.created) } : {}),
  };
}

function pathOf(engine: IamEngine, arn: string): string {
  return engine.store.policies.get(arn)?.path ?? arn.slice(arn.indexOf("/"), arn.lastIndexOf("/") + 1);
}

function shape(engine: IamEngine, arn: string): Json {
  const policy = engine.store.policies.get(arn);
  return {
    PolicyName: arn.slice(arn.lastIndexOf("/") + 1),
    ...(policy ? { PolicyId: policy.id } : {}),
    Arn: arn,
    Path: pathOf(engine, arn),
    DefaultVersionId: "v1",
    AttachmentCount: rolesWith(engine, arn).length,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    ...(policy ? { CreateDate: isoSecond(policy.created), UpdateDate: isoSecond(policy.created) } : {}),
  };
}
