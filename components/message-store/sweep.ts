import * as dynamodb from "@aws-sdk/client-dynamodb";
import { L, N, numberOf, S, type Item } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
import { isConditionFailure } from "../shared/condition";
import { logError } from "../shared/log";
import { inParallel } from "../shared/parallel";
import { historyEntry } from "./item";
import { DUE_INDEX } from "./keys";
import { ALL_SHARDS_SECONDS, DEFAULT_DUE_SHARDS, MAX_DUE_SHARDS } from "./limits";
import { RANK } from "./status";

/** What a run of the sweeper did. */
export interface Swept {
  /** Messages queued again. */
  readonly woken: number;
  /** True when time ran out before the index was empty; the next minute goes on. */
  readonly more: boolean;
}

/** What the handler captures. */
export interface SweepSettings {
  readonly table: Captured<string>;
  /** Shards of the due index in use. @default 1 */
  readonly dueShards?: number;
}

const PAGE = 500;
const PARALLEL_WRITES = 25;
/** Milliseconds that must be left for another page. */
const RESERVE = 5_000;

/**
 * Runs every minute: wakes what is held and due, page by page, until nothing is left or its time is nearly over. What it
 * reads is everything that is due, however long: an entry stays in the index until its message is woken, so that neither
 * a late write nor a run that died leaves one behind, and no mark of what was read before is needed. A minute in which
 * nothing is due costs one Query for each shard in use; the others are looked into by a new container and once an hour,
 * so that a store whose number of shards was lowered forgets nothing.
 */
export function sweepHandler({ table, dueShards = DEFAULT_DUE_SHARDS }: SweepSettings): HandlerFactory<unknown, Swept> {
  return () => {
    const client = new dynamodb.DynamoDBClient({ maxAttempts: 5 });
    let allReadAt = 0;

    return async (_event, context) => {
      const now = Math.floor(Date.now() / 1000);
      const all = now - allReadAt >= ALL_SHARDS_SECONDS;
      const shards = all ? MAX_DUE_SHARDS : dueShards;
      let woken = 0;
      let more = false;
      for (let shard = 0; shard < shards && !more; shard++) {
        let start: Item | undefined;
        do {
          if (context.getRemainingTimeInMillis() < RESERVE) {
            more = true;
            break;
          }
          const page = await readPage(String(shard), now, start);
          const results = await inParallel(page.Items ?? [], PARALLEL_WRITES, (item) => wake(item, now));
          woken += results.filter((done) => done).length;
          start = page.LastEvaluatedKey;
        } while (start);
      }
      if (all && !more) allReadAt = now;
      return { woken, more };
    };

    function readPage(shard: string, now: number, start: Item | undefined): Promise<dynamodb.QueryCommandOutput> {
      return client.send(
        new dynamodb.QueryCommand({
          TableName: table.get(),
          IndexName: DUE_INDEX,
          KeyConditionExpression: "dueBucket = :bucket AND dueAt <= :now",
          ExpressionAttributeValues: { ":bucket": S(shard), ":now": N(now) },
          Limit: PAGE,
          ...(start ? { ExclusiveStartKey: start } : {}),
        }),
      );
    }

    async function wake(entry: Item, now: number): Promise<boolean> {
      const { pk, sk } = entry;
      if (!pk || !sk) return false;
      try {
        await client.send(
          new dynamodb.UpdateItemCommand({
            TableName: table.get(),
            Key: { pk, sk },
            UpdateExpression:
              "SET #status = :queued, #rank = :rank, history = list_append(history, :entry), dispatch = dispatch + :one REMOVE dueBucket, dueAt, #reason",
            // The time it waits for may have been changed since the index was read.
            ConditionExpression: "#status = :held AND dueAt = :due",
            ExpressionAttributeNames: { "#status": "status", "#rank": "rank", "#reason": "reason" },
            ExpressionAttributeValues: {
              ":queued": S("queued"),
              ":held": S("held"),
              ":rank": N(RANK.queued),
              ":one": N(1),
              ":due": N(numberOf(entry, "dueAt") ?? 0),
              ":entry": L([historyEntry("queued", now, "due")]),
            },
          }),
        );
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        // An item that somebody tampered with can never be woken; the others can.
        if ((error as { name?: unknown } | null)?.name !== "ValidationException") throw error;
        logError("sweep", `${pk.S ?? ""} ${sk.S ?? ""}`, error);
        return false;
      }
    }
  };
}
