import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import type { Captured, HandlerFactory } from "../shared/callback";
import { changeOf, noticeOf, type Change } from "./changes";
import { dropConnection, type DropContext } from "./drop";
import { key, watchSk, WATCH_PREFIX } from "./keys";
import { POSTS_AT_ONCE } from "./limits";
import { newestStatus, noticeFrames, type Notice } from "./notices";
import { inParallel, post, posterFor } from "./post";
import { audienceOf, watchListOf } from "./presence-items";
import { publishChanges } from "./publish";
import type { RegisterContext } from "./register";
import { areFriends, settle } from "./settle";
import { batchWrite, queryAll } from "./store";

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

/** What one connection is to be sent, and out of which records. */
interface Parcel {
  readonly friend: string;
  readonly connection: string;
  readonly notices: Notice[];
  readonly sequences: string[];
  /** Players in whose partitions the watch entry lies. */
  readonly about: Set<string>;
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
        console.error(JSON.stringify({ level: "error", records: sequences, error: String(error) }));
        for (const sequence of sequences) failed.add(sequence);
      };
      const changes: Change[] = [];
      for (const record of Records) {
        const change = changeOf(record);
        if (change) changes.push(change);
        else console.error(JSON.stringify({ level: "error", parked: record.dynamodb?.Keys, reason: "cannot be told" }));
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

type Fail = (sequences: readonly string[], error: unknown) => void;

/** Finds out who is to be told what: one parcel per connection. */
async function address(
  context: RegisterContext,
  changes: readonly Change[],
  nowMs: number,
  fail: Fail,
): Promise<Parcel[]> {
  const parcels = new Map<string, Parcel>();
  const add = (friend: string, connection: string, about: string, sequence: string, notice: Notice): void => {
    const parcel = parcels.get(connection) ?? { friend, connection, notices: [], sequences: [], about: new Set() };
    parcel.notices.push(notice);
    parcel.sequences.push(sequence);
    parcel.about.add(about);
    parcels.set(connection, parcel);
  };
  const audiences = await readAudiences(context, changes, nowMs, fail);
  for (const change of changes) {
    const notice = noticeOf(change);
    if (notice) {
      for (const { friend, connection } of audiences.get(change.player) ?? []) {
        add(friend, connection, change.player, change.sequence, notice);
      }
    } else if (change.kind === "event" && change.event.news) {
      try {
        await addressNews(context, change, nowMs, add);
      } catch (error) {
        fail([change.sequence], error);
      }
    }
  }
  return [...parcels.values()];
}

/** One Query per player whom the batch speaks of. */
async function readAudiences(context: RegisterContext, changes: readonly Change[], nowMs: number, fail: Fail) {
  const { db, presence } = context;
  const audiences = new Map<string, ReturnType<typeof audienceOf>>();
  const players = [...new Set(changes.filter((change) => noticeOf(change)).map(({ player }) => player))];
  await inParallel(players, POSTS_AT_ONCE, async (player) => {
    try {
      audiences.set(player, audienceOf(watchListOf(await queryAll(db, presence, player, WATCH_PREFIX), nowMs)));
    } catch (error) {
      fail(
        changes.filter((change) => change.player === player).map(({ sequence }) => sequence),
        error,
      );
    }
  });
  return audiences;
}

/** News of a friendship: registers the pair (the handler that began it may have died) and tells the two of each other. */
async function addressNews(
  context: RegisterContext,
  change: Change & { readonly kind: "event" },
  nowMs: number,
  add: (friend: string, connection: string, about: string, sequence: string, notice: Notice) => void,
): Promise<void> {
  const { player: me, sequence, event } = change;
  const { peer, scope, connection: origin } = event.news!;
  const pair = await settle(context, me, peer, nowMs);
  if (!areFriends(pair)) return;
  const presence = ({ status, version }: typeof pair.me) => ({ status, version, time: event.nowMs });
  for (const { id } of pair.me.connections) {
    if (id !== origin && !pair.mine?.muted) {
      add(me, id, peer, sequence, { kind: "friend", friend: peer, ...presence(pair.them) });
    }
  }
  if (scope === "me" || pair.theirs?.muted) return;
  for (const { id } of pair.them.connections) {
    add(peer, id, me, sequence, { kind: "friend", friend: me, ...presence(pair.me) });
  }
}

/** A connection that is gone: its entries go, and it counts as dropped. */
async function purge(context: DropContext, { friend, connection, about }: Parcel, nowMs: number): Promise<void> {
  const entries = [...about].map((player) => ({ delete: key(player, watchSk(friend, connection)) }));
  await batchWrite(context.db, context.presence, entries);
  await dropConnection(context, friend, connection, nowMs);
}
