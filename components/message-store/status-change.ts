import type { DynamoDBRecord } from "aws-lambda";
import type { Item } from "../shared/attributes";
import { readReason } from "./item";
import type { StatusChange } from "./message";
import type { Publication } from "./publish";
import { isStatus } from "./status";
import { number, text } from "./values";

/** What the status topic says about a stream record that changed a status. */
export function statusPublication(
  record: DynamoDBRecord,
  sequence: string,
  topicArn: string,
  now: number,
): Publication {
  const after = record.dynamodb?.NewImage as Item | undefined;
  const before = text(record.dynamodb?.OldImage as Item | undefined, "status");
  const status = text(after, "status") ?? "";
  const last = after?.["history"]?.L?.at(-1)?.M;
  const reason = readReason(after);
  const run = text(after, "run");
  const change: StatusChange = {
    event: record.eventID ?? sequence,
    player: text(after, "player") ?? "",
    id: text(after, "id") ?? "",
    channel: text(after, "channel") ?? "",
    type: text(after, "type") ?? "",
    template: text(after, "template") ?? "",
    ...(run === undefined ? {} : { run }),
    status: isStatus(status) ? status : "failed",
    ...(isStatus(before) ? { previous: before } : {}),
    ...(reason === undefined ? {} : { reason }),
    at: number(last, "at") ?? now,
  };
  return {
    id: `status ${sequence}`,
    topicArn,
    body: JSON.stringify(change),
    attributes: { status, channel: change.channel, type: change.type },
  };
}
