import type * as dynamodb from "@aws-sdk/client-dynamodb";
import * as ses from "@aws-sdk/client-ses";
import type * as sqs from "@aws-sdk/client-sqs";
import { logError, logWarning } from "../shared/log";
import { encodePlayerId } from "../shared/player-keys";
import { isAllowed } from "./address";
import { classifyError, type Answer } from "./answers";
import { accepted, claim, end, refused, throttled, type Place } from "./claims";
import { bury, sendCopy } from "./copies";
import type { Envelope } from "./envelope";
import { readFate } from "./fate";
import { MAX_TRIES } from "./limits";
import { composeMail, type Sender } from "./mime";
import { nextStep, refusalDelay, throttleDelay } from "./protocol";

/** All that a delivery touches. */
export interface Delivery {
  readonly database: dynamodb.DynamoDBClient;
  readonly queues: sqs.SQSClient;
  readonly mail: ses.SESClient;
  readonly table: string;
  readonly queueUrl: string;
  readonly reconcileUrl: string;
  readonly deadLettersUrl: string;
  readonly configurationSet: string;
  readonly sender: Sender;
  readonly recipients: readonly string[] | undefined;
  readonly holdMs: number;
}

/** Claims lost in a row until the copy is left to come back. */
const ROUNDS = 5;

/**
 * Handles one copy of a mail by the protocol. When it returns, the copy may be deleted: the fate is known, or another
 * copy exists. When it throws, the copy must come back.
 */
export async function deliver(delivery: Delivery, envelope: Envelope): Promise<void> {
  const { database, queues, table, holdMs } = delivery;
  for (let round = 0; round < ROUNDS; round++) {
    const { fate, suppressed } = await readFate(database, table, envelope);
    const now = Date.now();
    const next = nextStep(fate, envelope.dispatch, now, holdMs);
    if (!fate || next.step === "drop") return;
    if (next.step === "hold") return sendCopy(queues, delivery.reconcileUrl, envelope, next.delaySeconds);
    const place: Place = { client: database, table, envelope, fate, now };
    if (next.step === "expire") {
      if (await end(place, next.from, "expired", next.attempt, { code: "expired" })) return;
    } else if (next.step === "giveUp") {
      return giveUp(delivery, place, next.from, next.attempt, "attempts-used-up", "no answer and no event of SES");
    } else {
      const barred = suppressed !== undefined ? "suppressed" : undefined;
      const why = barred ?? (isAllowed(envelope.to, delivery.recipients) ? undefined : "recipient-not-allowed");
      if (why !== undefined) {
        const reason = { code: why, ...(suppressed === undefined ? {} : { detail: suppressed }) };
        if (await end(place, next.from, "skipped", next.attempt - 1, reason)) return;
      } else {
        // Before the claim: what cannot be composed must not look like an attempt.
        const raw = await composeMail(envelope, delivery.sender);
        if (await claim(place, next.from, next.attempt, holdMs)) return sendClaimed(delivery, place, next.attempt, raw);
      }
    }
  }
  throw new Error(`message ${envelope.id} changed ${ROUNDS} times while it was looked at`);
}

/** Sends the attempt that is ours and writes what came of it; what stays unclear waits for SES's event. */
async function sendClaimed(delivery: Delivery, place: Place, attempt: number, raw: Buffer): Promise<void> {
  const answer = await ask(delivery, place.envelope, attempt, raw);
  if (answer.kind !== "accepted") logWarning(`mail attempt ${attempt}`, place.envelope.id, answer);
  const after: Place = { ...place, now: Date.now() };
  try {
    if (answer.kind === "accepted") {
      await accepted(after, attempt, answer.providerId);
      return;
    }
    // A copy goes out even if the write was refused: the client repeats a write whose reply was lost, and is refused by
    // its own effect. Whoever gets a copy too many reads what became of the mail, and deletes it.
    if (answer.kind === "throttled") {
      await throttled(after, attempt, answer.detail);
      const wait = throttleDelay(place.fate.throttles, answer.daily, Math.random());
      await sendCopy(delivery.queues, delivery.queueUrl, place.envelope, wait);
      return;
    }
    if (answer.kind === "refused") {
      const tries = place.fate.tries + 1;
      if (tries >= MAX_TRIES) {
        await giveUp(delivery, after, "sending", attempt, "attempts-used-up", answer.detail, 1);
        return;
      }
      await refused(after, attempt, answer.detail);
      await sendCopy(delivery.queues, delivery.queueUrl, place.envelope, refusalDelay(tries));
      return;
    }
  } catch (error) {
    // What SES said could not be written down: for whoever looks next the attempt is as good as unclear.
    logError(`mail attempt ${attempt} ${answer.kind}`, place.envelope.id, error);
  }
  await sendCopy(delivery.queues, delivery.reconcileUrl, place.envelope, delivery.holdMs / 1000);
}

async function ask(delivery: Delivery, envelope: Envelope, attempt: number, raw: Buffer): Promise<Answer> {
  try {
    const said = await delivery.mail.send(
      new ses.SendRawEmailCommand({
        Source: delivery.sender.address,
        Destinations: [envelope.to],
        RawMessage: { Data: raw },
        ConfigurationSetName: delivery.configurationSet,
        Tags: [
          { Name: "messageId", Value: envelope.id },
          { Name: "attempt", Value: String(attempt) },
          { Name: "player", Value: encodePlayerId(envelope.player) },
        ],
      }),
    );
    return { kind: "accepted", providerId: said.MessageId ?? "" };
  } catch (error) {
    return classifyError(error);
  }
}

/** First the dead letter, then the status: between the two the copy comes back, and nothing is forgotten. */
async function giveUp(
  delivery: Delivery,
  place: Place,
  from: "queued" | "sending",
  attempt: number,
  reason: string,
  detail: string,
  shift = 0,
): Promise<void> {
  await bury(delivery.queues, delivery.deadLettersUrl, { reason, detail, attempt, envelope: place.envelope });
  await end(place, from, "failed", attempt, { code: reason, detail }, shift);
}
