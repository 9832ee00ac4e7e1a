import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import type { Captured, HandlerFactory } from "../shared/callback";
import { logError } from "../shared/log";
import { inParallel } from "../shared/parallel";
import { address, type Parcel } from "./address";
import { changeOf, type Change } from "./changes";
import { dropConnection, type DropContext } from "./drop";
import { key, watchSk } from "./keys";
import { POSTS_AT_ONCE } from "./limits";
import { newestStatus, noticeFrames } from "./notices";
import { post, posterFor } from "./post";
import { publishChanges } from "./publish";
import { batchWrite } from "./store";

/** What the handler captures. */
export interface NotifyConfig {
  readonly players: Captured<string>;
  readonly presence: Captured<string>;
  readonly checks: Captured<string>;
  /** URL of the API's stage for posts. */
  readonly endpoint: Captured<string>;
  /** ARN of the topic of player events. */
  readonly topic: Captured<string>;
  /** Names of the events that somebody reacts to, with commas between. */
  readonly subscribed: Captured<string>;
  readonly graceSeconds: number;
}

/**
 * The one reader of the Presence table's stream: tells friends, one Query per player and one post per connection and
 * batch, then publishes what the studio reacts to. A record that can never be told is logged and counts as done; one
 * that could not be told now is reported, and runs again with all after it: clients know repetitions by version and id.
 */
export function notifyHandler(config: NotifyConfig): HandlerFactory<DynamoDBStreamEvent, DynamoDBBatchResponse> {
  return () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const queue = new sqs.SQSClient({ maxAttempts: 3 });
    const topics = new sns.SNSClient({ maxAttempts: 3 });
    const poster = posterFor(config.endpoint.get());
    return async ({ Records }) => {
      const now = Date.now();
      const context = {
        db,
        players: config.players.get(),
        presence: config.presence.get(),
        checks: { client: queue, url: config.checks.get() },
        graceMs: config.graceSeconds * 1000,
      };
      const failed = new Set<string>();
      const fail = (sequences: readonly string[], error: unknown): void => {
        logError("not told", sequences.join(), error);
        for (const sequence of sequences) failed.add(sequence);
      };
      const changes: Change[] = [];
      for (const record of Records) {
        const change = changeOf(record);
        if (change) changes.push(change);
        else logError("parked", JSON.stringify(record.dynamodb?.Keys), "it can never be told");
      }
      const parcels = await address(context, changes, now, fail);
      await inParallel(parcels, POSTS_AT_ONCE, async (parcel) => {
        try {
          for (const frame of noticeFrames(newestStatus(parcel.notices))) {
            if (await post(poster, parcel.connection, frame)) continue;
            await purge(context, parcel, now);
            return;
          }
        } catch (error) {
          fail(parcel.sequences, error);
        }
      });
      const told = changes.filter(({ sequence }) => !failed.has(sequence));
      await publishChanges(topics, config.topic.get(), config.subscribed.get(), told, fail);
      return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
    };
  };
}

/** A connection that is gone: its entries go, and it counts as dropped. */
async function purge(context: DropContext, { friend, connection, about }: Parcel, nowMs: number): Promise<void> {
  const entries = [...about].map((player) => ({ delete: key(player, watchSk(friend, connection)) }));
  await batchWrite(context.db, context.presence, entries);
  await dropConnection(context, friend, connection, nowMs);
}
