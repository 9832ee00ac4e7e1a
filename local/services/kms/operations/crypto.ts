import { AwsError } from "../../../aws-error";
import type { Cloud } from "../../../cloud";
import type { AnyOperation, CallContext } from "../../../service";
import { keyAccess } from "../access";
import { invalidCiphertext, keyIdOf, materialId, open, seal, type EncryptionContext } from "../ciphertext";
import type { Key, KeyStore } from "../keys";

interface EncryptInput {
  readonly KeyId: string;
  readonly Plaintext: string;
  readonly EncryptionContext?: EncryptionContext;
}
interface DecryptInput {
  readonly CiphertextBlob: string;
  readonly KeyId?: string;
  readonly EncryptionContext?: EncryptionContext;
}
interface ReEncryptInput {
  readonly CiphertextBlob: string;
  readonly SourceKeyId?: string;
  readonly SourceEncryptionContext?: EncryptionContext;
  readonly DestinationKeyId: string;
  readonly DestinationEncryptionContext?: EncryptionContext;
}

/** Encrypt (up to 4 KB), Decrypt, ReEncrypt. */
export function cryptoOperations(store: KeyStore): Readonly<Record<string, AnyOperation>> {
  return {
    Encrypt: {
      authorize: ({ KeyId, EncryptionContext }: EncryptInput) => [
        keyAccess(store, "kms:Encrypt", KeyId, EncryptionContext),
      ],
      answer: ({ KeyId, Plaintext, EncryptionContext = {} }: EncryptInput, context) => {
        const key = store.usable(KeyId);
        const plain = Buffer.from(Plaintext, "base64");
        if (plain.length === 0 || plain.length > 4096) {
          throw new AwsError(
            "ValidationException",
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length " +
              (plain.length === 0 ? "greater than or equal to 1" : "less than or equal to 4096"),
            400,
          );
        }
        context.use("kms.request", 1);
        const blob = seal(key.id, key.material, plain, EncryptionContext, randomBytes(context.cloud, 12));
        return { CiphertextBlob: blob.toString("base64"), KeyId: key.arn, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" };
      },
    },
    Decrypt: {
      authorize: ({ CiphertextBlob, EncryptionContext }: DecryptInput) => [
        keyAccess(store, "kms:Decrypt", sealedBy(CiphertextBlob), EncryptionContext),
      ],
      answer: ({ CiphertextBlob, KeyId, EncryptionContext = {} }: DecryptInput, context) => {
        const key = store.usable(sealedBy(CiphertextBlob));
        checkSealedBy(store, key, KeyId);
        context.use("kms.request", 1);
        const plain = open(key.material, Buffer.from(CiphertextBlob, "base64"), EncryptionContext);
        return {
          KeyId: key.arn,
          Plaintext: plain.toString("base64"),
          EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
          KeyMaterialId: materialId(key.material),
        };
      },
    },
    ReEncrypt: {
      authorize: (input: ReEncryptInput) => [
        keyAccess(store, "kms:ReEncryptFrom", sealedBy(input.CiphertextBlob), input.SourceEncryptionContext),
        keyAccess(store, "kms:ReEncryptTo", input.DestinationKeyId, input.DestinationEncryptionContext),
      ],
      answer: (input: ReEncryptInput, context: CallContext) => {
        const from = store.usable(sealedBy(input.CiphertextBlob));
        checkSealedBy(store, from, input.SourceKeyId);
        const to = store.usable(input.DestinationKeyId);
        const plain = open(
          from.material,
          Buffer.from(input.CiphertextBlob, "base64"),
          input.SourceEncryptionContext ?? {},
        );
        context.use("kms.request", 1);
        const blob = seal(
          to.id,
          to.material,
          plain,
          input.DestinationEncryptionContext ?? {},
          randomBytes(context.cloud, 12),
        );
        return {
          CiphertextBlob: blob.toString("base64"),
          SourceKeyId: from.arn,
          KeyId: to.arn,
          SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
          DestinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
          SourceKeyMaterialId: materialId(from.material),
          DestinationKeyMaterialId: materialId(to.material),
        };
      },
    },
  };
}

function checkSealedBy(store: KeyStore, key: Key, named: string | undefined): void {
  if (named === undefined || store.get(named).id === key.id) return;
  throw new AwsError(
    "IncorrectKeyException",
    "The key ID in the request does not identify a CMK that can perform this operation.",
  );
}

/** Bytes from the cloud's own source of chance, so that a seed replays. */
export function randomBytes(cloud: Cloud, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, () => Math.floor(cloud.random() * 256)));
}

function sealedBy(blob: string | undefined): string {
  if (blob === undefined) {
    throw new AwsError(
      "ValidationException",
      "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    );
  }
  const id = keyIdOf(Buffer.from(blob, "base64"));
  if (id === undefined) throw invalidCiphertext();
  return id;
}
