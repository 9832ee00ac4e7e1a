import * as sqs from "@aws-sdk/client-sqs";
import { MAX_DELAY_SECONDS } from "../shared/aws-limits";
import type { Envelope } from "./envelope";

/** A mail that nobody will send any more unless an operator redrives it. */
export interface DeadLetter {
  readonly reason: string;
  readonly detail: string;
  /** Claims so far: a redrive takes effect only if it is still the last. */
  readonly attempt: number;
  readonly envelope: Envelope;
}

/** Puts a copy of a mail into a queue, to be seen after a delay in seconds (at most 900). */
export async function sendCopy(
  client: sqs.SQSClient,
  queueUrl: string,
  envelope: Envelope,
  delaySeconds: number,
): Promise<void> {
  await client.send(
    new sqs.SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(envelope),
      DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(delaySeconds))),
    }),
  );
}

/** Lays down, with its reason, what is no envelope and never becomes one. */
export async function buryMalformed(client: sqs.SQSClient, queueUrl: string, body: string): Promise<void> {
  const letter = JSON.stringify({ reason: "malformed", detail: body.slice(0, 1_000) });
  await client.send(new sqs.SendMessageCommand({ QueueUrl: queueUrl, MessageBody: letter }));
}

/** Lays a mail down with its reason. */
export async function bury(client: sqs.SQSClient, queueUrl: string, letter: DeadLetter): Promise<void> {
  await client.send(new sqs.SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(letter) }));
}
