import { AwsError } from "../../aws-error";
import { toXml } from "../../http/xml";
import type { Json } from "../../service";

/**
 * The query protocol of SQS, which SDKs spoke until 2023: lists and maps are flat and named by their items.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html
 */

/** Lists of the form by the name of an item. */
const LISTS: Readonly<Record<string, string>> = {
  ActionName: "Actions",
  AWSAccountId: "AWSAccountIds",
  AttributeName: "AttributeNames",
  MessageAttributeName: "MessageAttributeNames",
  MessageSystemAttributeName: "MessageSystemAttributeNames",
  TagKey: "TagKeys",
  SendMessageBatchRequestEntry: "Entries",
  DeleteMessageBatchRequestEntry: "Entries",
  ChangeMessageVisibilityBatchRequestEntry: "Entries",
};

/** Maps of the form by the name of an entry. */
const MAPS: Readonly<Record<string, string>> = {
  Attribute: "Attributes",
  MessageAttribute: "MessageAttributes",
  MessageSystemAttribute: "MessageSystemAttributes",
  Tag: "Tags",
};

const NUMBERS: ReadonlySet<string> = new Set([
  "DelaySeconds",
  "MaxNumberOfMessages",
  "MaxNumberOfMessagesPerSecond",
  "MaxResults",
  "VisibilityTimeout",
  "WaitTimeSeconds",
]);

/** A request may go to the queue itself instead of naming it. */
const QUEUE_PATH = /^\/\d{12}\/[^/]+$/;

/** From the form's members to the input of the JSON protocol. */
export function readForm(action: string, form: Json, path = ""): Json {
  const members = Object.entries(form).map(([name, value]): [string, unknown] => {
    // A list or a map of one may come without a number.
    if (LISTS[name] !== undefined) return [LISTS[name], [value].flat().map(readItem)];
    const map = MAPS[name];
    // CreateQueue alone writes its tags in small letters.
    if (map !== undefined) return [map === "Tags" && action === "CreateQueue" ? "tags" : map, readEntries(value)];
    return [name, NUMBERS.has(name) && /^-?\d+$/.test(String(value)) ? Number(value) : value];
  });
  const input: Json = Object.fromEntries(members);
  // In this protocol the older of the two lists is the one that counts.
  if (action === "ReceiveMessage" && input["AttributeNames"] !== undefined) delete input["MessageSystemAttributeNames"];
  return QUEUE_PATH.test(path) ? { QueueUrl: path, ...input } : input;
}

/** An error in the words of the query protocol. */
export function refuseQuery(error: AwsError): AwsError {
  return error.code === "QueueDoesNotExist"
    ? new AwsError(error.code, "The specified queue does not exist for this wsdl version.", error.status, error.detail)
    : error;
}

function readItem(item: unknown): unknown {
  return typeof item === "object" && item !== null ? readForm("", item as Json) : item;
}

function readEntries(entries: unknown): unknown {
  return Object.fromEntries(
    ([entries].flat() as Json[]).map((entry) => [String(entry["Name"] ?? entry["Key"]), entry["Value"] ?? ""]),
  );
}

/** How outputs are called, item by item. */
const ITEMS: Readonly<Record<string, string>> = {
  QueueUrls: "QueueUrl",
  queueUrls: "QueueUrl",
  Messages: "Message",
  Failed: "BatchResultErrorEntry",
  Results: "ListMessageMoveTasksResultEntry",
};

/** The result's element; operations that answer nothing have none. */
export function writeResult(action: string, output: unknown): string {
  const content = contentOf(action, (output ?? {}) as Json);
  const isVoid =
    /^(Add|Delete|Purge|Remove|Set|Tag|Untag|ChangeMessageVisibility$)/.test(action) && !action.endsWith("Batch");
  if (isVoid) return "";
  return content === "" ? `<${action}Result/>` : `<${action}Result>${content}</${action}Result>`;
}

function contentOf(action: string, members: Json): string {
  return Object.entries(members)
    .map(([name, value]) => {
      if (Array.isArray(value)) {
        const item = name === "Successful" ? `${action}ResultEntry` : (ITEMS[name] ?? name);
        return (value as unknown[]).map((each) => itemXml(action, item, each)).join("");
      }
      if (name === "Attributes" || name === "MessageAttributes") return entriesXml(name.slice(0, -1), "Name", value);
      return name === "Tags" ? entriesXml("Tag", "Key", value) : toXml(name, value);
    })
    .join("");
}

function itemXml(action: string, name: string, item: unknown): string {
  if (typeof item !== "object" || item === null) return toXml(name, item);
  return `<${name}>${contentOf(action, item as Json)}</${name}>`;
}

function entriesXml(name: string, key: "Name" | "Key", map: unknown): string {
  return Object.entries((map ?? {}) as Json)
    .map(([each, value]) => toXml(name, { [key]: each, Value: value }))
    .join("");
}
