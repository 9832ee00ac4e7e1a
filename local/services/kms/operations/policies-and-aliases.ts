import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import { keyAccess } from "../access";
import type { KeyStore } from "../keys";

interface PutInput {
  readonly KeyId: string;
  readonly Policy: string;
  /** @default default */
  readonly PolicyName?: string;
  readonly BypassPolicyLockoutSafetyCheck?: boolean;
}
interface AliasInput {
  readonly AliasName: string;
  readonly TargetKeyId: string;
}

/** GetKeyPolicy, PutKeyPolicy, ListKeyPolicies, CreateAlias, UpdateAlias, DeleteAlias, ListAliases. */
export function policyAndAliasOperations(store: KeyStore): Readonly<Record<string, AnyOperation>> {
  const setAlias = (action: string): AnyOperation => ({
    authorize: ({ AliasName, TargetKeyId }: AliasInput, { cloud }) => [
      { action, resource: cloud.arn("kms", AliasName) },
      keyAccess(store, action, TargetKeyId),
    ],
    answer: ({ AliasName, TargetKeyId }: AliasInput, { cloud }) => {
      if (action === "kms:CreateAlias" && store.aliases.has(AliasName)) {
        const arn = cloud.arn("kms", AliasName);
        throw new AwsError("AlreadyExistsException", `An alias with the name ${arn} already exists`, 400);
      }
      if (action === "kms:UpdateAlias") store.get(AliasName);
      store.setAlias(AliasName, TargetKeyId);
      return {};
    },
  });
  return {
    GetKeyPolicy: {
      authorize: ({ KeyId }: PutInput) => [keyAccess(store, "kms:GetKeyPolicy", KeyId)],
      answer: ({ KeyId, PolicyName = "default" }: PutInput, { cloud }) => {
        if (PolicyName !== "default") throw new AwsError("NotFoundException", "No such policy exists");
        return { Policy: JSON.stringify(cloud.resourcePolicies.get(store.get(KeyId).arn), null, 2), PolicyName };
      },
    },
    ListKeyPolicies: {
      authorize: ({ KeyId }: PutInput) => [keyAccess(store, "kms:ListKeyPolicies", KeyId)],
      answer: () => ({ PolicyNames: ["default"], Truncated: false }),
    },
    PutKeyPolicy: {
      authorize: ({ KeyId }: PutInput) => [keyAccess(store, "kms:PutKeyPolicy", KeyId)],
      answer: ({ KeyId, Policy, BypassPolicyLockoutSafetyCheck }: PutInput, { principal }) => {
        store.setPolicy(store.get(KeyId).arn, Policy, principal, BypassPolicyLockoutSafetyCheck);
        return {};
      },
    },
    CreateAlias: setAlias("kms:CreateAlias"),
    UpdateAlias: setAlias("kms:UpdateAlias"),
    DeleteAlias: {
      authorize: ({ AliasName }: AliasInput) => [keyAccess(store, "kms:DeleteAlias", AliasName)],
      answer: ({ AliasName }: AliasInput) => {
        store.aliases.delete(AliasName);
        return {};
      },
    },
    // Grants are not played: no key has one.
    ListGrants: {
      authorize: ({ KeyId }: { KeyId: string }) => [keyAccess(store, "kms:ListGrants", KeyId)],
      answer: () => ({ Grants: [], Truncated: false }),
    },
    ListAliases: {
      authorize: () => [{ action: "kms:ListAliases", resource: "*" }],
      answer: ({ KeyId }: { KeyId?: string }, { cloud }) => {
        const only = KeyId === undefined ? undefined : store.get(KeyId).id;
        const shown = [...store.aliases].filter(([, target]) => only === undefined || target === only);
        return {
          Aliases: shown.map(([AliasName, TargetKeyId]) => ({
            AliasName,
            AliasArn: cloud.arn("kms", AliasName),
            TargetKeyId,
          })),
          Truncated: false,
        };
      },
    },
  };
}
