import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { eachRecord } from "../shared/batch";
import type { Captured, HandlerFactory } from "../shared/callback";
import { goOffline, removeExpired } from "./connections";
import { armCheck, forgetAtFriends, readPresence, type CheckMessage, type DropContext } from "./drop";

/** What the handler captures: the Presence table's name, the URL of the queue of checks. */
export interface CheckConfig {
  readonly presence: Captured<string>;
  readonly checks: Captured<string>;
  readonly graceSeconds: number;
}

/** The delayed check: what makes certain that a player without any connection is offline, whichever handler died. */
export function checkHandler(config: CheckConfig): HandlerFactory<SQSEvent, SQSBatchResponse> {
  return () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const queue = new sqs.SQSClient({ maxAttempts: 3 });
    return async ({ Records }) => {
      const context = {
        db,
        presence: config.presence.get(),
        checks: { client: queue, url: config.checks.get() },
        graceMs: config.graceSeconds * 1000,
      };
      return eachRecord("check", Records, async ({ body }) =>
        checkPlayer(context, JSON.parse(body) as CheckMessage, Date.now()),
      );
    };
  };
}

/** How often a check starts again because the presence changed under it. */
const ATTEMPTS = 4;

async function checkPlayer(context: DropContext, message: CheckMessage, nowMs: number): Promise<void> {
  const { db, presence: table, graceMs } = context;
  const { player } = message;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const presence = await readPresence(context, player);
    const expired = presence.connections.filter(({ expiresAt }) => expiresAt <= nowMs);
    const live = presence.connections.filter((connection) => !expired.includes(connection));
    if (expired.length > 0) {
      if (!(await removeExpired(db, table, player, expired))) continue;
      const ids = expired.map(({ id }) => id);
      await forgetAtFriends(db, table, player, ids, nowMs);
    }
    if (live.length > 0) {
      // Each connection has one chain of checks, so that their number does not grow with reconnects and repeated hellos.
      const mine = live.find(({ id, check }) => id === message.connection && check === message.check);
      if (mine) await armCheck(context.checks, message, mine.expiresAt - nowMs);
      return;
    }
    if (presence.status !== "online") return;
    const left = presence.droppedAt + graceMs - nowMs;
    if (left > 0) return armCheck(context.checks, message, left);
    if (await goOffline(db, table, player, nowMs, graceMs)) return;
  }
  throw new Error(`presence changed ${ATTEMPTS} times under a check`);
}
