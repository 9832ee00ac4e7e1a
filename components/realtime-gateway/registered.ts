import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Captured } from "../shared/callback";
import { protocolError } from "./frames";
import { key, PRESENCE_SK } from "./keys";
import { MAX_BUCKETS } from "./limits";
import { presenceOf } from "./presence-items";
import type { ActionHandler, RouteContext } from "./route";
import type { Database } from "./store";

/**
 * Wraps the handler of any action but `hello`, for `frameHandler`: a frame of a connection that is not registered is
 * answered `not-registered` and does nothing. `ping` and `hello` need no wrapping: their own writes say so.
 *
 * @param make as for `frameHandler`, with the container's client of DynamoDB.
 */
export function afterHello(presence: Captured<string>, make: (db: Database) => ActionHandler): () => ActionHandler {
  return () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const requireHello = helloGuard(db);
    const handle = make(db);
    return async (context, body, action) => {
      await requireHello(presence.get(), context);
      return handle(context, body, action);
    };
  };
}

/**
 * Asks the player's presence once per connection and container, and remembers a yes until the expiry that it read, so
 * that a frame costs no request more; the connection with the oldest yes is forgotten first.
 */
function helloGuard(db: Database): (table: string, context: RouteContext) => Promise<void> {
  const registeredUntil = new Map<string, number>();
  return async (table, { playerId, connectionId, now }) => {
    if ((registeredUntil.get(connectionId) ?? 0) > now) return;
    const { Item } = await db.send(
      new dynamodb.GetItemCommand({ TableName: table, Key: key(playerId, PRESENCE_SK), ConsistentRead: true }),
    );
    const connection = presenceOf(Item).connections.find(({ id }) => id === connectionId);
    if (!connection) {
      throw protocolError("not-registered", "the connection is not registered, or no longer: send hello");
    }
    registeredUntil.delete(connectionId);
    registeredUntil.set(connectionId, connection.expiresAt);
    if (registeredUntil.size > MAX_BUCKETS) registeredUntil.delete(registeredUntil.keys().next().value as string);
  };
}
