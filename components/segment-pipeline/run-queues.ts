import * as sqs from "@aws-sdk/client-sqs";
import type { Captured } from "../shared/callback";
import { RUN_LIMITS, type RunStatus } from "./run";

/** URLs of the queues. */
export interface QueueSettings {
  readonly runQueueUrl: Captured<string>;
  readonly partQueueUrl: Captured<string>;
}

/** The messages by which runs go on. */
export function runQueues(client: sqs.SQSClient, { runQueueUrl, partQueueUrl }: QueueSettings) {
  /** Has the run looked at again, if it is still in this status. */
  async function poll(runId: string, phase: RunStatus): Promise<void> {
    await client.send(
      new sqs.SendMessageCommand({
        QueueUrl: runQueueUrl.get(),
        MessageBody: JSON.stringify({ runId, phase }),
        DelaySeconds: RUN_LIMITS.pollSeconds,
      }),
    );
  }

  /** Gives the first part of the run's result to its readers. */
  async function handOver(runId: string): Promise<void> {
    await client.send(
      new sqs.SendMessageCommand({
        QueueUrl: partQueueUrl.get(),
        MessageBody: JSON.stringify({ runId, part: 0 }),
      }),
    );
  }

  return { poll, handOver };
}
