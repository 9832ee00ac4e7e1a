import { eventItem } from "../../components/realtime-gateway/event-items";
import type { TestStack } from "../../tests/helpers/local-stack";
import type { Row } from "../benchmark";
import { atMost } from "../shared/rows";
import { putItems } from "../shared/seed";
import { batchOf, type Calls } from "./calls";

/** Invocations that a burst of changes takes. */
export async function burstRows(stack: TestStack, calls: Calls, records: number): Promise<Row[]> {
  const batchSize = batchSizeOf(stack, "notify");
  const from = calls.last;
  const nowMs = stack.clock.now();
  const items = Array.from({ length: records }, (_, i) =>
    eventItem({ id: `BURST${String(i).padStart(20, "0")}`, player: `burst-${i % 100}`, event: "bench", nowMs }),
  );
  await Promise.all(chunks(items, 100).map((some) => putItems(stack.cloud, stack.stack.output("presenceTable"), some)));
  await stack.clock.advance(5_000);
  const invocations = calls.invocations("notify", from);
  const seen = invocations.reduce((sum, invocation) => sum + batchOf(invocation), 0);
  if (seen !== records) throw new Error(`The notify function got ${seen} records; expected ${records}.`);
  const most = Math.floor((1.2 * records) / batchSize);
  return [
    atMost(
      `invocations for ${records} stream records`,
      invocations.length,
      most,
      `batches of ${batchSize}; 1.2 x records / batch size`,
    ),
  ];
}

function batchSizeOf(stack: TestStack, name: string): number {
  const mapping = stack.stack.evaluation.resources.find(
    (resource) =>
      resource.type === "aws:lambda/eventSourceMapping:EventSourceMapping" &&
      String(resource.inputs["functionName"]).endsWith(`-${name}`),
  );
  const batchSize = mapping?.inputs["batchSize"];
  if (typeof batchSize !== "number") throw new Error(`There is no stream mapping of the function "${name}".`);
  return batchSize;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
