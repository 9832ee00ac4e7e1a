import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import { keyStore } from "../kms";
import type { Encryption } from "./buckets";

/**
 * The key of an object as KMS finds it now: S3's own key by its ARN when none was named.
 * @throws AwsError KMS.NotFoundException, KMS.DisabledException, KMS.KMSInvalidStateException: S3 passes on what KMS says.
 */
export function usable(cloud: Cloud, encryption: Encryption): Encryption {
  if (encryption.algorithm !== "aws:kms" || !cloud.services.has("kms")) return encryption;
  const named = encryption.keyArn ?? "alias/aws/s3";
  try {
    // An id that KMS does not know is told of as it was named.
    const prefix = `arn:aws:kms:${cloud.region}:${cloud.accountId}:key/`;
    const key = keyStore(cloud).usable(named.startsWith(prefix) ? named.slice(prefix.length) : named);
    return { ...encryption, keyArn: key.arn };
  } catch (error) {
    if (error instanceof AwsError) throw new AwsError(`KMS.${error.code}`, error.message, error.status);
    throw error;
  }
}
