import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Captured, HandlerFactory } from "../shared/callback";
import { isPlayerId } from "../shared/player-keys";
import { eventItem } from "./event-items";
import { protocolError } from "./frames";
import { MAX_EVENT_DATA_BYTES } from "./limits";
import { EVENT_BODY } from "./protocol";
import { afterHello } from "./registered";
import { frameHandler, type ActionHandler, type FrameEvent, type FrameResult } from "./route";
import { validate } from "./schema";
import type { Database } from "./store";
import { ulid } from "./ulid";

interface EventBody {
  readonly event: string;
  readonly data?: object;
}

/** `event`: a player did something; the item's stream record tells online friends.  */
export function eventHandler(config: { readonly presence: Captured<string> }): HandlerFactory<FrameEvent, FrameResult> {
  const handle = (db: Database): ActionHandler => {
    return ({ playerId, now }, body) => putEvent(db, config.presence.get(), playerId, prepared(body as EventBody), now);
  };
  return frameHandler({ event: EVENT_BODY }, afterHello(config.presence, handle));
}

/** What a game server gives to the event function. */
export interface EmitEvent extends EventBody {
  readonly player: string;
  /** Tell only the studio's own reactions, not the friends. @default false */
  readonly quiet?: boolean;
}

/** The function through which game servers emit player events; a wrong input is an error of the invocation. */
export function emitHandler(config: {
  readonly presence: Captured<string>;
}): HandlerFactory<EmitEvent, { readonly id: string }> {
  return () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    return async (input) => {
      const { player, quiet = false, ...body } = input;
      if (!isPlayerId(player)) throw new Error("player: expected the id of a player");
      const problem = validate(EVENT_BODY, body, "input");
      if (problem) throw new Error(`${problem.field}: ${problem.message}`);
      return putEvent(db, config.presence.get(), player, prepared(body), Date.now(), quiet);
    };
  };
}

/** An event with its data as JSON text. @throws a protocol error `too-large` */
function prepared({ event, data }: EventBody): { readonly event: string; readonly data?: string } {
  if (data === undefined) return { event };
  const text = JSON.stringify(data);
  if (Buffer.byteLength(text) > MAX_EVENT_DATA_BYTES) {
    throw protocolError("too-large", `expected at most ${MAX_EVENT_DATA_BYTES} bytes of JSON`, "body.data");
  }
  return { event, data: text };
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
