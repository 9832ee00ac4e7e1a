import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as s3 from "@aws-sdk/client-s3";
import * as sqs from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { MessageClient } from "../message-store/enqueue";
import { BOOL, N, S } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
import { logError } from "../shared/log";
import type { CheckedDefinition } from "./definition";
import { partLines, partRange, readPlayers } from "./result-lines";
import { readRun, RUN_LIMITS, runKey, type Run } from "./run";

export interface EnqueueSettings {
  readonly runs: Captured<string>;
  readonly partQueueUrl: Captured<string>;
  readonly definitions: readonly CheckedDefinition[];
  readonly enqueueMany: MessageClient["enqueueMany"];
}

interface Counts {
  readonly enqueued: number;
  readonly duplicates: number;
  readonly malformed: number;
  readonly refusedPlayers: number;
}

/** Reads one part of a run's result file and enqueues one message per player; a part that comes again adds nothing. */
export function enqueueHandler(settings: EnqueueSettings): HandlerFactory<SQSEvent, SQSBatchResponse> {
  return () => {
    const database = new dynamodb.DynamoDBClient();
    const objects = new s3.S3Client();
    const queues = new sqs.SQSClient();

    return async (event) => {
      const failures: { itemIdentifier: string }[] = [];
      for (const record of event.Records) {
        try {
          const { runId, part } = JSON.parse(record.body) as { runId: string; part: number };
          await workOff(runId, part);
        } catch (error) {
          logError("part not worked off", record.messageId, error);
          failures.push({ itemIdentifier: record.messageId });
        }
      }
      return { batchItemFailures: failures };
    };

    async function workOff(runId: string, part: number): Promise<void> {
      const { Item } = await database.send(
        new dynamodb.GetItemCommand({ TableName: settings.runs.get(), Key: runKey(runId), ConsistentRead: true }),
      );
      const run = Item && readRun(Item);
      const definition = settings.definitions.find(({ name }) => name === run?.segment);
      if (run?.status !== "enqueueing" || !definition) return;
      if (run.parts !== undefined && run.doneParts.includes(part)) return finish(runId, run.parts, run);
      const { bytes, size } = await readPart(run.result ?? "", part);
      const parts = Math.max(1, Math.ceil(size / RUN_LIMITS.partBytes));
      // The first part knows how many there are; it hands out the others before its own work, so that they run beside it.
      if (part === 0) await handOut(runId, parts);
      const counts = await enqueuePart(run, definition, partLines(bytes, part, RUN_LIMITS.partBytes));
      await finish(runId, parts, await record(runId, part, parts, counts));
    }

    async function readPart(location: string, part: number): Promise<{ bytes: Buffer; size: number }> {
      const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
      const { from, to } = partRange(part, RUN_LIMITS.partBytes, RUN_LIMITS.lineBytes);
      try {
        const got = await objects.send(
          new s3.GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${from}-${to}` }),
        );
        const size = Number(got.ContentRange?.split("/")[1] ?? got.ContentLength ?? 0);
        return { bytes: Buffer.from((await got.Body?.transformToByteArray()) ?? []), size };
      } catch (error) {
        // An empty file has no range at all.
        if ((error as { name?: unknown }).name === "InvalidRange") return { bytes: Buffer.alloc(0), size: 0 };
        throw error;
      }
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

    async function enqueuePart(run: Run, definition: CheckedDefinition, lines: readonly string[]): Promise<Counts> {
      const { players, malformed, repeated } = readPlayers(lines);
      const { type, template, data, validForSeconds } = definition.message;
      const results = await settings.enqueueMany(
        players.map((player) => ({
          player,
          type,
          template,
          ...(data === undefined ? {} : { data }),
          deduplicationKey: `run#${run.runId}`,
          run: run.runId,
          ...(validForSeconds === undefined ? {} : { validUntil: run.startedAt + validForSeconds }),
        })),
      );
      const refused = results.filter((result) => "error" in result).length;
      // A message that exists already was made by an earlier delivery of this part: the key names the run.
      return { enqueued: results.length - refused, duplicates: repeated, malformed, refusedPlayers: refused };
    }

    /** Counts a part once: the condition drops what a second delivery would add. */
    async function record(runId: string, part: number, parts: number, counts: Counts): Promise<Run | undefined> {
      try {
        const { Attributes } = await database.send(
          new dynamodb.UpdateItemCommand({
            TableName: settings.runs.get(),
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
          }),
        );
        return Attributes && readRun(Attributes);
      } catch (error) {
        if ((error as { name?: unknown }).name !== "ConditionalCheckFailedException") throw error;
        return undefined;
      }
    }

    async function finish(runId: string, parts: number, run: Run | undefined): Promise<void> {
      if (!run || run.doneParts.length < parts) return;
      try {
        await database.send(
          new dynamodb.UpdateItemCommand({
            TableName: settings.runs.get(),
            Key: runKey(runId),
            UpdateExpression: "SET #status = :done, finished = :true, endedAt = :now",
            ConditionExpression: "#status = :enqueueing",
            ExpressionAttributeNames: { "#status": "status" },
            ExpressionAttributeValues: {
              ":done": S("done"),
              ":enqueueing": S("enqueueing"),
              ":true": BOOL(true),
              ":now": N(Math.floor(Date.now() / 1000)),
            },
          }),
        );
      } catch (error) {
        if ((error as { name?: unknown }).name !== "ConditionalCheckFailedException") throw error;
      }
    }
  };
}
