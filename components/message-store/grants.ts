/** Rights on the Messages table, each for one purpose. */
import { TABLE_KEY_ACTIONS, type Statement } from "../shared/iam";
import type { MessageStore } from "./message-store";

type Owner = Pick<MessageStore, "table" | "key">;

/** Writing new messages, and nothing else. */
export function writeStatements({ table, key }: Owner): Statement[] {
  return [
    { Sid: "WriteMessages", Action: "dynamodb:PutItem", Resource: table.arn },
    { Sid: "MessagesKey", Action: TABLE_KEY_ACTIONS.write, Resource: key.arn },
  ];
}

/** Reading items by key. */
export function readStatements({ table, key }: Owner): Statement[] {
  return [
    { Sid: "ReadMessages", Action: "dynamodb:BatchGetItem", Resource: table.arn },
    { Sid: "ReadMessagesKey", Action: "kms:Decrypt", Resource: key.arn },
  ];
}

/** Changing items. */
export function updateStatements({ table, key }: Owner): Statement[] {
  return [
    { Sid: "UpdateMessages", Action: "dynamodb:UpdateItem", Resource: table.arn },
    { Sid: "MessagesKey", Action: TABLE_KEY_ACTIONS.write, Resource: key.arn },
  ];
}
