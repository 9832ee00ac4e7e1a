import * as dynamodb from "@aws-sdk/client-dynamodb";
import { BOOL, N, S } from "../shared/attributes";
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
  /** @returns the run with this part done, or undefined when another delivery has recorded it. */
  async function record(runId: string, part: number, parts: number, counts: Counts): Promise<Run | undefined> {
    const updated = await unlessConditionFails({
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
    return updated?.Attributes && readRun(updated.Attributes);
  }

  /** Ends the run when all its parts are done. */
  async function finish(run: Run | undefined): Promise<void> {
    if (!run || run.parts === undefined || run.doneParts.length < run.parts) return;
    await unlessConditionFails({
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

  async function unlessConditionFails(
    input: dynamodb.UpdateItemCommandInput,
  ): Promise<dynamodb.UpdateItemCommandOutput | undefined> {
    try {
      return await client.send(new dynamodb.UpdateItemCommand(input));
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return undefined;
    }
  }

  return { record, finish };
}
