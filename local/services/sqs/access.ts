import type { Cloud } from "../../cloud";
import type { AccessRequest, CallContext } from "../../service";
import { resolveKeyAlias } from "../resolve-key";
import type { Queue } from "./queue";

/** Rights of KMS that an operation on an encrypted queue asks of its caller (SQS developer guide, "Key management"). */
const KEY_ACTIONS = {
  /** A producer makes a data key and checks it. */
  send: ["kms:GenerateDataKey", "kms:Decrypt"],
  receive: ["kms:Decrypt"],
} as const;

/** The rights for `action` on `queue`, and on its key where message bodies are touched. */
export function queueAccess(
  queue: Queue,
  action: string,
  context: CallContext,
  use?: keyof typeof KEY_ACTIONS,
): readonly AccessRequest[] {
  const requests: AccessRequest[] = [{ action: `sqs:${action}`, resource: queue.arn }];
  const key = use && keyOf(queue, context);
  if (key)
    for (const keyAction of KEY_ACTIONS[use])
      requests.push({ action: keyAction, resource: key, context: keyContext(queue, context) });
  return requests;
}

/** The key that guards the queue and whose policy must be asked; none for SQS-owned keys. */
function keyOf(queue: Queue, context: CallContext): string | undefined {
  const key = queue.attributes["KmsMasterKeyId"];
  if (!key) return undefined;
  const { cloud, principal } = context;
  // The AWS managed key admits the account's own callers through SQS, and never another service acting on its own.
  if (key.endsWith("alias/aws/sqs"))
    return principal.type === "service" ? cloud.arn("kms", "alias/aws/sqs") : undefined;
  return key.startsWith("arn:") ? key : cloud.arn("kms", key.startsWith("alias/") ? key : `key/${key}`);
}

function keyContext(queue: Queue, { cloud }: CallContext): Record<string, string | readonly string[]> {
  return {
    "kms:ViaService": `sqs.${cloud.region}.amazonaws.com`,
    "kms:EncryptionContext:aws:sqs:arn": queue.arn,
    "kms:EncryptionContextKeys": ["aws:sqs:arn"],
  };
}

/** As `resolveKeyAlias`, beside the key of SQS itself. */
export function resolveKey<A extends Readonly<Record<string, string>>>(cloud: Cloud, attributes: A): Promise<A> {
  return resolveKeyAlias(cloud, attributes, "alias/aws/sqs");
}
