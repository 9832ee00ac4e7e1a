import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { Captured, HandlerFactory } from "../shared/callback";
import type { Item } from "../shared/attributes";
import type { ChannelAdapter, Recipient } from "./channel";
import { conclude } from "./conclude";
import { asksForPreparation, tellsOfStatus } from "./filters";
import { passGates, type Verdict } from "./gates";
import { readMessage } from "./item";
import type { MessageType, StoredMessage } from "./message";
import { inParallel } from "./parallel";
import { publishAll, type Publication } from "./publish";
import { readRecipients } from "./recipients";
import { statusPublication } from "./status-change";
import { readSuppressed } from "./suppressions";
import { logError } from "../shared/log";

export interface PrepareSettings {
  readonly table: Captured<string>;
  /** Table of players; none when messages carry their own addresses. */
  readonly directory: Captured<string> | undefined;
  readonly types: Readonly<Record<string, MessageType>>;
  /** ARN of the topic of each type. */
  readonly topics: Readonly<Record<string, Captured<string>>>;
  readonly statusTopic: Captured<string>;
  /** Statuses that somebody subscribed to. */
  readonly subscribed: readonly string[];
  /** URL of the queue in which records lie that can never succeed. */
  readonly parked: Captured<string>;
  readonly channels: Readonly<Record<string, ChannelAdapter>>;
}

interface Work {
  readonly sequence: string;
  readonly message: StoredMessage;
}

const PARALLEL_WRITES = 10;

/**
 * Reads the stream of the Messages table: prepares what is queued (gates, rendering, its type's topic) and publishes
 * what became of messages. A record that can never succeed is parked with its reason and counts as done; one that failed
 * for now is reported, and the mapping brings it back.
 */
export function prepareHandler(settings: PrepareSettings): HandlerFactory<DynamoDBStreamEvent, DynamoDBBatchResponse> {
  const { directory, types, subscribed, channels } = settings;
  return () => {
    const database = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const topics = new sns.SNSClient({ maxAttempts: 3 });
    const queues = new sqs.SQSClient({ maxAttempts: 3 });

    return async (event) => {
      const table = settings.table.get();
      const now = Math.floor(Date.now() / 1000);
      const failed: Record<string, true> = {};
      const publications: Publication[] = [];

      async function park(record: DynamoDBRecord, reason: string): Promise<void> {
        const body = JSON.stringify({ reason, keys: record.dynamodb?.Keys, eventID: record.eventID });
        await queues.send(new sqs.SendMessageCommand({ QueueUrl: settings.parked.get(), MessageBody: body }));
      }

      async function attempt(sequence: string, step: () => Promise<unknown>): Promise<void> {
        try {
          await step();
        } catch (error) {
          logError("prepare", sequence, error);
          failed[sequence] = true;
        }
      }

      const work: Work[] = [];
      for (const record of event.Records) {
        const sequence = record.dynamodb?.SequenceNumber ?? "";
        const image = record.dynamodb?.NewImage as Item | undefined;
        if (tellsOfStatus(record, subscribed)) {
          publications.push(statusPublication(record, sequence, settings.statusTopic.get(), now));
        }
        if (!asksForPreparation(record)) continue;
        const message = readMessage(image);
        if (message) work.push({ sequence, message });
        else await attempt(sequence, () => park(record, "malformed-item"));
      }

      let judged: { sequence: string; message: StoredMessage; recipient: Recipient; verdict: Verdict }[] = [];
      let suppressed: Record<string, string> = {};
      try {
        const players = work.map((w) => w.message.player);
        const recipients = directory && work.length > 0 ? await readRecipients(database, directory.get(), players) : {};
        judged = work.map(({ sequence, message }) => {
          const recipient = recipients[message.player] ?? { known: false, preferences: {} };
          const verdict = passGates(message, recipient, typeOf(message), adapterOf(message), now);
          return { sequence, message, recipient, verdict };
        });
        const addresses = judged.flatMap(({ verdict }) => (verdict.to === "render" ? [verdict.address] : []));
        suppressed = await readSuppressed(database, table, addresses);
      } catch (error) {
        logError("prepare", "batch", error);
        judged = [];
        for (const { sequence } of work) failed[sequence] = true;
      }

      await inParallel(judged, PARALLEL_WRITES, async ({ sequence, message, recipient, verdict }) => {
        const final = finish(message, recipient, verdict, suppressed);
        if (final.to !== "publish") {
          await attempt(sequence, () => conclude(database, table, message, final, now));
        } else {
          publications.push({
            id: `prepare ${sequence}`,
            topicArn: settings.topics[message.type]?.get() ?? "",
            body: JSON.stringify(final.body),
            attributes: {
              channel: message.channel,
              type: message.type,
              priority: String(typeOf(message)?.priority ?? 9),
            },
          });
        }
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

    // Names come with the message: `constructor` is none of a type or channel.
    function typeOf({ type }: StoredMessage): MessageType | undefined {
      return Object.hasOwn(types, type) ? types[type] : undefined;
    }

    function adapterOf({ channel }: StoredMessage): ChannelAdapter | undefined {
      return Object.hasOwn(channels, channel) ? channels[channel] : undefined;
    }

    function finish(
      message: StoredMessage,
      recipient: Recipient,
      verdict: Verdict,
      suppressed: Record<string, string>,
    ) {
      if (verdict.to === "publish") return { to: "publish" as const, body: { ...message } };
      if (verdict.to !== "render") return verdict;
      const why = suppressed[verdict.address];
      if (why !== undefined) return { to: "skipped" as const, reason: { code: "suppressed", detail: why } };
      try {
        const answer = adapterOf(message)?.render(message, recipient, verdict.address);
        if (answer && "body" in answer) return { to: "publish" as const, body: answer.body };
        const reason = answer?.fail ?? { code: "channel-unknown", detail: message.channel };
        return { to: "failed" as const, reason };
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        return { to: "failed" as const, reason: { code: "template-error", template: message.template, detail } };
      }
    }
  };
}
