import { AwsError } from "../../aws-error";
import { invalidParameter } from "./errors";

/** A message attribute as on the wire; binary values in base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message that a topic has taken. */
export interface Published {
  readonly id: string;
  readonly topicArn: string;
  readonly message: string;
  /** With MessageStructure `json`: another text per protocol. */
  readonly perProtocol?: Readonly<Record<string, string>>;
  readonly subject?: string;
  readonly attributes: MessageAttributes;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly groupId?: string;
  readonly dedupId?: string;
  readonly sequenceNumber?: string;
}

export interface PublishEntry {
  readonly Message?: string;
  readonly Subject?: string;
  readonly MessageStructure?: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

/** Body and attributes, as SNS counts them against the size limit and bills them. */
export function publishBytes(message: string, attributes: MessageAttributes): number {
  let bytes = Buffer.byteLength(message);
  for (const [name, attribute] of Object.entries(attributes)) {
    const value =
      attribute.BinaryValue === undefined
        ? Buffer.from(attribute.StringValue ?? "")
        : Buffer.from(attribute.BinaryValue, "base64");
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + value.length;
  }
  return bytes;
}

/**
 * Checks text, subject, attributes and size.
 * @param limit MaximumMessageSize of the topic, bytes.
 * @throws AwsError InvalidParameter, ParameterValueInvalid
 */
export function validateMessage(entry: PublishEntry, attributes: MessageAttributes, limit: number): void {
  if (!entry.Message) throw invalidParameter("Empty message");
  if (publishBytes(entry.Message, attributes) > limit) throw invalidParameter("Message too long");
  const subject = entry.Subject;
  // ASCII without control characters, at most 100 (API reference of Publish).
  if (subject !== undefined && !/^[!-~][ -~]{0,99}$/.test(subject)) throw invalidParameter("Subject");
  for (const [name, attribute] of Object.entries(attributes)) validateAttribute(name, attribute);
}

/** @throws AwsError InvalidParameter for a MessageStructure that is not JSON with a default text. */
export function textPerProtocol(entry: PublishEntry): Readonly<Record<string, string>> | undefined {
  if (entry.MessageStructure === undefined || entry.MessageStructure === "") return undefined;
  if (entry.MessageStructure !== "json") throw invalidParameter("MessageStructure");
  let texts: unknown;
  try {
    texts = JSON.parse(entry.Message ?? "");
  } catch {
    throw invalidParameter("Message Structure - JSON message body failed to parse");
  }
  if (
    typeof texts !== "object" ||
    texts === null ||
    typeof (texts as Record<string, unknown>)["default"] !== "string"
  ) {
    throw invalidParameter("Message Structure - No default entry in JSON message body");
  }
  return texts as Record<string, string>;
}

function validateAttribute(name: string, attribute: MessageAttribute): void {
  const bad = (reason: string): AwsError => new AwsError("ParameterValueInvalid", reason);
  if (!/^(?!aws\.|amazon\.|\.)(?!.*\.\.)(?!.*\.$)[A-Za-z0-9_.-]{1,256}$/i.test(name)) {
    throw bad(
      `Invalid attribute name '${name}': it may contain A-Z, a-z, 0-9, underscore, hyphen and single periods, up to 256 characters.`,
    );
  }
  const type = attribute.DataType ?? "";
  if (!/^(String|Number|Binary|String\.Array)(\.\S{1,240})?$/.test(type)) {
    throw bad(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const value = type.startsWith("Binary") ? attribute.BinaryValue : attribute.StringValue;
  if (!value)
    throw bad(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  if (type.startsWith("Number") && !Number.isFinite(Number(value)))
    throw bad(`Could not cast message attribute '${name}' value to number.`);
}
