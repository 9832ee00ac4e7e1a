import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { eachRecord } from "../shared/batch";
import type { HandlerFactory } from "../shared/callback";
import type { StatusChange } from "./message";

/** A studio's reaction to a change of status. It may come more than once for one change: `change.event` tells. */
export type StatusHandler = (change: StatusChange, context: Context) => Promise<void>;

/** Runs the reaction for each change of a batch; one that fails comes back, alone. */
export function statusHandler(react: StatusHandler): HandlerFactory<SQSEvent, SQSBatchResponse> {
  return () => async (event, context) =>
    eachRecord("status", event.Records, async ({ body }) => react(JSON.parse(body) as StatusChange, context));
}
