import type { DynamoDBRecord } from "aws-lambda";
import { numberOf, textOf, type Item } from "../shared/attributes";
import { readReason } from "./item";
import type { StatusChange } from "./message";
import type { Publication } from "./publish";
import { isStatus } from "./status";

/** What the status topic says about a stream record that changed a status. */
export function statusPublication(
  record: DynamoDBRecord,
  sequence: string,
  topicArn: string,
  now: number,
): Publication {
  const after = record.dynamodb?.NewImage as Item | undefined;
  const before = textOf(record.dynamodb?.OldImage as Item | undefined, "status");
  const status = textOf(after, "status") ?? "";
  const last = after?.["history"]?.L?.at(-1)?.M;
  const reason = readReason(after);
  const run = textOf(after, "run");
  const change: StatusChange = {
    event: record.eventID ?? sequence,
    player: textOf(after, "player") ?? "",
    id: textOf(after, "id") ?? "",
    channel: textOf(after, "channel") ?? "",
    type: textOf(after, "type") ?? "",
    template: textOf(after, "template") ?? "",
    ...(run === undefined ? {} : { run }),
    status: isStatus(status) ? status : "failed",
    ...(isStatus(before) ? { previous: before } : {}),
    ...(reason === undefined ? {} : { reason }),
    at: numberOf(last, "at") ?? now,
  };
  return {
    id: `status ${sequence}`,
    topicArn,
    body: JSON.stringify(change),
    attributes: { status, channel: change.channel, type: change.type },
  };
}
