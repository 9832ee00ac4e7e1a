import type * as dynamodb from "@aws-sdk/client-dynamodb";
import { messageKey, suppressionKey } from "../message-store/keys";
import { readItems } from "../message-store/recipients";
import { isStatus } from "../message-store/status";
import { number, text } from "../message-store/values";
import type { Item } from "../shared/attributes";
import type { Envelope } from "./envelope";
import type { Fate } from "./protocol";

/** What must be known before a mail is claimed: its item, and whether its address is suppressed. */
export interface Known {
  readonly fate: Fate | undefined;
  /** Why the address must not be mailed. */
  readonly suppressed: string | undefined;
}

/** Reads item and suppression entry in one consistent request. */
export async function readFate(client: dynamodb.DynamoDBClient, table: string, envelope: Envelope): Promise<Known> {
  const suppression = suppressionKey(envelope.to);
  const items = await readItems(client, table, [messageKey(envelope.player, envelope.id), suppression]);
  let fate: Fate | undefined;
  let suppressed: string | undefined;
  for (const item of items) {
    if (text(item, "pk") === suppression.pk.S) suppressed = text(item, "reason") ?? "suppressed";
    else fate = fateOf(item);
  }
  return { fate, suppressed };
}

/** What a message's item says about its mail; undefined when it is no message. */
export function fateOf(item: Item | undefined): Fate | undefined {
  const status = text(item, "status");
  if (!isStatus(status)) return undefined;
  return {
    status,
    dispatch: number(item, "dispatch") ?? 0,
    attempt: number(item, "attempt") ?? 0,
    tries: number(item, "tries") ?? 0,
    throttles: number(item, "throttles") ?? 0,
    claimedAt: number(item, "claimedAt") ?? 0,
    validUntil: number(item, "validUntil"),
    historyLength: item?.["history"]?.L?.length ?? 0,
  };
}
