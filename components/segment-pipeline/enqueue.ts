import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as s3 from "@aws-sdk/client-s3";
import * as sqs from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { MessageClient } from "../message-store/enqueue";
import { eachRecord } from "../shared/batch";
import type { Captured, HandlerFactory } from "../shared/callback";
import type { CheckedDefinition } from "./definition";
import { partProgress, type Counts } from "./progress";
import { readResult } from "./result-file";
import { beginsAsResult, partLines, readPlayers } from "./result-lines";
import { RUN_LIMITS, type Run } from "./run";
import { runStore } from "./run-store";
import { readPart, recordsOf, type Part } from "./wake";

/** What the handler captures. */
export interface EnqueueSettings {
  readonly runs: Captured<string>;
  readonly partQueueUrl: Captured<string>;
  readonly definitions: readonly CheckedDefinition[];
  readonly enqueueMany: MessageClient["enqueueMany"];
}

/** Reads one part of a run's result file and enqueues one message per player; a part that comes again adds nothing. */
export function enqueueHandler(settings: EnqueueSettings): HandlerFactory<SQSEvent, SQSBatchResponse> {
  return () => {
    const database = new dynamodb.DynamoDBClient();
    const objects = new s3.S3Client();
    const queues = new sqs.SQSClient();
    const store = runStore(database, settings.runs);
    const progress = partProgress(database, settings.runs);

    return async (event) =>
      eachRecord("part not worked off", recordsOf(event), async ({ body }) => workOff(readPart(body)));

    async function workOff({ runId, part }: Part): Promise<void> {
      const run = await store.get(runId);
      const definition = settings.definitions.find(({ name }) => name === run?.segment);
      if (run?.status !== "enqueueing") return;
      if (!definition) return store.end(run, { status: "failed", reason: "unknown-segment", detail: run.segment });
      if (run.doneParts.includes(part)) return progress.finish(run);
      const { bytes, size } = await readResult(objects, run.result ?? "", part);
      if (part === 0 && !beginsAsResult(bytes)) {
        const detail = `the result ${run.result ?? ""} does not begin with the column pk`;
        return store.end(run, { status: "failed", reason: "result-malformed", detail });
      }
      const parts = Math.max(1, Math.ceil(size / RUN_LIMITS.partBytes));
      // The first part knows how many there are; it hands out the others before its own work, so that they run beside it.
      if (part === 0) await handOut(runId, parts);
      const counts = await enqueuePart(run, part, definition, partLines(bytes, part, RUN_LIMITS.partBytes));
      await progress.finish(await progress.record(runId, part, parts, counts));
    }

    async function handOut(runId: string, parts: number): Promise<void> {
      for (let first = 1; first < parts; first += 10) {
        const entries = Array.from({ length: Math.min(10, parts - first) }, (_, i) => ({
          Id: String(i),
          MessageBody: JSON.stringify({ runId, part: first + i }),
        }));
        const { Failed } = await queues.send(
          new sqs.SendMessageBatchCommand({ QueueUrl: settings.partQueueUrl.get(), Entries: entries }),
        );
        if (Failed && Failed.length > 0)
          throw new Error(`${Failed.length} parts could not be handed out: ${Failed[0]?.Message ?? ""}`);
      }
    }

    async function enqueuePart(
      run: Run,
      part: number,
      definition: CheckedDefinition,
      lines: readonly string[],
    ): Promise<Counts> {
      const { players, malformed, repeated } = readPlayers(lines);
      const { type, template, data, validForSeconds } = definition.message;
      const origin = String(part);
      const results = await settings.enqueueMany(
        players.map((player) => ({
          player,
          type,
          template,
          ...(data === undefined ? {} : { data }),
          deduplicationKey: `run#${run.runId}`,
          run: run.runId,
          origin,
          ...(validForSeconds === undefined ? {} : { validUntil: run.startedAt + validForSeconds }),
        })),
      );
      const refusedPlayers = results.filter((result) => "error" in result).length;
      // A message that is there already was made by an earlier delivery of this part, and is its own, or by another part
      // with the same player: its item tells, so that no delivery has to remember players.
      const elsewhere = results.filter((result) => !("error" in result) && !result.created && result.origin !== origin);
      const duplicates = repeated + elsewhere.length;
      return { enqueued: players.length - refusedPlayers - elsewhere.length, duplicates, malformed, refusedPlayers };
    }
  };
}
