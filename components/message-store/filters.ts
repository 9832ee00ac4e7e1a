import type { DynamoDBRecord } from "aws-lambda";
import type { MessageStatus } from "./status";

/**
 * What the stream's function is woken for: a new message, a message that is queued again after it was held or redriven,
 * and the statuses that somebody subscribed to. A message queued again by its sender (refused, throttled) is not: its
 * copy is in the channel's queue already.
 */
export function streamFilters(subscribed: readonly MessageStatus[]): object[] {
  const filters: object[] = [
    { eventName: ["INSERT"], dynamodb: { NewImage: { status: { S: ["queued"] } } } },
    {
      eventName: ["MODIFY"],
      dynamodb: { NewImage: { status: { S: ["queued"] } }, OldImage: { status: { S: ["held", "failed"] } } },
    },
  ];
  if (subscribed.length > 0) {
    filters.push({ eventName: ["INSERT", "MODIFY"], dynamodb: { NewImage: { status: { S: [...subscribed] } } } });
  }
  return filters;
}

/** Whether a record asks for a message to be prepared. */
export function asksForPreparation(record: DynamoDBRecord): boolean {
  if (record.dynamodb?.NewImage?.["status"]?.S !== "queued") return false;
  if (record.eventName === "INSERT") return true;
  const before = record.dynamodb.OldImage?.["status"]?.S;
  return record.eventName === "MODIFY" && (before === "held" || before === "failed");
}

/** Whether a record tells of a change into a subscribed status. */
export function tellsOfStatus(record: DynamoDBRecord, subscribed: readonly string[]): boolean {
  if (record.eventName !== "INSERT" && record.eventName !== "MODIFY") return false;
  const after = record.dynamodb?.NewImage?.["status"]?.S;
  return after !== undefined && subscribed.includes(after) && record.dynamodb?.OldImage?.["status"]?.S !== after;
}
