import * as sqs from "@aws-sdk/client-sqs";
import { MAX_DELAY_SECONDS } from "../shared/aws-limits";
import { removeConnection } from "./connections";
import { key, PRESENCE_SK, watchSk, WATCH_PREFIX } from "./keys";
import { presenceOf, watchListOf, type Presence } from "./presence-items";
import { batchGet, batchWrite, queryAll, type Database } from "./store";

/** What the delayed check is told: whose presence to look at, and which connection it watches. */
export interface CheckMessage {
  readonly player: string;
  readonly connection: string;
  /** As stored with the connection; a check of another name is out of date. */
  readonly check: string;
}

/** The queue of delayed checks. */
export interface CheckQueue {
  readonly client: sqs.SQSClient;
  readonly url: string;
}

/** Arms a check, at most 15 minutes ahead. */
export async function armCheck(queue: CheckQueue, message: CheckMessage, delayMs: number): Promise<void> {
  await queue.client.send(
    new sqs.SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody: JSON.stringify(message),
      DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(1, Math.ceil(delayMs / 1000))),
    }),
  );
}

/** What dropping a connection works on. */
export interface DropContext {
  readonly db: Database;
  /** Name of the Presence table. */
  readonly presence: string;
  readonly checks: CheckQueue;
  readonly graceMs: number;
}

/** A connection is gone: rule 4 of the presence protocol. Idempotent; whatever it misses, the delayed check makes good. */
export async function dropConnection(
  context: DropContext,
  player: string,
  connection: string,
  nowMs: number,
): Promise<void> {
  const { db, presence: table } = context;
  const left = (await removeConnection(db, table, player, connection, nowMs)) ?? (await readPresence(context, player));
  if (left.connections.length === 0 && left.status === "online") {
    await armCheck(context.checks, { player, connection, check: "" }, context.graceMs);
  }
  await forgetAtFriends(db, table, player, [connection], nowMs);
}

/** Deletes a player's entries at the friends whom he hears of. */
export async function forgetAtFriends(
  db: Database,
  table: string,
  player: string,
  connections: readonly string[],
  nowMs: number,
): Promise<void> {
  const own = watchListOf(await queryAll(db, table, player, WATCH_PREFIX), nowMs);
  const friends = [...new Set(own.watchers.map(({ friend }) => friend))];
  await batchWrite(
    db,
    table,
    friends.flatMap((friend) => connections.map((id) => ({ delete: key(friend, watchSk(player, id)) }))),
  );
}

/** A player's presence, read consistently. */
export async function readPresence(context: Pick<DropContext, "db" | "presence">, player: string): Promise<Presence> {
  const [found] = await batchGet(context.db, [{ table: context.presence, key: key(player, PRESENCE_SK) }]);
  return presenceOf(found?.item);
}
