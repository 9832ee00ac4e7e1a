import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { eachRecord } from "../shared/batch";
import type { Captured, HandlerFactory } from "../shared/callback";
import { isPlayerId } from "../shared/player-keys";
import { isPlainObject, requestError } from "../shared/request";
import { conclude } from "./conclude";
import type { StoredMessage } from "./message";

/** Reads the catch-all queue: what no channel takes has failed, and its item says so. */
export function unknownChannelHandler({
  table,
}: {
  table: Captured<string>;
}): HandlerFactory<SQSEvent, SQSBatchResponse> {
  return () => {
    const client = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    return async ({ Records }) =>
      eachRecord("unknown-channel", Records, async ({ body }) => {
        const message = messageOf(body);
        const reason = { code: "channel-unknown", detail: message.channel };
        await conclude(client, table.get(), message, { to: "failed", reason }, Math.floor(Date.now() / 1000));
      });
  };
}

/** @throws RequestError for what was never published by the store. */
function messageOf(body: string): Pick<StoredMessage, "player" | "id" | "channel" | "dispatch"> {
  const value: unknown = JSON.parse(body);
  const { player, id, channel, dispatch } = isPlainObject(value) ? value : {};
  if (!isPlayerId(player) || typeof id !== "string" || typeof channel !== "string" || typeof dispatch !== "number") {
    throw requestError("", value, "a message as the store publishes it");
  }
  return { player, id, channel, dispatch };
}
