import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { HandlerFactory } from "../shared/callback";
import type { StatusChange } from "./message";
import { logError } from "../shared/log";

/** A studio's reaction to a change of status. It may come more than once for one change: `change.event` tells. */
export type StatusHandler = (change: StatusChange, context: Context) => Promise<void>;

/** Runs the reaction for each change of a batch; one that fails comes back, alone. */
export function statusHandler(react: StatusHandler): HandlerFactory<SQSEvent, SQSBatchResponse> {
  return () => async (event, context) => {
    const failures: { itemIdentifier: string }[] = [];
    for (const record of event.Records) {
      try {
        await react(JSON.parse(record.body) as StatusChange, context);
      } catch (error) {
        logError("status", record.messageId, error);
        failures.push({ itemIdentifier: record.messageId });
      }
    }
    return { batchItemFailures: failures };
  };
}
