import type { SQSClient } from "@aws-sdk/client-sqs";
import type { DeadLetterQueue } from "../../../components/operations/operations";
import { MOST_LOOKED_AT, queueState, sentAt, visitLetters, why } from "./letters";

/** What lies in a dead-letter queue. */
export interface Inspection {
  readonly queue: DeadLetterQueue;
  readonly count: number;
  /** In the hands of a function, or just looked at by somebody. */
  readonly busy: number;
  readonly retentionSeconds: number;
  /** Epoch milliseconds of the oldest letter that was looked at. */
  readonly oldest: number | undefined;
  /** Reasons by how often they occur, most frequent first; of the letters that were looked at. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  readonly lookedAt: number;
}

/** Looks into a queue without changing what lies in it. */
export async function inspect(queues: SQSClient, queue: DeadLetterQueue): Promise<Inspection> {
  const { visible, busy, retentionSeconds } = await queueState(queues, queue.url);
  const counts = new Map<string, number>();
  let oldest: number | undefined;
  const lookedAt =
    visible === 0
      ? 0
      : await visitLetters(queues, queue.url, Math.min(visible, MOST_LOOKED_AT), (letter) => {
          const reason = why(letter);
          counts.set(reason, (counts.get(reason) ?? 0) + 1);
          oldest = Math.min(oldest ?? Infinity, sentAt(letter));
          return Promise.resolve("stays");
        });
  const reasons = [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
  return { queue, count: visible, busy, retentionSeconds, oldest, reasons, lookedAt };
}

/** The inspection as lines for people. */
export function describe(found: Inspection, now: number): string[] {
  const { queue, count, busy, oldest, reasons, lookedAt, retentionSeconds } = found;
  if (count + busy === 0) return [];
  const held = busy > 0 ? `, ${busy} more just being read` : "";
  const ends = oldest === undefined ? "" : `, gone by itself from ${day(oldest + retentionSeconds * 1000)}`;
  const age = oldest === undefined ? "" : `, oldest ${ago(now - oldest)}`;
  const some = lookedAt < count ? ` (of the ${lookedAt} that were looked at)` : "";
  return [
    `${queue.name}: ${count}${held}${age}${ends}`,
    ...reasons.slice(0, 5).map(({ reason, count: times }) => `    ${times} x ${reason.slice(0, 200)}${some}`),
    ...(reasons.length > 5 ? [`    and ${reasons.length - 5} more reasons`] : []),
  ];
}

export function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

function ago(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
}
