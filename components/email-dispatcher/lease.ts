import * as dynamodb from "@aws-sdk/client-dynamodb";
import { leaseKey } from "../message-store/keys";
import { N, numberOf } from "../shared/attributes";
import { isConditionFailure } from "../shared/condition";
import { MAX_AHEAD_MS } from "./limits";

/** Slots in time, one mail each: the first at `from`, then one every `interval` (epoch milliseconds, milliseconds). */
export interface Lease {
  readonly from: number;
  readonly interval: number;
  /** Slots given; fewer than asked when the rest would lie too far ahead. */
  readonly slots: number;
}

/** What a container remembers of the lease, so that it mostly takes one request. */
export interface LeaseMemory {
  next?: number;
}

const ROUNDS = 20;

/**
 * Takes slots of the provider's rate for a whole batch, in one conditional update of one item: `next` is the time of the
 * first free slot. All containers together keep the rate, whatever their number.
 */
export async function takeLease(
  client: dynamodb.DynamoDBClient,
  table: string,
  dispatcher: string,
  wanted: number,
  ratePerSecond: number,
  now: number,
  memory: LeaseMemory,
): Promise<Lease> {
  const interval = 1000 / ratePerSecond;
  let next = memory.next;
  for (let round = 0; round < ROUNDS; round++) {
    const from = Math.max(now, next ?? 0);
    const fitting = Math.floor((now + MAX_AHEAD_MS - from) / interval) + 1;
    const slots = Math.max(0, Math.min(wanted, fitting));
    if (slots === 0) return { from, interval, slots };
    try {
      await client.send(
        new dynamodb.UpdateItemCommand({
          TableName: table,
          Key: leaseKey(dispatcher),
          UpdateExpression: "SET #next = :after",
          ConditionExpression: next === undefined ? "attribute_not_exists(#next)" : "#next = :next",
          ExpressionAttributeNames: { "#next": "next" },
          ExpressionAttributeValues: {
            ":after": N(from + slots * interval),
            ...(next === undefined ? {} : { ":next": N(next) }),
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      memory.next = from + slots * interval;
      return { from, interval, slots };
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      next = numberOf((error as dynamodb.ConditionalCheckFailedException).Item, "next");
    }
  }
  return { from: now + MAX_AHEAD_MS, interval, slots: 0 };
}
