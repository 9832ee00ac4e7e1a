import type { Cloud } from "../../cloud";
import type { AccessRequest, CallContext } from "../../service";
import type { Topic } from "./topic";

/** The right to `action` on a topic. */
export function topicAccess(
  topic: Pick<Topic, "arn">,
  action: string,
  { principal, cloud }: CallContext,
  context: Readonly<Record<string, string>> = {},
): AccessRequest {
  // The default policy admits services that act for the account's own resources by this old key.
  const owner: Record<string, string> =
    principal.type === "service" && ofAccount(principal.sourceArn, cloud) ? { "aws:SourceOwner": cloud.accountId } : {};
  return { action: `sns:${action}`, resource: topic.arn, context: { ...owner, ...context } };
}

function ofAccount(arn: string | undefined, cloud: Cloud): boolean {
  return arn === undefined || arn.includes(cloud.accountId);
}

/** A publisher to an encrypted topic makes and checks a data key (SNS developer guide, "Managing Amazon SNS encryption keys"). */
export function publishAccess(topic: Topic, context: CallContext): readonly AccessRequest[] {
  const key = topic.attributes["KmsMasterKeyId"];
  const requests = [topicAccess(topic, "Publish", context)];
  const { cloud, principal } = context;
  // The AWS managed key admits the account's own callers through SNS, and never another service acting on its own.
  if (!key || (key.endsWith("alias/aws/sns") && principal.type !== "service")) return requests;
  const resource = key.startsWith("arn:") ? key : cloud.arn("kms", key.startsWith("alias/") ? key : `key/${key}`);
  const keys = {
    "kms:ViaService": `sns.${cloud.region}.amazonaws.com`,
    "kms:EncryptionContext:aws:sns:topicArn": topic.arn,
    "kms:EncryptionContextKeys": ["aws:sns:topicArn"],
  };
  return [
    ...requests,
    ...["kms:GenerateDataKey", "kms:Decrypt"].map((action) => ({ action, resource, context: keys })),
  ];
}

/** Replaces an alias of a customer's key by the key's ARN, so that rights can be asked of the key itself. */
export async function resolveKey(
  cloud: Cloud,
  attributes: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const key = attributes["KmsMasterKeyId"];
  if (!key?.includes("alias/") || key.endsWith("alias/aws/sns") || !cloud.services.has("kms")) return attributes;
  const { KeyMetadata } = await cloud.call<{ KeyMetadata: { Arn: string } }>(
    "kms",
    "DescribeKey",
    { KeyId: key },
    cloud.operator,
  );
  return { ...attributes, KmsMasterKeyId: KeyMetadata.Arn };
}
