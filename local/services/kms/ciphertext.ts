import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { AwsError } from "../../aws-error";

/** Pairs that must be the same at decryption. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** Seals data: key id, nonce, tag and AES-256-GCM ciphertext in one blob, bound to the encryption context. */
export function seal(
  keyId: string,
  material: Buffer,
  plain: Buffer,
  context: EncryptionContext,
  nonce: Buffer,
): Buffer {
  const cipher = createCipheriv("aes-256-gcm", material, nonce);
  cipher.setAAD(canonical(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  const id = Buffer.from(keyId, "utf8");
  return Buffer.concat([Buffer.from([1, id.length]), id, nonce, cipher.getAuthTag(), body]);
}

/** The identifier of a key's material, as KMS shows it: 64 hexadecimal digits. */
export function materialId(material: Buffer): string {
  return createHash("sha256").update(material).digest("hex");
}

/** The id of the key that sealed a blob; undefined if it is not one of ours. */
export function keyIdOf(blob: Buffer): string | undefined {
  const length = blob[1] ?? 0;
  return blob[0] === 1 && blob.length >= 2 + length + 28 ? blob.subarray(2, 2 + length).toString("utf8") : undefined;
}

/** Opens a blob. @throws InvalidCiphertextException when blob, key or context differ. */
export function open(material: Buffer, blob: Buffer, context: EncryptionContext): Buffer {
  const start = 2 + (blob[1] ?? 0);
  try {
    const decipher = createDecipheriv("aes-256-gcm", material, blob.subarray(start, start + 12));
    decipher.setAAD(canonical(context));
    decipher.setAuthTag(blob.subarray(start + 12, start + 28));
    return Buffer.concat([decipher.update(blob.subarray(start + 28)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

/** KMS says nothing about why. */
export function invalidCiphertext(): AwsError {
  return new AwsError("InvalidCiphertextException", "", 400);
}

function canonical(context: EncryptionContext): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
}
