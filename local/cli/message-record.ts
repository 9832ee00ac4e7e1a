import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { playerPk } from "../../components/shared/player-keys";
import { CliError } from "./errors";
import type { StackAccess } from "./stack-access";

/** What a person wants to see of a message's item. */
export interface MessageRecord {
  readonly status: string;
  readonly reason?: string;
  readonly history: readonly { readonly status: string; readonly at: number; readonly detail?: string }[];
}

/** Seconds for which a message is followed, unless told otherwise. */
export const FOLLOW_SECONDS = 60;

/** Statuses of a message that has reached its player; later events (opened, clicked) may still come. */
const REACHED = ["delivered", "opened", "clicked", "read", "complained"];

/** Statuses of a message that will not reach its player. */
const LOST = ["bounced", "rejected", "failed", "skipped", "expired"];

/** How a message stands, with its reason, in one line. */
export function outcome({ status, reason }: MessageRecord): string {
  const open = REACHED.includes(status) || LOST.includes(status) ? "" : "; it has not come to its end yet";
  return `${status}${reason === undefined ? "" : `: ${reason}`}${open}`;
}

/** Whether it went out, whatever became of it then: a message that failed or was skipped before is in no inbox. */
export function wasSent({ status, history }: MessageRecord): boolean {
  return REACHED.includes(status) || history.some((step) => step.status === "sent");
}

/** What a command that followed a message exits with: 0 reached, 1 lost, 2 neither yet. */
export function exitCode({ status }: MessageRecord): 0 | 1 | 2 {
  return REACHED.includes(status) ? 0 : LOST.includes(status) ? 1 : 2;
}

/** @throws CliError when there is no such message. */
export async function readMessage(access: StackAccess, player: string, id: string): Promise<MessageRecord> {
  const { Item } = await access.database.send(
    new GetItemCommand({
      TableName: access.output("messagesTable"),
      Key: { pk: { S: playerPk(player) }, sk: { S: `MSG#${id}` } },
      ConsistentRead: true,
    }),
  );
  if (!Item) throw new CliError(`There is no message ${id} of player ${player}.`);
  const reason = Item["reason"]?.M;
  const words = reason ? Object.values(reason).flatMap((value) => value.S ?? []) : [];
  return {
    status: Item["status"]?.S ?? "unknown",
    ...(words.length > 0 ? { reason: words.join(", ") } : {}),
    history: (Item["history"]?.L ?? []).map(({ M }) => ({
      status: M?.["status"]?.S ?? "",
      at: Number(M?.["at"]?.N ?? 0),
      ...(M?.["detail"]?.S === undefined ? {} : { detail: M["detail"].S }),
    })),
  };
}

/** Prints each step of a message's history as it comes, until its end or until `timeoutMs`. */
export async function followMessage(
  access: StackAccess,
  player: string,
  id: string,
  print: (line: string) => void,
  timeoutMs = FOLLOW_SECONDS * 1000,
): Promise<MessageRecord> {
  const deadline = Date.now() + timeoutMs;
  let shown = 0;
  for (;;) {
    const record = await readMessage(access, player, id);
    for (const step of record.history.slice(shown)) {
      print(
        `  ${new Date(step.at * 1000).toISOString().slice(11, 19)}  ${step.status}${step.detail === undefined ? "" : `  ${step.detail}`}`,
      );
    }
    shown = record.history.length;
    if (exitCode(record) !== 2 || Date.now() > deadline) return record;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
