import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Captured, HandlerFactory } from "../shared/callback";
import { keepConnection } from "./connections";
import { protocolError } from "./frames";
import { NOTHING } from "./protocol";
import { frameHandler, type FrameEvent, type FrameResult } from "./route";

/** `ping`: keeps the connection registered, and the socket from being idle. */
export function pingHandler(config: { readonly presence: Captured<string> }): HandlerFactory<FrameEvent, FrameResult> {
  return frameHandler({ ping: NOTHING }, () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    return async ({ playerId, connectionId, now }) => {
      if (await keepConnection(db, config.presence.get(), playerId, connectionId, now)) return { time: now };
      throw protocolError("not-registered", "the connection is not registered, or no longer: send hello");
    };
  });
}
