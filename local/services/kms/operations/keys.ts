import { AwsError } from "../../../aws-error";
import type { AnyOperation, CallContext, Json } from "../../../service";
import { keyAccess } from "../access";
import type { Key, KeyStore } from "../keys";

interface OneKey {
  readonly KeyId: string;
}

/** A key as DescribeKey and CreateKey show it. */
function keyMetadata(key: Key, accountId: string): Json {
  return {
    AWSAccountId: accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.created / 1000,
    Enabled: key.enabled && key.deletion === undefined,
    Description: key.description,
    KeyUsage: "ENCRYPT_DECRYPT",
    KeyState: key.deletion !== undefined ? "PendingDeletion" : key.enabled ? "Enabled" : "Disabled",
    ...(key.deletion === undefined ? {} : { DeletionDate: key.deletion / 1000 }),
    Origin: "AWS_KMS",
    KeyManager: key.manager,
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    KeySpec: "SYMMETRIC_DEFAULT",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    MultiRegion: false,
  };
}

/** CreateKey, DescribeKey, ListKeys, EnableKey, DisableKey, key deletion and rotation. */
export function keyOperations(store: KeyStore): Readonly<Record<string, AnyOperation>> {
  const on = (operation: string, act: (key: Key, context: CallContext, input: Json) => Json): AnyOperation => ({
    authorize: ({ KeyId }: OneKey) => [keyAccess(store, `kms:${operation}`, KeyId)],
    answer: (input: OneKey & Json, context) => act(store.get(input.KeyId), context, input),
  });
  return {
    CreateKey: {
      authorize: () => [{ action: "kms:CreateKey", resource: "*" }],
      answer: (
        input: { Policy?: string; Description?: string; BypassPolicyLockoutSafetyCheck?: boolean },
        { cloud, principal },
      ) => {
        const key = store.create(
          {
            ...(input.Policy === undefined ? {} : { policy: input.Policy }),
            ...(input.Description === undefined ? {} : { description: input.Description }),
            bypassLockoutCheck: input.BypassPolicyLockoutSafetyCheck === true,
          },
          principal,
        );
        return { KeyMetadata: keyMetadata(key, cloud.accountId) };
      },
    },
    ListKeys: {
      authorize: () => [{ action: "kms:ListKeys", resource: "*" }],
      answer: () => ({
        Keys: [...store.keys.values()].map((key) => ({ KeyId: key.id, KeyArn: key.arn })),
        Truncated: false,
      }),
    },
    DescribeKey: on("DescribeKey", (key, { cloud }) => ({ KeyMetadata: keyMetadata(key, cloud.accountId) })),
    EnableKey: on("EnableKey", (key) => {
      key.enabled = true;
      return {};
    }),
    DisableKey: on("DisableKey", (key) => {
      key.enabled = false;
      return {};
    }),
    ScheduleKeyDeletion: on("ScheduleKeyDeletion", (key, { cloud }, { PendingWindowInDays }) => {
      const days = Number(PendingWindowInDays ?? 30);
      if (days < 7 || days > 30)
        throw new AwsError("ValidationException", "PendingWindowInDays must be between 7 and 30 inclusive.");
      key.deletion = cloud.clock.now() + days * 86_400_000;
      return { KeyId: key.arn, DeletionDate: key.deletion / 1000, KeyState: "PendingDeletion" };
    }),
    CancelKeyDeletion: on("CancelKeyDeletion", (key) => {
      delete key.deletion;
      key.enabled = false;
      return { KeyId: key.arn };
    }),
    GetKeyRotationStatus: on("GetKeyRotationStatus", (key) => ({ KeyId: key.arn, KeyRotationEnabled: key.rotation })),
    EnableKeyRotation: on("EnableKeyRotation", (key) => {
      key.rotation = true;
      return {};
    }),
    DisableKeyRotation: on("DisableKeyRotation", (key) => {
      key.rotation = false;
      return {};
    }),
  };
}
