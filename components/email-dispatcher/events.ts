import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { eachRecord } from "../shared/batch";
import type { Captured, HandlerFactory } from "../shared/callback";
import { logNumbers, logWarning } from "../shared/log";
import { recordEvent } from "./record-event";
import { parseMailEvent } from "./ses-event";
import { suppress } from "./suppression";

/** What the handler captures. */
export interface EventSettings {
  readonly table: Captured<string>;
}

/** Reads SES's events: the suppression of an address first, then the message's item, forward only. */
export function eventHandler(settings: EventSettings): HandlerFactory<SQSEvent, SQSBatchResponse> {
  return () => {
    const client = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    return async ({ Records }) => {
      const table = settings.table.get();
      let oldestSend = -1;
      const response = await eachRecord("event", Records, async ({ messageId, body }) => {
        const told = parseMailEvent(body);
        if (!told) {
          logWarning("event not understood", messageId, kindIn(body));
          return;
        }
        const reason = told.kind === "Complaint" ? "complaint" : "bounce";
        for (const address of told.suppress) await suppress(client, table, address, reason, Date.now());
        if (told.kind === "Send") oldestSend = Math.max(oldestSend, Date.now() - told.at);
        if (told.message) await recordEvent(client, table, told, told.message);
      });
      // Read by a metric filter: how late SES's Send events come. The hold must be longer.
      if (oldestSend >= 0) logNumbers({ sendEventAge: oldestSend });
      return response;
    };
  };
}

/** What an event that nobody understands says it is; the rest of it names addresses. */
function kindIn(body: string): string {
  const kind = /"(?:eventType|notificationType)\\?"\s*:\s*\\?"([\w ]{1,40})/.exec(body)?.[1];
  return kind ?? `${body.length} characters without a kind of event`;
}
