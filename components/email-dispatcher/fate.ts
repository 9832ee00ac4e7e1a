import type * as dynamodb from "@aws-sdk/client-dynamodb";
import { messageKey, suppressionKey } from "../message-store/keys";
import { readItems } from "../message-store/recipients";
import { isStatus } from "../message-store/status";
import { numberOf, textOf, type Item } from "../shared/attributes";
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
    if (textOf(item, "pk") === suppression.pk.S) suppressed = textOf(item, "reason") ?? "suppressed";
    else fate = fateOf(item);
  }
  return { fate, suppressed };
}

/** What a message's item says about its mail; undefined when it is no message. */
export function fateOf(item: Item | undefined): Fate | undefined {
  const status = textOf(item, "status");
  if (!isStatus(status)) return undefined;
  return {
    status,
    dispatch: numberOf(item, "dispatch") ?? 0,
    attempt: numberOf(item, "attempt") ?? 0,
    tries: numberOf(item, "tries") ?? 0,
    throttles: numberOf(item, "throttles") ?? 0,
    claimedAt: numberOf(item, "claimedAt") ?? 0,
    validUntil: numberOf(item, "validUntil"),
    historyLength: item?.["history"]?.L?.length ?? 0,
  };
}
