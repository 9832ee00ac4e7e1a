import * as dynamodb from "@aws-sdk/client-dynamodb";
import { protocolError } from "./frames";
import { key, PRESENCE_SK } from "./keys";
import { MAX_BUCKETS } from "./limits";
import { presenceOf } from "./presence-items";
import type { Database } from "./store";

/** Lets a frame of a registered connection pass. @throws a protocol error `not-registered` for any other. */
export type RequireHello = (table: string, player: string, connection: string) => Promise<void>;

/**
 * Asks the player's presence once per connection and container, and remembers a yes: only the end of the connection
 * takes it back, so that a frame costs no request more.
 */
export function requireHello(db: Database): RequireHello {
  const registered = new Set<string>();
  return async (table, player, connection) => {
    if (registered.has(connection)) return;
    const { Item } = await db.send(
      new dynamodb.GetItemCommand({ TableName: table, Key: key(player, PRESENCE_SK), ConsistentRead: true }),
    );
    if (!presenceOf(Item).connections.some(({ id }) => id === connection)) {
      throw protocolError("not-registered", "the connection is not registered, or no longer: send hello");
    }
    registered.add(connection);
    if (registered.size > MAX_BUCKETS) registered.delete(registered.values().next().value as string);
  };
}
