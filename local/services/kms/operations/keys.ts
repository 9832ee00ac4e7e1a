import { AwsError } from "../../../aws-error";
import type { AnyOperation, CallContext, Json } from "../../../service";
import { keyAccess } from "../access";
import { materialId } from "../ciphertext";
import type { Key, KeyStore } from "../keys";
import { checkTags, type Tag } from "./tags";

interface PageInput {
  readonly Limit?: number;
  readonly Marker?: string;
}

/** A page of a list, from the marker on. */
export function pageOf<T>(
  all: readonly T[],
  { Limit, Marker }: PageInput,
  fallback: number,
): { readonly page: readonly T[]; readonly Truncated: boolean; readonly NextMarker?: string } {
  const start = Marker === undefined ? 0 : Number(Buffer.from(Marker, "base64url").toString());
  if (!Number.isInteger(start) || start < 0)
    throw new AwsError("InvalidMarkerException", "Could not deserialize marker");
  const end = start + (Limit ?? fallback);
  if (end >= all.length) return { page: all.slice(start), Truncated: false };
  return { page: all.slice(start, end), Truncated: true, NextMarker: Buffer.from(String(end)).toString("base64url") };
}

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
    CurrentKeyMaterialId: materialId(key.material),
  };
}

/** CreateKey, DescribeKey, ListKeys, EnableKey, DisableKey and the deletion of keys. */
export function keyOperations(store: KeyStore): Readonly<Record<string, AnyOperation>> {
  const on = (operation: string, act: (key: Key, context: CallContext, input: Json) => Json): AnyOperation => ({
    authorize: ({ KeyId }: OneKey) => [keyAccess(store, `kms:${operation}`, KeyId)],
    answer: (input: OneKey & Json, context) => act(store.get(input.KeyId), context, input),
  });
  const onLiving: typeof on = (operation, act) =>
    on(operation, (key, context, input) => act(store.living(key.id), context, input));
  return {
    CreateKey: {
      authorize: () => [{ action: "kms:CreateKey", resource: "*" }],
      answer: (
        input: {
          Policy?: string;
          Description?: string;
          BypassPolicyLockoutSafetyCheck?: boolean;
          Tags?: readonly Tag[];
        } & Json,
        { cloud, principal },
      ) => {
        refuseOtherKinds(input);
        checkTags(input.Tags ?? []);
        const key = store.create(
          {
            ...(input.Policy === undefined ? {} : { policy: input.Policy }),
            ...(input.Description === undefined ? {} : { description: input.Description }),
            bypassLockoutCheck: input.BypassPolicyLockoutSafetyCheck === true,
            tags: Object.fromEntries((input.Tags ?? []).map(({ TagKey, TagValue }) => [TagKey, TagValue])),
          },
          principal,
        );
        return { KeyMetadata: keyMetadata(key, cloud.accountId) };
      },
    },
    ListKeys: {
      authorize: () => [{ action: "kms:ListKeys", resource: "*" }],
      answer: (input: PageInput) => {
        const keys = [...store.keys.values()].map((key) => ({ KeyId: key.id, KeyArn: key.arn }));
        const { page, ...rest } = pageOf(keys, input, 100);
        return { Keys: page, ...rest };
      },
    },
    DescribeKey: on("DescribeKey", (key, { cloud }) => ({ KeyMetadata: keyMetadata(key, cloud.accountId) })),
    EnableKey: onLiving("EnableKey", (key) => {
      key.enabled = true;
      return {};
    }),
    DisableKey: onLiving("DisableKey", (key) => {
      key.enabled = false;
      return {};
    }),
    ScheduleKeyDeletion: onLiving("ScheduleKeyDeletion", (key, { cloud }, { PendingWindowInDays }) => {
      const days = Number(PendingWindowInDays ?? 30);
      if (days < 7 || days > 30)
        throw new AwsError("ValidationException", "PendingWindowInDays must be between 7 and 30 inclusive.");
      key.deletion = cloud.clock.now() + days * 86_400_000;
      return {
        KeyId: key.arn,
        DeletionDate: key.deletion / 1000,
        KeyState: "PendingDeletion",
        PendingWindowInDays: days,
      };
    }),
    CancelKeyDeletion: on("CancelKeyDeletion", (key) => {
      if (key.deletion === undefined)
        throw new AwsError("KMSInvalidStateException", `${key.arn} is not pending deletion.`);
      delete key.deletion;
      key.enabled = false;
      return { KeyId: key.arn };
    }),
  };
}

const KEY_SPECS = [
  "RSA_2048",
  "ECC_NIST_P384",
  "ECC_NIST_P256",
  "ECC_NIST_P521",
  "HMAC_384",
  "RSA_3072",
  "ECC_SECG_P256K1",
  "RSA_4096",
  "SYMMETRIC_DEFAULT",
  "HMAC_256",
  "HMAC_224",
  "HMAC_512",
];

/** Keys that are not played are refused: one that is asked for must not come out as another. */
function refuseOtherKinds(input: Json): void {
  const spec = input["KeySpec"] ?? input["CustomerMasterKeySpec"] ?? "SYMMETRIC_DEFAULT";
  if (!KEY_SPECS.includes(String(spec))) {
    throw new AwsError(
      "ValidationException",
      `1 validation error detected: Value '${String(spec)}' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [${KEY_SPECS.join(", ")}]`,
    );
  }
  if (spec !== "SYMMETRIC_DEFAULT" && input["KeyUsage"] === undefined) {
    throw new AwsError(
      "ValidationException",
      "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    );
  }
  const asked: Json = { KeySpec: spec, KeyUsage: "ENCRYPT_DECRYPT", Origin: "AWS_KMS", MultiRegion: false, ...input };
  const played: Json = {
    KeySpec: "SYMMETRIC_DEFAULT",
    KeyUsage: "ENCRYPT_DECRYPT",
    Origin: "AWS_KMS",
    MultiRegion: false,
  };
  for (const [name, value] of Object.entries(played)) {
    if (asked[name] === value) continue;
    throw new AwsError(
      "UnsupportedOperationException",
      `The local cloud plays keys of ${name} ${String(value)} only: got ${String(asked[name])}.`,
    );
  }
}
