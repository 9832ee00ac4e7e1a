import * as dynamodb from "@aws-sdk/client-dynamodb";
import { historyEntry, reasonValue } from "../message-store/item";
import { messageKey } from "../message-store/keys";
import { L, N, S, SS, type Item } from "../shared/attributes";
import { isConditionFailure } from "../shared/condition";
import type { MailEvent } from "./ses-event";

/**
 * Writes an event into its message: the status only over a lower one, the line of history once, however often and in
 * whatever order events come.
 */
export async function recordEvent(
  client: dynamodb.DynamoDBClient,
  table: string,
  event: MailEvent,
  message: NonNullable<MailEvent["message"]>,
): Promise<void> {
  const { status, reason } = event;
  const at = Math.floor(event.at / 1000);
  const base = {
    TableName: table,
    Key: messageKey(message.player, message.id),
    ExpressionAttributeNames: { "#seen": "seen" },
  };
  const values: Item = {
    ":key": S(event.key),
    ":keys": SS([event.key]),
    ":entry": L([historyEntry(event.line, at, event.detail, message.attempt)]),
  };
  const unseen = "attribute_exists(pk) AND NOT contains(#seen, :key)";
  const line = "history = list_append(history, :entry)";
  if (status !== undefined) {
    const set = ["#status = :status", "#rank = :rank", line, "providerId = :provider"];
    if (reason) set.push("#reason = :reason");
    const written = await write(client, {
      ...base,
      // What a redrive put off waits no longer.
      UpdateExpression: `SET ${set.join(", ")} REMOVE dueBucket, dueAt${reason ? "" : ", #reason"} ADD #seen :keys`,
      ConditionExpression: `${unseen} AND #rank < :rank`,
      ExpressionAttributeNames: { "#seen": "seen", "#status": "status", "#rank": "rank", "#reason": "reason" },
      ExpressionAttributeValues: {
        ...values,
        ":status": S(status),
        ":rank": N(event.rank),
        ":provider": S(event.providerId),
        ...(reason ? { ":reason": reasonValue(reason) } : {}),
      },
    });
    if (written) return;
  }
  // Seen before, or overtaken by a later event: at most a line of history.
  await write(client, {
    ...base,
    UpdateExpression: `SET ${line} ADD #seen :keys`,
    ConditionExpression: unseen,
    ExpressionAttributeValues: values,
  });
}

async function write(client: dynamodb.DynamoDBClient, input: dynamodb.UpdateItemCommandInput): Promise<boolean> {
  try {
    await client.send(new dynamodb.UpdateItemCommand(input));
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
