import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as ses from "@aws-sdk/client-ses";
import * as sqs from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Captured, HandlerFactory } from "../shared/callback";
import { logError } from "../shared/log";
import { buryMalformed, sendCopy } from "./copies";
import { deliver, type Delivery } from "./deliver";
import { parseEnvelope, type Envelope } from "./envelope";
import { takeLease, type LeaseMemory } from "./lease";
import { SES_TIMEOUT_MS } from "./limits";
import type { Sender } from "./mime";
import { currentRate, type QuotaMemory } from "./quota";

/** What the handler captures. */
export interface SendSettings {
  readonly table: Captured<string>;
  readonly queueUrl: Captured<string>;
  readonly reconcileUrl: Captured<string>;
  readonly deadLettersUrl: Captured<string>;
  readonly configurationSet: Captured<string>;
  /** Name of the dispatcher: its lease. */
  readonly dispatcher: string;
  readonly sender: Sender;
  readonly recipients: readonly string[] | undefined;
  /** Mails per second; undefined for SES's own quota. */
  readonly maxSendRate: number | undefined;
  readonly holdSeconds: number;
}

/** Reads the e-mail queue: takes slots of the rate for the batch, then sends each mail at its slot. */
export function sendHandler(settings: SendSettings): HandlerFactory<SQSEvent, SQSBatchResponse> {
  const { dispatcher, maxSendRate } = settings;
  return () => {
    const delivery: Delivery = {
      database: new dynamodb.DynamoDBClient({ maxAttempts: 3 }),
      queues: new sqs.SQSClient({ maxAttempts: 3 }),
      // No retries of the client's own: a second request would be a second mail.
      mail: new ses.SESClient({
        maxAttempts: 1,
        requestHandler: { requestTimeout: SES_TIMEOUT_MS, connectionTimeout: SES_TIMEOUT_MS },
      }),
      table: settings.table.get(),
      queueUrl: settings.queueUrl.get(),
      reconcileUrl: settings.reconcileUrl.get(),
      deadLettersUrl: settings.deadLettersUrl.get(),
      configurationSet: settings.configurationSet.get(),
      sender: settings.sender,
      recipients: settings.recipients,
      holdMs: settings.holdSeconds * 1000,
    };
    const quota: QuotaMemory = {};
    const memory: LeaseMemory = {};

    return async (event) => {
      const failures: { itemIdentifier: string }[] = [];
      const mails: { id: string; envelope: Envelope }[] = [];
      async function each(id: string, work: () => Promise<void>): Promise<void> {
        try {
          await work();
        } catch (error) {
          logError("send", id, error);
          failures.push({ itemIdentifier: id });
        }
      }
      for (const record of event.Records) {
        const envelope = parseEnvelope(record.body);
        if (envelope) mails.push({ id: record.messageId, envelope });
        else await each(record.messageId, () => buryMalformed(delivery.queues, delivery.deadLettersUrl, record.body));
      }
      if (mails.length === 0) return { batchItemFailures: failures };
      const rate = await currentRate(delivery.mail, maxSendRate, quota, Date.now());
      const { database, table } = delivery;
      const lease = await takeLease(database, table, dispatcher, mails.length, rate, Date.now(), memory);
      await Promise.all(
        mails.map(({ id, envelope }, i) =>
          each(id, async () => {
            const slot = lease.from + i * lease.interval - Date.now();
            if (i >= lease.slots) return sendCopy(delivery.queues, delivery.queueUrl, envelope, 1 + slot / 1000);
            if (slot > 0) await new Promise((resolve) => setTimeout(resolve, slot));
            return deliver(delivery, envelope);
          }),
        ),
      );
      return { batchItemFailures: failures };
    };
  };
}
