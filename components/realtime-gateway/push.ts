import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Captured } from "../shared/callback";
import { inParallel } from "../shared/parallel";
import { removeConnection } from "./connections";
import { key, PRESENCE_SK } from "./keys";
import { POSTS_AT_ONCE } from "./limits";
import { post, posterFor, type Poster } from "./post";
import { presenceOf } from "./presence-items";

/** A client that sends to a player's live connections; capture it in a handler and call it. */
export interface Pusher {
  /**
   * Sends `{ "type": "push", "body": … }` to each connection of the player.
   * @returns how many connections were reached; 0 means that the player is not there.
   */
  push(player: string, body: unknown): Promise<{ readonly delivered: number }>;
}

/** What the client captures: the Presence table's name, the URL of the API's stage for posts. */
export interface PushConfig {
  readonly presence: Captured<string>;
  readonly endpoint: Captured<string>;
}

/** Makes the client's function. The SDK's clients live in `container`, made at the first push. */
export function pusherOf(config: PushConfig): Pusher {
  const container: { db?: dynamodb.DynamoDBClient; poster?: Poster } = {};
  return {
    push: async (player, body) => {
      const db = (container.db ??= new dynamodb.DynamoDBClient({ maxAttempts: 3 }));
      const poster = (container.poster ??= posterFor(config.endpoint.get()));
      const table = config.presence.get();
      const { Item } = await db.send(
        new dynamodb.GetItemCommand({ TableName: table, Key: key(player, PRESENCE_SK), ConsistentRead: true }),
      );
      const frame = JSON.stringify({ type: "push", body });
      let delivered = 0;
      const failures: unknown[] = [];
      await inParallel(presenceOf(Item).connections, POSTS_AT_ONCE, async ({ id }) => {
        try {
          if (await post(poster, id, frame)) delivered++;
          else await removeConnection(db, table, player, id, Date.now());
        } catch (error) {
          failures.push(error);
        }
      });
      if (delivered === 0 && failures.length > 0) throw failures[0];
      return { delivered };
    },
  };
}
