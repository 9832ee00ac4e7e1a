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
  /** The topic's DeliveryPolicy, for HTTP endpoints. */
  readonly deliveryPolicy?: string;
  /** The topic's SignatureVersion. @default 1 */
  readonly signatureVersion?: string;
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
  // What is no text counts as absent.
  return Object.fromEntries(
    Object.entries(texts as Record<string, string>).filter(([, one]) => typeof one === "string"),
  );
}

const refused = (message: string): AwsError => new AwsError("ParameterValueInvalid", message);

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
function validateName(name: string): void {
  if (name.length > 256) throw refused("Length of message attribute name must be less than 256 bytes.");
  const strange = /[^A-Za-z0-9_.-]/u.exec(name)?.[0];
  if (strange !== undefined) {
    const code = strange.codePointAt(0)!.toString(16).toUpperCase();
    throw refused(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.startsWith(".")) throw refused("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith(".")) throw refused("Invalid message attribute name ending with character '.' was found.");
  if (name.includes("..")) throw refused("Message attribute name can not have successive '.' character.");
  if (name === "" || /^(?:aws|amazon)\./i.test(name))
    throw refused(`Invalid attribute name '${name}': it must not be empty nor begin with AWS. or Amazon.`);
}

function validateAttribute(name: string, attribute: MessageAttribute): void {
  validateName(name);
  const { DataType: type, StringValue, BinaryValue } = attribute;
  const kind = /^(String|Number|Binary)(?:\..+)?$/s.exec(type)?.[1];
  const what = `The message attribute '${name}'`;
  if (kind === undefined) {
    throw refused(
      `${what} has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const field = kind === "Binary" ? "Binary" : "String";
  const [value, other] = field === "Binary" ? [BinaryValue, StringValue] : [StringValue, BinaryValue];
  if (!value && other) throw refused(`${what} with type '${type}' must use field '${field}'.`);
  if (!value)
    throw refused(`${what} must contain non-empty message attribute value for message attribute type '${type}'.`);
  if (kind === "Number" && !Number.isFinite(Number(value)))
    throw refused(`Could not cast message attribute '${name}' value to number.`);
}

/**
 * A type that is missing is missed before anything else is looked at.
 * @param path where the attributes stand in the request, in AWS's words.
 * @throws AwsError ValidationError
 */
export function requireTypes(attributes: MessageAttributes, path: string): void {
  const missing = Object.entries(attributes).find(([, { DataType }]) => (DataType as string | undefined) === undefined);
  if (!missing) return;
  const at = `${path}.${missing[0]}.member.dataType`;
  throw new AwsError(
    "ValidationError",
    `1 validation error detected: Value null at '${at}' failed to satisfy constraint: Member must not be null`,
  );
}
