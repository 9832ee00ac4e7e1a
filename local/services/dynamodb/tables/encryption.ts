import type { Cloud } from "../../../cloud";
import type { TableDefinition } from "../engine/table";
import { invalid } from "./schema";

export interface EncryptionInput {
  readonly Enabled?: boolean;
  readonly SSEType?: string;
  /** Key id, key ARN, alias or alias ARN. */
  readonly KMSMasterKeyId?: string;
}

/** The key that a table is encrypted with: a customer's own, or the one that AWS manages in the account, or AWS's own. */
export function readEncryption(
  cloud: Cloud,
  input: EncryptionInput | undefined,
): Pick<TableDefinition, "keyArn" | "customerKey"> {
  if (!input?.Enabled) {
    if (input?.KMSMasterKeyId || input?.SSEType) {
      throw invalid("SSEType and KMSMasterKeyId cannot be specified when SSE is disabled");
    }
    return { customerKey: false };
  }
  if (input.SSEType && input.SSEType !== "KMS") throw invalid(`SSEType ${input.SSEType} is not supported`);
  const key = input.KMSMasterKeyId;
  if (key == null || key === "alias/aws/dynamodb") {
    return { keyArn: cloud.arn("kms", "alias/aws/dynamodb"), customerKey: false };
  }
  const arn = key.startsWith("arn:") ? key : cloud.arn("kms", key.startsWith("alias/") ? key : `key/${key}`);
  return { keyArn: arn, customerKey: true };
}
