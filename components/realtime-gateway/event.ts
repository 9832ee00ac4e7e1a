import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Captured, HandlerFactory } from "../shared/callback";
import { isPlayerId } from "../shared/player-keys";
import { eventItem } from "./event-items";
import { protocolError } from "./frames";
import { MAX_EVENT_DATA_BYTES } from "./limits";
import { EVENT_BODY } from "./protocol";
import { frameHandler, type FrameEvent, type FrameResult } from "./route";
import { validate } from "./schema";
import { ulid } from "./ulid";

interface EventBody {
  readonly event: string;
  readonly data?: object;
}

/** `event`: a player did something; the item's stream record tells online friends. */
export function eventHandler(config: { readonly presence: Captured<string> }): HandlerFactory<FrameEvent, FrameResult> {
  return frameHandler({ event: EVENT_BODY }, () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    return async ({ playerId, now }, body) => putEvent(db, config.presence.get(), playerId, body as EventBody, now);
  });
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
      return putEvent(db, config.presence.get(), player, body, Date.now(), quiet);
    };
  };
}

async function putEvent(
  db: dynamodb.DynamoDBClient,
  table: string,
  player: string,
  { event, data }: EventBody,
  nowMs: number,
  quiet = false,
): Promise<{ readonly id: string }> {
  const text = data === undefined ? undefined : JSON.stringify(data);
  if (text !== undefined && Buffer.byteLength(text) > MAX_EVENT_DATA_BYTES) {
    throw protocolError("too-large", `expected at most ${MAX_EVENT_DATA_BYTES} bytes of JSON`, "body.data");
  }
  const id = ulid(nowMs);
  const item = eventItem({ id, player, event, nowMs, quiet, ...(text === undefined ? {} : { data: text }) });
  await db.send(new dynamodb.PutItemCommand({ TableName: table, Item: item }));
  return { id };
}
