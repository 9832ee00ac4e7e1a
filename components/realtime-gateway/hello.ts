import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import type { Captured, HandlerFactory } from "../shared/callback";
import { addConnection, goOnline } from "./connections";
import { armCheck } from "./drop";
import { protocolError } from "./frames";
import { CONNECTION_LIFE_MS, KEEP_ALIVE_SECONDS, LAST_ACTIVE_SECONDS, MAX_CONNECTIONS } from "./limits";
import { touchProfile } from "./profile-items";
import { NOTHING } from "./protocol";
import { register } from "./register";
import { frameHandler, type FrameEvent, type FrameResult } from "./route";

/** What the handler captures: the names of both tables, the URL of the queue of checks. */
export interface HelloConfig {
  readonly players: Captured<string>;
  readonly presence: Captured<string>;
  readonly checks: Captured<string>;
}

/**
 * `hello`, the first frame: registers the connection by rule 2 of the presence protocol. The order of the requests is
 * the protocol; it may die after any of them, and the client repeats it.
 */
export function helloHandler(config: HelloConfig): HandlerFactory<FrameEvent, FrameResult> {
  return frameHandler({ hello: NOTHING }, () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const queue = new sqs.SQSClient({ maxAttempts: 3 });
    return async ({ playerId: player, connectionId: connection, requestId, now }) => {
      const players = config.players.get();
      const presence = config.presence.get();
      const check = checkNameOf(requestId);
      await armCheck({ client: queue, url: config.checks.get() }, { player, connection, check }, CONNECTION_LIFE_MS);
      const own = await addConnection(db, presence, player, connection, check, now);
      if (!own) {
        throw protocolError("too-many-connections", `a player has at most ${MAX_CONNECTIONS} connections`);
      }
      const friends = await register({ db, players, presence }, player, connection, now);
      const nowSeconds = Math.floor(now / 1000);
      const active = own.activeAt + LAST_ACTIVE_SECONDS <= nowSeconds;
      if (active) await touchProfile(db, players, player, nowSeconds);
      // Online already, with this connection in the item: nothing can have made it offline since, which needs none.
      if (own.status === "offline")
        await goOnline(db, presence, player, connection, now, active ? nowSeconds : undefined);
      return { player, friends, keepAliveSeconds: KEEP_ALIVE_SECONDS, time: now };
    };
  });
}

/** A short name that differs from hello to hello; API Gateway's request ids do. */
function checkNameOf(requestId: string): string {
  return requestId.replace(/[^A-Za-z0-9]/g, "").slice(0, 12);
}
