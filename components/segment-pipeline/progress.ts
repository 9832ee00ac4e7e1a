import * as dynamodb from "@aws-sdk/client-dynamodb";
import { BOOL, N, S, type Item } from "../shared/attributes";
import type { Captured } from "../shared/callback";
import { isConditionFailure } from "../shared/condition";
import { readRun, runKey, type Run } from "./run";

/** What a part came to. */
export interface Counts {
  /** Players whose message this part made, in this delivery of it or an earlier one. */
  readonly enqueued: number;
  /** Lines of players who have their message from another line: of this part or, whichever was first, of another. */
  readonly duplicates: number;
  readonly malformed: number;
  readonly refusedPlayers: number;
}

/**
 * Which parts of a run are done. A part's counts are added once, with its number, and stand for the whole part however
 * often it was begun: `enqueued` is the number of players who have a message of the run once all parts are done.
 */
export function partProgress(client: dynamodb.DynamoDBClient, table: Captured<string>) {
  /**
   * @returns the run with this part done: also where it was done already, by another delivery, which may have died before
   *   it ended the run, or by this very request, whose answer was lost and which the SDK then repeated.
   */
  async function record(runId: string, part: number, parts: number, counts: Counts): Promise<Run> {
    const item = await itemAfter({
      TableName: table.get(),
      Key: runKey(runId),
      UpdateExpression:
        "SET parts = :parts ADD doneParts :part, enqueued :enqueued, duplicates :duplicates, malformed :malformed, refusedPlayers :refused",
      ConditionExpression: "NOT contains(doneParts, :number)",
      ExpressionAttributeValues: {
        ":parts": N(parts),
        ":part": { NS: [String(part)] },
        ":number": N(part),
        ":enqueued": N(counts.enqueued),
        ":duplicates": N(counts.duplicates),
        ":malformed": N(counts.malformed),
        ":refused": N(counts.refusedPlayers),
      },
      ReturnValues: "ALL_NEW",
    });
    return readRun(item ?? {});
  }

  /** Ends the run when all its parts are done. */
  async function finish(run: Run): Promise<void> {
    if (run.parts === undefined || run.doneParts.length < run.parts) return;
    await itemAfter({
      TableName: table.get(),
      Key: runKey(run.runId),
      UpdateExpression: "SET #status = :done, finished = :true, endedAt = :now",
      ConditionExpression: "#status = :enqueueing",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: {
        ":done": S("done"),
        ":enqueueing": S("enqueueing"),
        ":true": BOOL(true),
        ":now": N(Math.floor(Date.now() / 1000)),
      },
    });
  }

  /** @returns the item as the update left it or, where its condition did not hold, as it was. */
  async function itemAfter(input: dynamodb.UpdateItemCommandInput): Promise<Item | undefined> {
    try {
      const { Attributes } = await client.send(
        new dynamodb.UpdateItemCommand({ ...input, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
      );
      return Attributes;
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return (error as dynamodb.ConditionalCheckFailedException).Item;
    }
  }

  return { record, finish };
}
