import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Captured, HandlerFactory } from "../shared/callback";
import { recordEvent } from "./record-event";
import { parseMailEvent } from "./ses-event";
import { suppress } from "./suppression";
import { logError, logNumbers, logWarning } from "../shared/log";

export interface EventSettings {
  readonly table: Captured<string>;
}

/** Reads SES's events: the suppression of an address first, then the message's item, forward only. */
export function eventHandler(settings: EventSettings): HandlerFactory<SQSEvent, SQSBatchResponse> {
  return () => {
    const client = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    return async (event) => {
      const table = settings.table.get();
      const failures: { itemIdentifier: string }[] = [];
      let oldestSend = -1;
      for (const record of event.Records) {
        const told = parseMailEvent(record.body);
        if (!told) {
          logWarning("event not understood", record.messageId, kindIn(record.body));
          continue;
        }
        try {
          const reason = told.kind === "Complaint" ? "complaint" : "bounce";
          for (const address of told.suppress) await suppress(client, table, address, reason, Date.now());
          if (told.kind === "Send") oldestSend = Math.max(oldestSend, Date.now() - told.at);
          if (told.message) await recordEvent(client, table, told, told.message);
        } catch (error) {
          logError("event", record.messageId, error);
          failures.push({ itemIdentifier: record.messageId });
        }
      }
      // Read by a metric filter: how late SES's Send events come. The hold must be longer.
      if (oldestSend >= 0) logNumbers({ sendEventAge: oldestSend });
      return { batchItemFailures: failures };
    };
  };
}

/** What an event that nobody understands says it is; the rest of it names addresses. */
function kindIn(body: string): string {
  const kind = /"(?:eventType|notificationType)\\?"\s*:\s*\\?"([\w ]{1,40})/.exec(body)?.[1];
  return kind ?? `${body.length} characters without a kind of event`;
}
