import type { Cloud } from "../../cloud";
import type { Principal } from "../../principal";
import type { AccessRequest, CallContext } from "../../service";
import { resolveKeyAlias } from "../resolve-key";
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

/** Who a subscription belongs to; undefined for a service of AWS, which has no ARN. */
export function subscriberArn(principal: Principal): string | undefined {
  return principal.type === "role" ? principal.roleArn : principal.type === "operator" ? principal.arn : undefined;
}

/** As `resolveKeyAlias`, beside the key of SNS itself. */
export function resolveKey<A extends Readonly<Record<string, string>>>(cloud: Cloud, attributes: A): Promise<A> {
  return resolveKeyAlias(cloud, attributes, "alias/aws/sns");
}
