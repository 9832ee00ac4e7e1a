import * as sns from "@aws-sdk/client-sns";
import { eventNameOf, type Change } from "./changes";

/** What a reaction to player events is told. */
export interface PlayerEventMessage {
  /** The same for every repetition of one event. */
  readonly id: string;
  readonly player: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Messages of one PublishBatch. https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
const BATCH = 10;

/** Publishes the changes that somebody reacts to, their name as the message attribute `event`. */
export async function publishChanges(
  topics: sns.SNSClient,
  topicArn: string,
  subscribed: string,
  changes: readonly Change[],
  fail: (sequences: readonly string[], error: unknown) => void,
): Promise<void> {
  const names = subscribed.split(",").filter((name) => name !== "");
  const wanted = changes.filter((change) => names.includes(eventNameOf(change) ?? ""));
  for (let i = 0; i < wanted.length; i += BATCH) {
    const batch = wanted.slice(i, i + BATCH);
    try {
      const answer = await topics.send(
        new sns.PublishBatchCommand({
          TopicArn: topicArn,
          PublishBatchRequestEntries: batch.map((change, n) => ({
            Id: String(n),
            Message: JSON.stringify(messageOf(change)),
            MessageAttributes: { event: { DataType: "String", StringValue: eventNameOf(change) ?? "" } },
          })),
        }),
      );
      for (const { Id, Code } of answer.Failed ?? []) {
        const change = batch[Number(Id)];
        if (change) fail([change.sequence], Code);
      }
    } catch (error) {
      fail(
        batch.map(({ sequence }) => sequence),
        error,
      );
    }
  }
}

function messageOf(change: Change): PlayerEventMessage {
  const { player } = change;
  if (change.kind === "status") {
    const { status, version, time } = change;
    return { id: `${player}/${status}/${version}`, player, event: status, data: {}, time };
  }
  const { id, event, data, nowMs } = change.event;
  return { id, player, event, data: JSON.parse(data ?? "{}") as Record<string, unknown>, time: nowMs };
}
