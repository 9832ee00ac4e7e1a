import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { eachRecord } from "../shared/batch";
import type { Captured, HandlerFactory } from "../shared/callback";
import { end } from "./claims";
import { bury, buryMalformed, sendCopy } from "./copies";
import { parseEnvelope, type Envelope } from "./envelope";
import { readFate } from "./fate";
import { nextStep } from "./protocol";

/** What the handler captures. */
export interface DeadLetterSettings {
  readonly table: Captured<string>;
  readonly reconcileUrl: Captured<string>;
  readonly deadLettersUrl: Captured<string>;
  readonly holdSeconds: number;
}

const DETAIL = "the queue gave the message up before its tries were used";

/**
 * Reads what the queue itself gave up: a mail that is still `queued` has failed, with that reason; one that is `sending`
 * is looked at again after its hold. Without this they would stay so with nobody left to act.
 */
export function deadLetterHandler(settings: DeadLetterSettings): HandlerFactory<SQSEvent, SQSBatchResponse> {
  const { holdSeconds } = settings;
  return () => {
    const database = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    const queues = new sqs.SQSClient({ maxAttempts: 3 });
    return async ({ Records }) =>
      eachRecord("dead-letter", Records, async ({ body }) => {
        const envelope = parseEnvelope(body);
        if (envelope) await handle(envelope);
        else await buryMalformed(queues, settings.deadLettersUrl.get(), body);
      });

    async function handle(envelope: Envelope): Promise<void> {
      const table = settings.table.get();
      const { fate } = await readFate(database, table, envelope);
      const now = Date.now();
      const next = nextStep(fate, envelope.dispatch, now, holdSeconds * 1000);
      if (!fate || next.step === "drop") return;
      if (fate.status === "sending") {
        const delay = next.step === "hold" ? next.delaySeconds : 0;
        return sendCopy(queues, settings.reconcileUrl.get(), envelope, delay);
      }
      const { attempt } = fate;
      const letter = { reason: "receive-limit", detail: DETAIL, attempt, envelope };
      await bury(queues, settings.deadLettersUrl.get(), letter);
      const place = { client: database, table, envelope, fate, now };
      const reason = { code: letter.reason, detail: DETAIL };
      // Between reading and writing it may have been claimed: then somebody else acts.
      if (!(await end(place, "queued", "failed", attempt, reason))) await again(envelope);
    }

    function again(envelope: Envelope): Promise<void> {
      return sendCopy(queues, settings.reconcileUrl.get(), envelope, holdSeconds);
    }
  };
}
