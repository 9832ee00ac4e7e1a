import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Captured, HandlerFactory } from "../shared/callback";
import { isPlayerId, PLAYER_ID_RULE } from "../shared/player-keys";
import { requestError, requireMembers } from "../shared/request";
import { validate } from "../shared/schema";
import { ulid } from "../shared/ulid";
import { eventItem } from "./event-items";
import { protocolError } from "./frames";
import { MAX_EVENT_DATA_BYTES } from "./limits";
import { EVENT_BODY } from "./protocol";
import { afterHello } from "./registered";
import { frameHandler, type ActionHandler, type FrameEvent, type FrameResult } from "./route";
import type { Database } from "./store";

interface EventBody {
  readonly event: string;
  readonly data?: object;
}

/** `event`: a player did something; the item's stream record tells online friends.  */
export function eventHandler(config: { readonly presence: Captured<string> }): HandlerFactory<FrameEvent, FrameResult> {
  const handle = (db: Database): ActionHandler => {
    return async ({ playerId, now }, body) => {
      const event = textual(body as EventBody);
      if (Buffer.byteLength(event.data ?? "") > MAX_EVENT_DATA_BYTES) {
        throw protocolError("too-large", `expected at most ${MAX_EVENT_DATA_BYTES} bytes of JSON`, "body.data");
      }
      return putEvent(db, config.presence.get(), playerId, event, now);
    };
  };
  return frameHandler({ event: EVENT_BODY }, afterHello(config.presence, handle));
}

/** What a game server gives to the event function. */
export interface EmitEvent extends EventBody {
  readonly player: string;
  /** Tell only the studio's own reactions, not the friends. @default false */
  readonly quiet?: boolean;
}

/** The function through which game servers emit player events; a wrong input is a `RequestError`. */
export function emitHandler(config: {
  readonly presence: Captured<string>;
}): HandlerFactory<EmitEvent, { readonly id: string }> {
  return () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    return async (input) => {
      const { player, quiet = false, ...given } = requireMembers(input, "", ["player", "event", "data", "quiet"]);
      if (!isPlayerId(player)) throw requestError("player", player, PLAYER_ID_RULE);
      if (typeof quiet !== "boolean") throw requestError("quiet", quiet, "true or false");
      const problem = validate(EVENT_BODY, given, "");
      if (problem) {
        const field = problem.field.slice(1);
        throw requestError(field, given[field], problem.message.replace(/^(expected |missing$)/, "") || "its name");
      }
      const event = textual(given as unknown as EventBody);
      const bytes = Buffer.byteLength(event.data ?? "");
      if (bytes > MAX_EVENT_DATA_BYTES) {
        throw requestError("data", `${bytes} bytes`, `at most ${MAX_EVENT_DATA_BYTES} bytes of JSON`);
      }
      return putEvent(db, config.presence.get(), player, event, Date.now(), quiet);
    };
  };
}

/** An event with its data as JSON text. */
function textual({ event, data }: EventBody): { readonly event: string; readonly data?: string } {
  return data === undefined ? { event } : { event, data: JSON.stringify(data) };
}

async function putEvent(
  db: dynamodb.DynamoDBClient,
  table: string,
  player: string,
  event: { readonly event: string; readonly data?: string },
  nowMs: number,
  quiet = false,
): Promise<{ readonly id: string }> {
  const id = ulid(nowMs);
  const item = eventItem({ id, player, nowMs, quiet, ...event });
  await db.send(new dynamodb.PutItemCommand({ TableName: table, Item: item }));
  return { id };
}
