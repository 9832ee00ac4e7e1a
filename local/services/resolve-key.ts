import type { Cloud } from "../cloud";

/**
 * Replaces an alias of a customer's key in `KmsMasterKeyId` by the key's ARN, so that rights can be asked of the key
 * itself.
 * @param managed alias of the service's own key, which is left as it is: `alias/aws/sqs`.
 */
export async function resolveKeyAlias<A extends Readonly<Record<string, string>>>(
  cloud: Cloud,
  attributes: A,
  managed: string,
): Promise<A> {
  const key = attributes["KmsMasterKeyId"];
  if (!key?.includes("alias/") || key.endsWith(managed) || !cloud.services.has("kms")) return attributes;
  const { KeyMetadata } = await cloud.call<{ KeyMetadata: { Arn: string } }>(
    "kms",
    "DescribeKey",
    { KeyId: key },
    cloud.operator,
  );
  return { ...attributes, KmsMasterKeyId: KeyMetadata.Arn };
}
