import { createHash } from "node:crypto";
import { invalidParameter, invalidValue, missingParameter, sqsError } from "./errors";

/** A message attribute as on the wire; binary values in base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export type MessageState = "ready" | "inflight" | "delayed" | "gone";

/** A message in a queue. Times in milliseconds since the epoch. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly md5: string;
  readonly attributes?: MessageAttributes;
  readonly traceHeader?: string;
  readonly senderId: string;
  /** Start of the retention period; a standard queue's dead-letter queue keeps it, a FIFO one renews it. */
  readonly sentAt: number;
  /** When it came into this queue: the base of ApproximateAgeOfOldestMessage. */
  readonly enteredAt: number;
  readonly groupId?: string;
  readonly dedupId?: string;
  readonly sequenceNumber?: string;
  /** ARN of the queue that gave it up: DeadLetterQueueSourceArn. */
  readonly deadLetterSource?: string;
  state: MessageState;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  /** When the current receive began: the total visibility timeout is capped at 12 h from here. */
  receivedAt?: number;
}

/** At most this many bytes in a message, and in a batch: 1 MiB since August 2025 (API reference of SendMessage). */
export const MAX_MESSAGE_BYTES = 1_048_576;

// AWS documents A-Z, a-z and takes letters of every script.
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)(?!.*\.$)[\p{L}\p{N}_.-]{1,256}$/iu;
const ATTRIBUTE_TYPE = /^(String|Number|Binary)(\.[^\s]{1,249})?$/;
const VALID_CHARACTERS = "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";

// Characters that XML 1.0 does not allow, lone surrogates included.
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export function md5(text: string | Buffer): string {
  return createHash("md5").update(text).digest("hex");
}

/** MD5 of message attributes as SDKs check it: names sorted, each part prefixed with its length. */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const hash = createHash("md5");
  const part = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const attribute = attributes[name]!;
    part(Buffer.from(name));
    part(Buffer.from(attribute.DataType));
    hash.update(Buffer.of(attribute.DataType.startsWith("Binary") ? 2 : 1));
    part(attributeBytes(attribute));
  }
  return hash.digest("hex");
}

/** What counts against the size limit: body, and name, type and value of each attribute. */
export function messageBytes(body: string, attributes: MessageAttributes = {}): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, attribute] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + attributeBytes(attribute).length;
  }
  return bytes;
}

/** @throws AwsError MissingParameter, InvalidMessageContents */
export function validateBody(body: unknown): asserts body is string {
  if (typeof body !== "string" || body === "") throw missingParameter("MessageBody");
  if (FORBIDDEN.test(body)) {
    throw sqsError(
      "InvalidMessageContents",
      `Invalid characters found. Valid unicode characters are ${VALID_CHARACTERS}`,
    );
  }
}

/** @throws AwsError InvalidParameterValue */
export function validateAttributes(attributes: MessageAttributes): void {
  const names = Object.keys(attributes);
  if (names.length > 10) {
    throw invalidParameter(
      "MessageAttributes",
      names.length,
      "Number of message attributes exceeds the allowed maximum of 10.",
    );
  }
  for (const name of names) {
    const attribute = attributes[name]!;
    if (!ATTRIBUTE_NAME.test(name)) {
      throw invalidParameter(
        "MessageAttributes",
        name,
        "The message attribute name can contain the characters A-Z, a-z, 0-9, underscore, hyphen and period, up to 256 of them.",
      );
    }
    if (!ATTRIBUTE_TYPE.test(attribute.DataType ?? "")) {
      throw invalidValue(
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    }
    const value = attribute.DataType.startsWith("Binary") ? attribute.BinaryValue : attribute.StringValue;
    if (value === undefined || value === "") {
      throw invalidValue(
        `Message (user) attribute '${name}' must contain a non-empty value of type '${attribute.DataType}'.`,
      );
    }
    if (attribute.StringValue !== undefined && FORBIDDEN.test(attribute.StringValue)) {
      throw invalidValue(
        `The value of message (user) attribute '${name}' holds invalid characters. Valid unicode characters are ${VALID_CHARACTERS}`,
      );
    }
    if (attribute.DataType.startsWith("Number") && !Number.isFinite(Number(value))) {
      throw invalidValue(`Can't cast the value of message (user) attribute '${name}' to a number.`);
    }
  }
}

function attributeBytes(attribute: MessageAttribute): Buffer {
  return attribute.DataType.startsWith("Binary")
    ? Buffer.from(attribute.BinaryValue ?? "", "base64")
    : Buffer.from(attribute.StringValue ?? "");
}
