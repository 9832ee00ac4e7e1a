import { MAX_MESSAGE_BYTES } from "./message";
import { invalidParameter, sqsError } from "./errors";

/** Attributes of a queue as the API names them; all values are strings. */
export type QueueAttributes = Readonly<Record<string, string>>;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/** Seconds, and bytes of MaximumMessageSize. Source: API reference of SetQueueAttributes. */
export const NUMBERS: Readonly<Record<string, Range>> = {
  VisibilityTimeout: { min: 0, max: 43_200, fallback: 30 },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, fallback: 345_600 },
  DelaySeconds: { min: 0, max: 900, fallback: 0 },
  MaximumMessageSize: { min: 1_024, max: MAX_MESSAGE_BYTES, fallback: MAX_MESSAGE_BYTES },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20, fallback: 0 },
  KmsDataKeyReusePeriodSeconds: { min: 60, max: 86_400, fallback: 300 },
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  FifoQueue: ["true", "false"],
  ContentBasedDeduplication: ["true", "false"],
  SqsManagedSseEnabled: ["true", "false"],
  DeduplicationScope: ["queue", "messageGroup"],
  FifoThroughputLimit: ["perQueue", "perMessageGroupId"],
};

const FIFO_ONLY = ["FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"];

/** What a FIFO queue has where nothing else is set. */
const FIFO_DEFAULTS: QueueAttributes = {
  FifoQueue: "true",
  ContentBasedDeduplication: "false",
  DeduplicationScope: "queue",
  FifoThroughputLimit: "perQueue",
};

/** An ARN of a queue, whether it exists or not. */
const QUEUE_ARN = /^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/;

const FREE = ["Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId"];

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export interface RedriveAllowPolicy {
  readonly redrivePermission: "allowAll" | "denyAll" | "byQueue";
  readonly sourceQueueArns: readonly string[];
}

/**
 * Checks names, ranges and shapes.
 * @throws AwsError InvalidAttributeName, InvalidAttributeValue
 */
export function validateAttributes(attributes: QueueAttributes, fifo: boolean): void {
  for (const [name, value] of Object.entries(attributes)) {
    const range = NUMBERS[name];
    const known = range !== undefined || CHOICES[name] !== undefined || FREE.includes(name);
    if (!known) throw unknown(name);
    if (!fifo && FIFO_ONLY.includes(name)) {
      throw name === "DeduplicationScope" || name === "FifoThroughputLimit"
        ? sqsError("InvalidAttributeName", `You can specify the ${name} only when FifoQueue is set to true.`)
        : unknown(name);
    }
    if (range && !(/^\d+$/.test(value) && Number(value) >= range.min && Number(value) <= range.max))
      throw invalid(name);
    if (CHOICES[name] && !CHOICES[name].includes(value)) throw invalid(name);
  }
  if (attributes["FifoQueue"] === "false")
    throw invalid("FifoQueue", " Reason: Modifying queue type is not supported.");
  if (attributes["KmsMasterKeyId"] && attributes["SqsManagedSseEnabled"] === "true") {
    throw sqsError(
      "InvalidAttributeName",
      "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    );
  }
  if (attributes["Policy"]) parsePolicy(attributes["Policy"]);
  parseRedrivePolicy(attributes["RedrivePolicy"]);
  parseRedriveAllowPolicy(attributes["RedriveAllowPolicy"]);
}

/** As they are kept: `True` is `true`, and what is empty is not there. */
export function normalized(attributes: QueueAttributes): QueueAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      /^(true|false)$/i.test(value) && CHOICES[name]?.includes("true") ? value.toLowerCase() : value,
    ]),
  );
}

/**
 * The attributes of a queue after a change. An empty value takes a policy or a key away; a key ends SQS's own encryption,
 * which does not come back when the key goes.
 */
export function changed(attributes: QueueAttributes, changes: QueueAttributes): QueueAttributes {
  const merged: Record<string, string> = { ...attributes, ...changes };
  if (changes["KmsMasterKeyId"]) merged["SqsManagedSseEnabled"] = "false";
  for (const [name, value] of Object.entries(changes)) if (value === "") delete merged[name];
  return merged;
}

/** What a queue is set to, with AWS's defaults for what nobody set. */
export function effective(attributes: QueueAttributes, fifo: boolean): QueueAttributes {
  const encrypted = attributes["KmsMasterKeyId"] !== undefined;
  const all: Record<string, string> = {
    ...Object.fromEntries(Object.entries(NUMBERS).map(([name, { fallback }]) => [name, String(fallback)])),
    ...(fifo ? FIFO_DEFAULTS : {}),
    SqsManagedSseEnabled: String(!encrypted),
    ...attributes,
  };
  if (!encrypted) delete all["KmsDataKeyReusePeriodSeconds"];
  return all;
}

export function numberOf(attributes: QueueAttributes, name: keyof typeof NUMBERS): number {
  const value = attributes[name];
  return value === undefined ? NUMBERS[name]!.fallback : Number(value);
}

/** @throws AwsError InvalidAttributeValue */
export function parsePolicy(text: string): Record<string, unknown> {
  const policy = parse(text);
  if (!policy) throw invalid("Policy");
  return policy;
}

/** @throws AwsError InvalidParameterValue */
export function parseRedrivePolicy(text: string | undefined): RedrivePolicy | undefined {
  if (!text) return undefined;
  const bad = (reason: string): Error => invalidParameter("RedrivePolicy", text, reason);
  const policy = parse(text);
  if (!policy) throw bad("Redrive policy is not a valid JSON map.");
  const target = policy["deadLetterTargetArn"];
  if (typeof target !== "string" || target === "") {
    throw bad("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  }
  if (policy["maxReceiveCount"] === undefined) {
    throw bad("Redrive policy does not contain mandatory attribute: maxReceiveCount.");
  }
  if (!QUEUE_ARN.test(target)) throw bad("Invalid value for deadLetterTargetArn.");
  const given = policy["maxReceiveCount"];
  const count = typeof given === "number" || typeof given === "string" ? Number(given) : NaN;
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    const shown = typeof given === "string" ? given : JSON.stringify(given);
    throw bad(`Invalid value for maxReceiveCount: ${shown}, valid values are from 1 to 1000 both inclusive.`);
  }
  return { deadLetterTargetArn: target, maxReceiveCount: count };
}

/** @throws AwsError InvalidAttributeValue */
export function parseRedriveAllowPolicy(text: string | undefined): RedriveAllowPolicy | undefined {
  if (!text) return undefined;
  const policy = parse(text);
  const permission = policy?.["redrivePermission"];
  const sources = policy?.["sourceQueueArns"];
  if (permission !== "allowAll" && permission !== "denyAll" && permission !== "byQueue")
    throw invalid("RedriveAllowPolicy");
  const named = Array.isArray(sources) && sources.every((arn) => typeof arn === "string");
  // At most ten source queues may be named (API reference of SetQueueAttributes).
  if (permission === "byQueue" ? !named || sources.length > 10 : sources !== undefined)
    throw invalid("RedriveAllowPolicy");
  return { redrivePermission: permission, sourceQueueArns: named ? sources : [] };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function invalid(name: string, reason = ""): Error {
  return sqsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.${reason}`);
}

export function unknown(name: string): Error {
  return sqsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
}
