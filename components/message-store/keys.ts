import * as crypto from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { S } from "../shared/attributes";
import { encodePlayerId, playerPk } from "../shared/player-keys";
import { ulid } from "../shared/ulid";
import { DEFAULT_DUE_SHARDS } from "./limits";

/** A key of the Messages table. */
export type Key = { pk: AttributeValue; sk: AttributeValue };

/** Name of the sparse index of what waits for its time. */
export const DUE_INDEX = "due";

/** Key of a message's item. */
export function messageKey(player: string, id: string): Key {
  return { pk: S(playerPk(player)), sk: S(`MSG#${id}`) };
}

/**
 * Id of a message: with a deduplication key a hash of player and key, so that the same call makes the same item;
 * otherwise a ULID, so that a player's messages lie in the order of their making.
 */
export function messageId(player: string, deduplicationKey: string | undefined): string {
  if (deduplicationKey === undefined) return ulid(Date.now());
  return crypto
    .createHash("sha256")
    .update(JSON.stringify([player, deduplicationKey]))
    .digest("hex")
    .slice(0, 32);
}

/** Key of the entry that forbids an address. The address itself is not in it. */
export function suppressionKey(address: string): Key {
  const hash = crypto.createHash("sha256").update(address.trim().toLowerCase()).digest("hex");
  return { pk: S(`SUPPRESSED#${hash}`), sk: S("SUPPRESSED") };
}

/** Key of a dispatcher's send lease. */
export function leaseKey(dispatcher: string): Key {
  return { pk: S(`LEASE#${encodePlayerId(dispatcher)}`), sk: S("LEASE") };
}

/** Shard of the due index in which a message waits: always the same one, or one of `shards` by its id. */
export function dueBucket(id: string, shards: number = DEFAULT_DUE_SHARDS): string {
  let sum = 0;
  for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) >>> 0;
  return String(sum % shards);
}
