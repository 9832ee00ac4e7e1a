import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as streams from "@aws-sdk/client-dynamodb-streams";
import * as lambda from "@aws-sdk/client-lambda";
import { N, S, type Item } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
import { isConditionFailure } from "../shared/condition";
import { readBatch, type GivenUp } from "../shared/given-up";
import { decodePlayerId } from "../shared/player-keys";
import { givenUpRedrive, type Done, type Redriven } from "../shared/redrive";
import { readMessage } from "./item";
import { dueBucket } from "./keys";
import { transition, transitionInput } from "./transition";

/** What the handler captures. */
export interface StoreRedriveSettings {
  readonly table: Captured<string>;
  readonly failuresUrl: Captured<string>;
}

const RESERVE_MS = 5_000;

/** What an item must have to be read as a message (`readMessage`), as names of an expression, with their types. */
const READABLE = [
  ["#player", "S"],
  ["#id", "S"],
  ["#channel", "S"],
  ["#type", "S"],
  ["#template", "S"],
  ["#data", "S"],
  ["#dispatch", "N"],
  ["#history", "L"],
] as const;

/**
 * Does again what was given up. Of the stream's mapping: finds the records of each batch in the stream, and lets every
 * message that is still `queued` be woken by the sweeper, as it lets one whose record was parked and whose item has been
 * mended since. Of an asynchronous invocation: starts it again. Entries whose records are gone from the stream (24 h), or
 * whose item is still malformed, stay.
 */
export function storeRedriveHandler(settings: StoreRedriveSettings): HandlerFactory<unknown, Redriven> {
  return () => {
    const database = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const reader = new streams.DynamoDBStreamsClient({ maxAttempts: 3 });
    return givenUpRedrive({
      queueUrl: settings.failuresUrl,
      functions: new lambda.LambdaClient({ maxAttempts: 3 }),
      reserveMs: RESERVE_MS,
      again: (given) => (given.keys ? wakeParked(given.keys) : wakeBatch(given)),
    });

    /** The item is not read, only asked to be one that can be prepared: what still is none stays where it is. */
    async function wakeParked(keys: Item): Promise<Done> {
      const pk = keys["pk"]?.S ?? "";
      const sk = keys["sk"]?.S ?? "";
      if (!pk.startsWith("PLAYER#") || !sk.startsWith("MSG#")) return undefined;
      const of = { player: decodePlayerId(pk.slice("PLAYER#".length)), id: sk.slice("MSG#".length) };
      const whole = READABLE.map(([name, type]) => `attribute_type(${name}, :${type})`).join(" AND ");
      const input = transitionInput(settings.table.get(), {
        ...wake(of),
        condition: `#player = :player AND ${whole}`,
        names: Object.fromEntries(READABLE.map(([name]) => [name, name.slice(1)])),
        values: { ...wake(of).values, ":player": S(of.player), ":S": S("S"), ":N": S("N"), ":L": S("L") },
      });
      try {
        await database.send(
          new dynamodb.UpdateItemCommand({ ...input, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
        );
        return 1;
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        const left = (error as dynamodb.ConditionalCheckFailedException).Item;
        return left?.["status"]?.S === "queued" ? undefined : 0;
      }
    }

    async function wakeBatch(given: GivenUp): Promise<Done> {
      const records = await readBatch(reader, given);
      if (!records) return undefined;
      let woken = 0;
      for (const record of records) if (await wakeLater(record)) woken += 1;
      return woken;
    }

    function wakeLater(record: streams._Record): Promise<boolean> {
      const message = readMessage(record.dynamodb?.NewImage);
      if (message?.status !== "queued") return Promise.resolve(false);
      return transition(database, settings.table.get(), { ...wake(message), dispatch: message.dispatch });
    }

    /** The step by which the sweeper takes a message up. */
    function wake({ player, id }: { readonly player: string; readonly id: string }) {
      const now = Math.floor(Date.now() / 1000);
      return {
        player,
        id,
        from: "queued" as const,
        to: "held" as const,
        at: now,
        detail: "redrive",
        set: ["dueBucket = :bucket", "dueAt = :due"],
        values: { ":bucket": S(dueBucket(id)), ":due": N(now) },
      };
    }
  };
}
