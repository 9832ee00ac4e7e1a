import type { Cloud } from "../../cloud";
import type { AccessRequest } from "../../service";
import type { Encryption } from "./buckets";

/** The right to act on a bucket. */
export function onBucket(action: string, bucket: string, context?: AccessRequest["context"]): AccessRequest {
  return { action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}`, ...(context ? { context } : {}) };
}

/** The right to act on an object; the bucket's policy applies. */
export function onObject(
  action: string,
  bucket: string,
  key: string,
  context?: AccessRequest["context"],
): AccessRequest {
  const policyOf = `arn:aws:s3:::${bucket}`;
  return { action: `s3:${action}`, resource: `${policyOf}/${key}`, policyOf, ...(context ? { context } : {}) };
}

/**
 * The rights on a customer key that S3 asks of its caller (UsingKMSEncryption in the S3 user guide): a data key to write,
 * its decryption to read; a multipart upload needs both.
 */
export function onKey(
  cloud: Cloud,
  actions: readonly string[],
  encryption: Encryption,
  bucket: string,
  key: string,
): AccessRequest[] {
  const { keyArn } = encryption;
  if (encryption.algorithm !== "aws:kms" || !keyArn) return [];
  const arn = encryption.bucketKeyEnabled ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`;
  return actions.map((action) => ({
    action: `kms:${action}`,
    resource: keyArn,
    context: { "kms:ViaService": `s3.${cloud.region}.amazonaws.com`, "kms:EncryptionContext:aws:s3:arn": arn },
  }));
}

/** Turns a key's id into its ARN; an ARN stays as it is. */
export function keyArn(cloud: Cloud, key: string): string {
  if (key.startsWith("arn:")) return key;
  return cloud.arn("kms", key.startsWith("alias/") ? key : `key/${key}`);
}
