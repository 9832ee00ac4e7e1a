import type * as dynamodb from "@aws-sdk/client-dynamodb";
import { N, S } from "../shared/attributes";
import { dueBucket } from "./keys";
import type { Reason, StoredMessage } from "./message";
import { transition } from "./transition";

/** A fate that preparation gives a message instead of publishing it. */
export type Conclusion =
  | { readonly to: "held"; readonly until: number; readonly reason: Reason }
  | { readonly to: "expired" | "skipped" | "failed"; readonly reason: Reason };

/** Writes the fate, if the message still waits for this pass through preparation; a repeated record changes nothing. */
export function conclude(
  client: dynamodb.DynamoDBClient,
  table: string,
  message: Pick<StoredMessage, "player" | "id" | "dispatch">,
  conclusion: Conclusion,
  now: number,
): Promise<boolean> {
  const common = {
    player: message.player,
    id: message.id,
    from: "queued" as const,
    dispatch: message.dispatch,
    at: now,
    reason: conclusion.reason,
  };
  if (conclusion.to !== "held") return transition(client, table, { ...common, to: conclusion.to });
  return transition(client, table, {
    ...common,
    to: "held",
    set: ["dueBucket = :bucket", "dueAt = :due"],
    values: { ":bucket": S(dueBucket(message.id)), ":due": N(conclusion.until) },
  });
}
