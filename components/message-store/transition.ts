import * as dynamodb from "@aws-sdk/client-dynamodb";
import { L, N, S, type Item } from "../shared/attributes";
import { isConditionFailure } from "../shared/condition";
import { historyEntry, reasonValue } from "./item";
import { messageKey } from "./keys";
import { MAX_HISTORY } from "./limits";
import type { Reason } from "./message";
import { RANK, type OwnStep } from "./status";

/** A step of a message's status, taken only if the message is still where the step starts. */
export type Transition = OwnStep & StepDetails;

interface StepDetails {
  readonly player: string;
  readonly id: string;
  /** Epoch seconds. */
  readonly at: number;
  /** The number that the claim must still have. @default any */
  readonly attempt?: number;
  /** The pass through preparation that must still be the last. @default any */
  readonly dispatch?: number;
  /** A further condition, in terms of `names` and `values`. */
  readonly condition?: string;
  readonly reason?: Reason;
  /** For the history. */
  readonly detail?: string;
  /** Entries that the history is known to have; a full one has its last entry replaced. @default 0 */
  readonly historyLength?: number;
  /** Further assignments, `name = :value`, in terms of `names` and `values`. */
  readonly set?: readonly string[];
  readonly remove?: readonly string[];
  /** Additions to sets, `name :value`. */
  readonly add?: readonly string[];
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Item;
}

/** The one conditional update that takes the step. */
export function transitionInput(table: string, t: Transition): dynamodb.UpdateItemCommandInput {
  const values: Item = {
    ":from": S(t.from),
    ":to": S(t.to),
    ":rank": N(RANK[t.to]),
    ...(t.values ?? {}),
  };
  const entry = historyEntry(t.to, t.at, t.detail ?? t.reason?.code, t.attempt);
  const full = (t.historyLength ?? 0) >= MAX_HISTORY;
  values[":entry"] = full ? entry : L([entry]);
  const set = [
    "#status = :to",
    "#rank = :rank",
    full ? `history[${MAX_HISTORY - 1}] = :entry` : "history = list_append(history, :entry)",
    ...(t.set ?? []),
  ];
  const names: Record<string, string> = { "#status": "status", "#rank": "rank", ...(t.names ?? {}) };
  if (t.reason) {
    names["#reason"] = "reason";
    values[":reason"] = reasonValue(t.reason);
    set.push("#reason = :reason");
  }
  const conditions = ["#status = :from"];
  if (t.attempt !== undefined) {
    values[":attempt"] = N(t.attempt);
    conditions.push("attempt = :attempt");
  }
  if (t.dispatch !== undefined) {
    values[":dispatch"] = N(t.dispatch);
    conditions.push("dispatch = :dispatch");
  }
  if (t.condition !== undefined) conditions.push(t.condition);
  return {
    TableName: table,
    Key: messageKey(t.player, t.id),
    UpdateExpression: [clause("SET", set), clause("REMOVE", t.remove), clause("ADD", t.add)].join(" ").trim(),
    ConditionExpression: conditions.join(" AND "),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

function clause(word: string, parts: readonly string[] = []): string {
  return parts.length === 0 ? "" : `${word} ${parts.join(", ")}`;
}

/** Takes the step; false when the message was elsewhere already. */
export async function transition(client: dynamodb.DynamoDBClient, table: string, t: Transition): Promise<boolean> {
  try {
    await client.send(new dynamodb.UpdateItemCommand(transitionInput(table, t)));
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
