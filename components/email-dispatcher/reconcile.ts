import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { eachRecord } from "../shared/batch";
import type { Captured, HandlerFactory } from "../shared/callback";
import { sendCopy } from "./copies";
import { parseEnvelope } from "./envelope";
import { readFate } from "./fate";
import { nextStep } from "./protocol";

/** What the handler captures. */
export interface ReconcileSettings {
  readonly table: Captured<string>;
  readonly queueUrl: Captured<string>;
  readonly reconcileUrl: Captured<string>;
  readonly holdSeconds: number;
}

/**
 * Reads the reconcile queue, whose messages were delayed by the hold. If SES's event has told the fate, that was it. If
 * not, the attempt counts as not sent: the copy goes back to the e-mail queue, where the next attempt is claimed, or the
 * last one given up.
 */
export function reconcileHandler(settings: ReconcileSettings): HandlerFactory<SQSEvent, SQSBatchResponse> {
  const { holdSeconds } = settings;
  return () => {
    const database = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const queues = new sqs.SQSClient({ maxAttempts: 3 });
    return async ({ Records }) =>
      eachRecord("reconcile", Records, async ({ body }) => {
        const envelope = parseEnvelope(body);
        if (!envelope) return;
        const { fate } = await readFate(database, settings.table.get(), envelope);
        const next = nextStep(fate, envelope.dispatch, Date.now(), holdSeconds * 1000);
        if (next.step === "drop") return;
        if (next.step === "hold") await sendCopy(queues, settings.reconcileUrl.get(), envelope, next.delaySeconds);
        else await sendCopy(queues, settings.queueUrl.get(), envelope, 0);
      });
  };
}
