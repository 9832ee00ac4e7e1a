import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { Item } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
import { logError } from "../shared/log";
import { inParallel } from "../shared/parallel";
import { conclude } from "./conclude";
import { asksForPreparation, tellsOfStatus } from "./filters";
import { readMessage } from "./item";
import { judge, ownOf, type Judged, type JudgeSettings, type Work } from "./judge";
import { publishAll, type Publication } from "./publish";
import { statusPublication } from "./status-change";

/** What the handler captures. */
export interface PrepareSettings extends JudgeSettings {
  /** ARN of the topic of each type. */
  readonly topics: Readonly<Record<string, Captured<string>>>;
  readonly statusTopic: Captured<string>;
  /** Statuses that somebody subscribed to. */
  readonly subscribed: readonly string[];
  /** URL of the queue in which records lie that can never succeed. */
  readonly parked: Captured<string>;
}

const PARALLEL_WRITES = 10;

/**
 * Reads the stream of the Messages table: prepares what is queued (gates, rendering, its type's topic) and publishes
 * what became of messages. A record that can never succeed is parked with its reason and counts as done; one that failed
 * for now, or at which an adapter threw, is reported by itself: the mapping brings it back, and lays it down in the
 * queue of failures when its retries are used up.
 */
export function prepareHandler(settings: PrepareSettings): HandlerFactory<DynamoDBStreamEvent, DynamoDBBatchResponse> {
  const { types, subscribed } = settings;
  return () => {
    const database = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const topics = new sns.SNSClient({ maxAttempts: 3 });
    const queues = new sqs.SQSClient({ maxAttempts: 3 });

    return async (event) => {
      const table = settings.table.get();
      const now = Math.floor(Date.now() / 1000);
      const failed: Record<string, true> = {};
      const publications: Publication[] = [];

      function fail(sequence: string, error: unknown): void {
        logError("prepare", sequence, error);
        failed[sequence] = true;
      }

      async function attempt(sequence: string, step: () => Promise<unknown>): Promise<void> {
        try {
          await step();
        } catch (error) {
          fail(sequence, error);
        }
      }

      const work: Work[] = [];
      for (const record of event.Records) {
        const sequence = record.dynamodb?.SequenceNumber ?? "";
        await attempt(sequence, async () => {
          if (tellsOfStatus(record, subscribed)) {
            publications.push(statusPublication(record, sequence, settings.statusTopic.get(), now));
          }
          if (!asksForPreparation(record)) return;
          const message = readMessage(record.dynamodb?.NewImage as Item | undefined);
          if (message) work.push({ sequence, message });
          else await park(record, "malformed-item");
        });
      }

      let judged: readonly Judged[] = [];
      try {
        judged = await judge(database, settings, work, now, fail);
      } catch (error) {
        logError("prepare", "batch", error);
        for (const { sequence } of work) failed[sequence] = true;
      }

      await inParallel(judged, PARALLEL_WRITES, async ({ sequence, message, outcome }) => {
        if (outcome.to === "publish") publications.push(preparation(sequence, message, outcome.body));
        else await attempt(sequence, () => conclude(database, table, message, outcome, now));
      });

      const refusals = await publishAll(topics, publications);
      for (const { sequence, message } of work) {
        const refusal = refusals[`prepare ${sequence}`];
        if (!refusal) continue;
        const reason = { code: "publish-refused", detail: refusal.detail };
        if (refusal.forGood)
          await attempt(sequence, () => conclude(database, table, message, { to: "failed", reason }, now));
        else failed[sequence] = true;
      }
      for (const id of Object.keys(refusals)) if (id.startsWith("status ")) failed[id.slice(7)] = true;
      return { batchItemFailures: Object.keys(failed).map((itemIdentifier) => ({ itemIdentifier })) };
    };

    async function park(record: DynamoDBRecord, reason: string): Promise<void> {
      const body = JSON.stringify({ reason, keys: record.dynamodb?.Keys, eventID: record.eventID });
      await queues.send(new sqs.SendMessageCommand({ QueueUrl: settings.parked.get(), MessageBody: body }));
    }

    function preparation(sequence: string, { type, channel }: Work["message"], body: string): Publication {
      return {
        id: `prepare ${sequence}`,
        topicArn: settings.topics[type]?.get() ?? "",
        body,
        attributes: { channel, type, priority: String(ownOf(types, type)?.priority ?? 9) },
      };
    }
  };
}
