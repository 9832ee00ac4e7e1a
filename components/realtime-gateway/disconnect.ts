import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import type { Captured, HandlerFactory } from "../shared/callback";
import { dropConnection } from "./drop";
import type { FrameEvent } from "./route";

/** What the handler captures. */
export interface DisconnectConfig {
  readonly presence: Captured<string>;
  /** URL of the queue of delayed checks. */
  readonly checks: Captured<string>;
  readonly graceSeconds: number;
}

/** `$disconnect`: best effort, on AWS and here; the delayed check makes it certain. */
export function disconnectHandler(config: DisconnectConfig): HandlerFactory<FrameEvent, { statusCode: number }> {
  return () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const queue = new sqs.SQSClient({ maxAttempts: 3 });
    return async ({ requestContext: { connectionId, authorizer } }) => {
      const context = {
        db,
        presence: config.presence.get(),
        checks: { client: queue, url: config.checks.get() },
        graceMs: config.graceSeconds * 1000,
      };
      if (authorizer?.playerId) await dropConnection(context, authorizer.playerId, connectionId, Date.now());
      return { statusCode: 200 };
    };
  };
}
