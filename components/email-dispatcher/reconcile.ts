import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Captured, HandlerFactory } from "../shared/callback";
import { sendCopy } from "./copies";
import { parseEnvelope } from "./envelope";
import { readFate } from "./fate";
import { nextStep } from "./protocol";
import { logError } from "../shared/log";

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
    return async (event) => {
      const failures: { itemIdentifier: string }[] = [];
      for (const record of event.Records) {
        const envelope = parseEnvelope(record.body);
        if (!envelope) continue;
        try {
          const { fate } = await readFate(database, settings.table.get(), envelope);
          const next = nextStep(fate, envelope.dispatch, Date.now(), holdSeconds * 1000);
          if (next.step === "drop") continue;
          if (next.step === "hold") await sendCopy(queues, settings.reconcileUrl.get(), envelope, next.delaySeconds);
          else await sendCopy(queues, settings.queueUrl.get(), envelope, 0);
        } catch (error) {
          logError("reconcile", record.messageId, error);
          failures.push({ itemIdentifier: record.messageId });
        }
      }
      return { batchItemFailures: failures };
    };
  };
}
