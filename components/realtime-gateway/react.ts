import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { eachRecord } from "../shared/batch";
import type { HandlerFactory } from "../shared/callback";
import type { PlayerEventMessage } from "./publish";

/** A studio's reaction to a player event. May run more than once for one event, with the same `id`. */
export type PlayerEventHandler = (event: PlayerEventMessage) => Promise<void>;

/** Feeds a reaction from its queue; what it throws at is tried again, and then parked in the dead-letter queue. */
export function reactHandler(react: PlayerEventHandler): HandlerFactory<SQSEvent, SQSBatchResponse> {
  return () =>
    async ({ Records }) =>
      eachRecord("reaction", Records, async ({ body }) => react(JSON.parse(body) as PlayerEventMessage));
}
