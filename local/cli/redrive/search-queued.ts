import { paginateScan } from "@aws-sdk/client-dynamodb";
import { dueBucket } from "../../../components/message-store/keys";
import { transition } from "../../../components/message-store/transition";
import { N, S, type Item } from "../../../components/shared/attributes";
import type { StackAccess } from "../stack-access";

/** Milliseconds by which the times of a stream and of an item may differ. */
const SLACK_MS = 120_000;

/**
 * Finds messages that are still `queued` since the time in which given-up records arrived, and wakes them. The stream
 * forgets its records after 24 hours, and no index knows the status: this reads the whole table, and says so.
 * A message whose copy is on its way after all is not sent twice: waking it outdates the copy.
 * @returns how many were woken.
 */
export async function searchQueued(
  access: StackAccess,
  table: string,
  windows: readonly { readonly from: number; readonly to: number }[],
  progress: (looked: number, woken: number) => void,
): Promise<number> {
  let looked = 0;
  let woken = 0;
  const pages = paginateScan(
    { client: access.database },
    {
      TableName: table,
      FilterExpression: "#status = :queued",
      ProjectionExpression: "player, id, dispatch, history",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":queued": S("queued") },
    },
  );
  for await (const page of pages) {
    for (const item of page.Items ?? []) {
      const since = queuedAt(item);
      if (!windows.some(({ from, to }) => since >= from - SLACK_MS && since <= to + SLACK_MS)) continue;
      if (await wake(access, table, item)) woken += 1;
    }
    looked += page.ScannedCount ?? 0;
    progress(looked, woken);
  }
  return woken;
}

function queuedAt(item: Item): number {
  return Number(item["history"]?.L?.at(-1)?.M?.["at"]?.N ?? 0) * 1000;
}

/** As the store's own redrive does: held, and due at once. */
function wake(access: StackAccess, table: string, item: Item): Promise<boolean> {
  const id = item["id"]?.S ?? "";
  const now = Math.floor(Date.now() / 1000);
  return transition(access.database, table, {
    player: item["player"]?.S ?? "",
    id,
    from: "queued",
    to: "held",
    dispatch: Number(item["dispatch"]?.N ?? 0),
    at: now,
    detail: "redrive",
    set: ["dueBucket = :bucket", "dueAt = :due"],
    values: { ":bucket": S(dueBucket(id)), ":due": N(now) },
  });
}
