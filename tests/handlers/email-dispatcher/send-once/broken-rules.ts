import { messageKey } from "../../../../components/message-store/keys";
import type { Call, World } from "../../message-store/world";
import { RECONCILE } from "../fixture";

/** A rule left out on purpose. */
export type Break =
  | "claim"
  | "hold"
  | "release"
  | "condition"
  | "blind"
  | "count-throttles"
  | "silent-dlq"
  | "forget-copy"
  | "rank"
  | "redrive-condition";

/** A message, by its table's key. */
export interface MessageOf {
  readonly player: string;
  readonly id: string;
}

/** The effect of a call as a build without the rule would have it; `effect` itself where the rule does not matter. */
export function effectWithout(
  broken: Break | undefined,
  world: World,
  of: MessageOf,
  call: Call,
  effect: () => Promise<unknown>,
): () => Promise<unknown> {
  const { input } = call;
  const values = (input["ExpressionAttributeValues"] ?? {}) as Record<string, { S?: string; N?: string }>;
  const to = values[":to"]?.S;
  if (broken === "rank" && String(input["ConditionExpression"]).includes("#rank < :rank")) {
    return () => world.perform(call.operation, { ...input, ConditionExpression: "NOT contains(#seen, :key)" });
  }
  if (broken === "claim" && to === "sending") return () => Promise.resolve({});
  if (broken === "condition" && values[":attempt"]) {
    return () => world.perform(call.operation, without(input, "ConditionExpression"));
  }
  if (broken === "count-throttles" && String(input["UpdateExpression"]).includes("tries - :one")) {
    const UpdateExpression = String(input["UpdateExpression"]).replace("tries - :one", "tries - :zero");
    return () => world.perform(call.operation, { ...input, UpdateExpression });
  }
  if (broken === "blind" && input["QueueUrl"] === RECONCILE) {
    return async () => {
      const item = await world.item(messageKey(of.player, of.id));
      if (Number(item?.["tries"]?.N) < 3 || item?.["status"]?.S !== "sending") return effect();
      return fail(world, of);
    };
  }
  if (broken === "forget-copy" && input["QueueUrl"] === RECONCILE) return () => Promise.resolve({});
  return effect;
}

/** A redrive without the condition on the status. */
export async function redriveRegardless(world: World, of: MessageOf): Promise<{ redriven: number }> {
  await world.perform("UpdateItem", {
    TableName: "messages",
    Key: messageKey(of.player, of.id),
    UpdateExpression: "SET #status = :queued, tries = :zero, dispatch = dispatch + :one",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: { ":queued": { S: "queued" }, ":zero": { N: "0" }, ":one": { N: "1" } },
  });
  return { redriven: 1 };
}

function fail(world: World, of: MessageOf): Promise<unknown> {
  return world.perform("UpdateItem", {
    TableName: "messages",
    Key: messageKey(of.player, of.id),
    UpdateExpression: "SET #status = :failed, #rank = :rank, history = list_append(history, :entry)",
    ExpressionAttributeNames: { "#status": "status", "#rank": "rank" },
    ExpressionAttributeValues: {
      ":failed": { S: "failed" },
      ":rank": { N: "15" },
      ":entry": { L: [{ M: { status: { S: "failed" }, at: { N: "0" } } }] },
    },
  });
}

/** A request without one of its members. */
export function without(input: Record<string, unknown>, name: string): Record<string, unknown> {
  const rest = { ...input };
  delete rest[name];
  return rest;
}
