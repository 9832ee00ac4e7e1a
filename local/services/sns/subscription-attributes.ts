import { invalidParameter } from "./errors";
import { compileFilter, type Filter } from "./filter-policy";
import { isJsonObject } from "./topic-attributes";
import type { Protocol } from "./topic";

const NAMES = new Set([
  "DeliveryPolicy",
  "FilterPolicy",
  "FilterPolicyScope",
  "RawMessageDelivery",
  "RedrivePolicy",
  "ReplayPolicy",
  "SubscriptionRoleArn",
]);

export interface SubscriptionChange {
  readonly attributes: Record<string, string>;
  readonly filter?: Filter;
}

/**
 * Checks changed attributes together with those that stay; an empty value takes one away.
 * @throws AwsError InvalidParameter
 */
export function validateSubscriptionAttributes(
  changes: Readonly<Record<string, string>>,
  current: Readonly<Record<string, string>>,
  protocol: Protocol,
  endpoint: string,
): SubscriptionChange {
  const unknown = Object.keys(changes).find((name) => !NAMES.has(name));
  if (unknown !== undefined) throw invalidParameter("AttributeName");
  const attributes = Object.fromEntries(Object.entries({ ...current, ...changes }).filter(([, value]) => value !== ""));
  const scope = attributes["FilterPolicyScope"] ?? "MessageAttributes";
  if (scope !== "MessageAttributes" && scope !== "MessageBody") {
    throw invalidParameter("FilterPolicyScope Reason: must be MessageAttributes or MessageBody");
  }
  const raw = attributes["RawMessageDelivery"];
  if (raw !== undefined && raw !== "true" && raw !== "false")
    throw invalidParameter("RawMessageDelivery Reason: Invalid value, must be true or false.");
  if (raw === "true" && !["sqs", "http", "https"].includes(protocol)) {
    throw invalidParameter(`Attributes Reason: Delivery protocol [${protocol}] does not support raw message delivery.`);
  }
  const redrive = attributes["RedrivePolicy"];
  if (redrive !== undefined) checkRedrive(redrive, endpoint);
  const policy = attributes["FilterPolicy"];
  return { attributes, ...(policy === undefined ? {} : { filter: compileFilter(policy, scope) }) };
}

function checkRedrive(text: string, endpoint: string): void {
  if (!isJsonObject(text)) throw invalidParameter("RedrivePolicy: failed to parse JSON.");
  const { deadLetterTargetArn: target } = JSON.parse(text) as { deadLetterTargetArn?: unknown };
  if (typeof target !== "string" || !/^arn:aws:sqs:[^:]+:\d{12}:.+$/.test(target)) {
    throw invalidParameter("RedrivePolicy: deadLetterTargetArn is an invalid arn");
  }
  // A FIFO subscription's dead letters need a FIFO queue, a standard one's a standard queue.
  if (endpoint.startsWith("arn:aws:sqs:") && endpoint.endsWith(".fifo") !== target.endsWith(".fifo")) {
    throw invalidParameter("RedrivePolicy: the dead-letter queue must be of the same type as the endpoint");
  }
}
