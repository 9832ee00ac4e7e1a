import { invalidParameter } from "./errors";
import { compileFilter, type Filter } from "./filter-policy";
import { readJsonAttribute } from "./json-attribute";
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

/** What stands for an attribute that nobody has set. */
export const SUBSCRIPTION_DEFAULTS: Readonly<Record<string, string>> = {
  FilterPolicyScope: "MessageAttributes",
  RawMessageDelivery: "false",
};

type Refuse = typeof invalidParameter;

/** Subscribe says that it was the attributes, SetSubscriptionAttributes has but one. */
const REFUSALS: Readonly<Record<"Subscribe" | "SetSubscriptionAttributes", Refuse>> = {
  Subscribe: (reason) => invalidParameter(`Attributes Reason: ${reason}`),
  SetSubscriptionAttributes: invalidParameter,
};

/**
 * Checks changed attributes together with those that stay; an empty value takes one away.
 * @throws AwsError InvalidParameter
 */
export function validateSubscriptionAttributes(
  operation: keyof typeof REFUSALS,
  changes: Readonly<Record<string, string>>,
  current: Readonly<Record<string, string>>,
  protocol: Protocol,
  endpoint: string,
): SubscriptionChange {
  const refuse = REFUSALS[operation];
  const unknown = Object.keys(changes).find((name) => !NAMES.has(name));
  if (unknown !== undefined) throw refuse("AttributeName");
  const attributes = Object.fromEntries(
    Object.entries({ ...current, ...changes }).filter(([name, value]) => value !== "" || SUBSCRIPTION_DEFAULTS[name]),
  );
  checkRaw(attributes, protocol, refuse);
  const scope = attributes["FilterPolicyScope"] ?? "MessageAttributes";
  if (scope !== "MessageAttributes" && scope !== "MessageBody") {
    throw refuse(`FilterPolicyScope: Invalid value [${scope}]. Please use either MessageBody or MessageAttributes`);
  }
  const redrive = attributes["RedrivePolicy"];
  if (redrive !== undefined) checkRedrive(redrive, endpoint, refuse);
  const delivery = attributes["DeliveryPolicy"];
  if (delivery !== undefined) readJsonAttribute("DeliveryPolicy", delivery, refuse);
  const policy = attributes["FilterPolicy"];
  return { attributes, ...(policy === undefined ? {} : { filter: compileFilter(policy, scope, refuse) }) };
}

function checkRaw(attributes: Record<string, string>, protocol: Protocol, refuse: Refuse): void {
  const given = attributes["RawMessageDelivery"];
  if (given === undefined) return;
  const raw = given.toLowerCase();
  if (raw !== "true" && raw !== "false")
    throw refuse(`RawMessageDelivery: Invalid value [${given}]. Must be true or false.`);
  if (raw === "true" && !["sqs", "http", "https"].includes(protocol)) {
    throw invalidParameter(`Attributes Reason: Delivery protocol [${protocol}] does not support raw message delivery.`);
  }
  attributes["RawMessageDelivery"] = raw;
}

function checkRedrive(text: string, endpoint: string, refuse: Refuse): void {
  const policy = readJsonAttribute("RedrivePolicy", text, refuse) as { readonly deadLetterTargetArn?: unknown } | null;
  const target = policy?.deadLetterTargetArn;
  if (typeof target !== "string" || !/^arn:aws:sqs:[^:]+:\d{12}:.+$/.test(target)) {
    throw refuse("RedrivePolicy: deadLetterTargetArn is an invalid arn");
  }
  if (!endpoint.startsWith("arn:aws:sqs:") || endpoint.endsWith(".fifo") === target.endsWith(".fifo")) return;
  throw refuse(
    endpoint.endsWith(".fifo")
      ? "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic."
      : "RedrivePolicy: the dead-letter queue must be of the same type as the endpoint",
  );
}
