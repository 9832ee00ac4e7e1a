import type { DynamoDBRecord } from "aws-lambda";
import { numberOf, textOf, type Item } from "../shared/attributes";
import { eventOf, type PlayerEvent } from "./event-items";
import { PRESENCE_SK } from "./keys";
import type { Notice } from "./notices";

/** What a stream record says. */
export type Change = { readonly sequence: string; readonly player: string } & (
  | { readonly kind: "status"; readonly status: "online" | "offline"; readonly version: number; readonly time: number }
  | { readonly kind: "event"; readonly event: PlayerEvent }
);

/** Reads a record; undefined if it can never be told, which no retry changes. */
export function changeOf(record: DynamoDBRecord): Change | undefined {
  const sequence = record.dynamodb?.SequenceNumber;
  const item = record.dynamodb?.NewImage as Item | undefined;
  if (sequence === undefined || !item) return undefined;
  if (textOf(item, "sk") !== PRESENCE_SK) {
    const event = eventOf(item);
    if (!event || !isJson(event.data)) return undefined;
    return { sequence, player: event.player, kind: "event", event };
  }
  const player = textOf(item, "playerId");
  const status = textOf(item, "status");
  const version = numberOf(item, "version");
  if (player === undefined || version === undefined || (status !== "online" && status !== "offline")) return undefined;
  return { sequence, player, kind: "status", status, version, time: numberOf(item, "changedAt") ?? 0 };
}

function isJson(text: string | undefined): boolean {
  try {
    if (text !== undefined) JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The notice for friends; undefined for what friends are not told. */
export function noticeOf(change: Change): Notice | undefined {
  if (change.kind === "status") {
    return { kind: change.status, friend: change.player, version: change.version, time: change.time };
  }
  const { event } = change;
  if (event.news || event.quiet) return undefined;
  return {
    kind: "event",
    friend: change.player,
    event: event.event,
    ...(event.data === undefined ? {} : { data: JSON.parse(event.data) as unknown }),
    id: event.id,
    time: event.nowMs,
  };
}

/** The name under which the studio's reactions hear of a change; undefined for the gateway's own news. */
export function eventNameOf(change: Change): string | undefined {
  if (change.kind === "status") return change.status;
  return change.event.news ? undefined : change.event.event;
}
