import type { LambdaService } from "../../local/services/lambda";
import type { TestStack } from "../../tests/helpers/local-stack";
import type { Pair } from "./archives";

/** Plays the main job: two friends hear each other, a message is sent, an event's reaction enqueues another. */
export async function journey(stack: TestStack, label: string): Promise<void> {
  const [one, other] = [`one-${label}`, `other-${label}`];
  for (const player of [one, other]) await moving(stack, stack.profile(player));
  const first = await moving(stack, stack.connect(one));
  const second = await moving(stack, stack.connect(other));
  await moving(stack, stack.befriend(first, one, second, other));
  await stack.clock.advance(2_000);
  await moving(stack, first.request("event", { event: "achievement", data: { name: label } }));
  await stack.clock.advance(2_000);
  await second.notice("event", one);
  const { results } = await moving(
    stack,
    stack.invoke<{ results: { id: string }[] }>("enqueueFunction", {
      player: one,
      type: "transactional",
      template: "welcome",
      data: {},
    }),
  );
  await stack.clock.advance(60_000);
  const item = await stack.message(one, results[0]?.id ?? "");
  const status = item["status"]?.S ?? "";
  if (!["sent", "delivered", "opened", "clicked"].includes(status))
    throw new Error(`The message of the journey "${label}" is ${status}; expected it to be sent.`);
  await moving(stack, first.close());
  await moving(stack, second.close());
  await stack.clock.advance(60_000);
}

/** Replaces the code of functions in the running stack. */
export function install(stack: TestStack, some: readonly Pair[], which: "archive" | "hand"): void {
  const lambda = stack.cloud.services.get("lambda") as LambdaService;
  for (const pair of some) lambda.updateCode(pair.functionName, new Map([["index.js", Buffer.from(pair[which])]]));
}

async function moving<T>(stack: TestStack, work: Promise<T>): Promise<T> {
  const result = await work;
  await stack.clock.settle();
  return result;
}
