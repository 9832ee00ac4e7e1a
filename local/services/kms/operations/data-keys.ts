import { AwsError } from "../../../aws-error";
import type { AnyOperation, CallContext, Json } from "../../../service";
import { keyAccess } from "../access";
import { materialId, seal, type EncryptionContext } from "../ciphertext";
import type { KeyStore } from "../keys";
import { randomBytes } from "./crypto";

interface Input {
  readonly KeyId: string;
  readonly KeySpec?: "AES_256" | "AES_128";
  readonly NumberOfBytes?: number;
  readonly EncryptionContext?: EncryptionContext;
}

/** GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateRandom. */
export function dataKeyOperations(store: KeyStore): Readonly<Record<string, AnyOperation>> {
  const make = ({ KeyId, KeySpec, NumberOfBytes, EncryptionContext = {} }: Input, context: CallContext): Json => {
    if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
      throw new AwsError("ValidationException", "Please specify either number of bytes or key spec.", 400);
    }
    if (KeySpec !== undefined && KeySpec !== "AES_256" && KeySpec !== "AES_128") {
      throw new AwsError(
        "ValidationException",
        `1 validation error detected: Value '${String(KeySpec)}' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [AES_256, AES_128]`,
      );
    }
    checkLength(NumberOfBytes);
    const key = store.usable(KeyId);
    const plain = randomBytes(context.cloud, NumberOfBytes ?? (KeySpec === "AES_128" ? 16 : 32));
    context.use("kms.request", 1);
    const blob = seal(key.id, key.material, plain, EncryptionContext, randomBytes(context.cloud, 12));
    return {
      KeyId: key.arn,
      CiphertextBlob: blob.toString("base64"),
      Plaintext: plain.toString("base64"),
      KeyMaterialId: materialId(key.material),
    };
  };
  return {
    GenerateDataKey: {
      authorize: ({ KeyId, EncryptionContext }: Input) => [
        keyAccess(store, "kms:GenerateDataKey", KeyId, EncryptionContext),
      ],
      answer: make,
    },
    GenerateDataKeyWithoutPlaintext: {
      authorize: ({ KeyId, EncryptionContext }: Input) => [
        keyAccess(store, "kms:GenerateDataKeyWithoutPlaintext", KeyId, EncryptionContext),
      ],
      answer: (input: Input, context) => {
        const { Plaintext: _, ...sealed } = make(input, context);
        return sealed;
      },
    },
    GenerateRandom: {
      authorize: () => [{ action: "kms:GenerateRandom", resource: "*" }],
      answer: ({ NumberOfBytes }: { NumberOfBytes?: number }, { cloud }) => {
        if (NumberOfBytes === undefined) throw new AwsError("ValidationException", "NumberOfBytes is required.");
        checkLength(NumberOfBytes);
        return { Plaintext: randomBytes(cloud, NumberOfBytes).toString("base64") };
      },
    },
  };
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html */
const MAX_RANDOM_BYTES = 1_024;

function checkLength(bytes = 1): void {
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= MAX_RANDOM_BYTES) return;
  const bound = bytes < 1 ? "greater than or equal to 1" : `less than or equal to ${MAX_RANDOM_BYTES}`;
  throw new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${bytes}' at 'numberOfBytes' failed to satisfy constraint: Member must have value ${bound}`,
  );
}
