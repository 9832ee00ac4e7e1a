import type { DeadLetterQueue } from "../../components/operations/operations";
import { TARGET_OPTIONS, TARGET_USAGE } from "./access/target";
import { confirm } from "./confirm";
import { CliError } from "./errors";
import { invocation } from "./invocation";
import { readInteger, readOptions } from "./options";
import { plural } from "./plural";
import { Progress } from "./progress";
import { bringBack } from "./redrive/bring-back";
import { describe, inspect } from "./redrive/inspect";
import { queueState, visitLetters } from "./redrive/letters";
import { arrivalOf } from "./redrive/reason";
import { searchQueued } from "./redrive/search-queued";
import { withStack, type StackAccess } from "./stack-access";

const USAGE = `Usage: ${invocation("redrive", "[<queue> … | --all] [options]")}

Without a queue: shows what lies in each dead-letter queue: how much, since when, why. With queues, or --all:
brings it back. Mend the cause first. Exits with 0 when nothing is left, 1 when something is.

  --all             every dead-letter queue of the stack
  --search          of messages-failures: find messages whose records the stream has forgotten (reads the whole table)
  --drop            delete what lies there, instead of bringing it back
  --wait SEC        how long to watch whether it comes back again (default 5)
  --yes             do not ask before deleting
${TARGET_USAGE}`;

interface Options {
  readonly search: boolean;
  readonly drop: boolean;
  readonly yes: boolean;
  readonly waitSeconds: number;
}

/** `redrive`: dead letters, shown and brought back. */
export async function redriveCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(
    args,
    {
      all: { type: "boolean" },
      search: { type: "boolean" },
      drop: { type: "boolean" },
      yes: { type: "boolean", short: "y" },
      wait: { type: "string" },
      ...TARGET_OPTIONS,
    },
    USAGE,
  );
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const options = {
    search: values.search === true,
    drop: values.drop === true,
    yes: values.yes === true,
    waitSeconds: readInteger("wait", values.wait, 0, 3_600) ?? 5,
  };
  return withStack(values, async (access) => {
    const queues = choose(access.operations.deadLetters, positionals);
    if (positionals.length === 0 && !values.all) return show(access, queues);
    let left = 0;
    for (const queue of queues) left += await redrive(access, queue, options);
    return left === 0 ? 0 : 1;
  });
}

function choose(known: readonly DeadLetterQueue[], names: readonly string[]): readonly DeadLetterQueue[] {
  return names.length === 0
    ? known
    : names.map((name) => {
        const queue = known.find((one) => one.name === name);
        if (queue) return queue;
        const all = known.map((one) => one.name).join(", ");
        throw new CliError(`There is no dead-letter queue "${name}" in this stack; it has ${all}.`);
      });
}

async function show(access: StackAccess, queues: readonly DeadLetterQueue[]): Promise<number> {
  let left = 0;
  for (const queue of queues) {
    const found = await inspect(access.aws.get("sqs"), queue);
    left += found.count + found.busy;
    for (const line of describe(found, Date.now())) console.log(line);
  }
  console.log(
    left === 0
      ? `Nothing lies in the ${queues.length} dead-letter queues.`
      : `${left} in all. Bring it back: ${invocation("redrive", "<queue>")}`,
  );
  return left === 0 ? 0 : 1;
}

/** @returns how much still lies in the queue. */
async function redrive(access: StackAccess, queue: DeadLetterQueue, options: Options): Promise<number> {
  const queues = access.aws.get("sqs");
  const before = await queueState(queues, queue.url);
  if (before.visible + before.busy === 0) {
    console.log(`${queue.name}: nothing`);
    return 0;
  }
  if (options.drop) return drop(access, queue, before.visible, options.yes);
  // Looked at now: what the redrive function keeps is out of sight for a minute.
  const windows = options.search ? await arrivals(access, queue, before.visible) : [];
  const progress = new Progress();
  const { back, done, kept } = await bringBack(access, queue, (now) =>
    progress.show(`${queue.name}: ${now.back} brought back, ${now.done} not needed any more, ${now.kept} stay`),
  );
  progress.end();
  console.log(`${queue.name}: ${back} brought back, ${done} not needed any more, ${kept} stay`);
  if (kept > 0) await search(access, queue, windows);
  return settle(access, queue, options.waitSeconds);
}

/** When the records of given-up batches arrived. */
async function arrivals(access: StackAccess, queue: DeadLetterQueue, visible: number) {
  const windows: { from: number; to: number }[] = [];
  await visitLetters(access.aws.get("sqs"), queue.url, visible, ({ Body = "" }) => {
    const window = arrivalOf(Body);
    if (window) windows.push(window);
    return Promise.resolve("stays");
  });
  return windows;
}

async function search(access: StackAccess, queue: DeadLetterQueue, windows: readonly { from: number; to: number }[]) {
  const table = access.operations.messages?.table;
  if (table === undefined || windows.length === 0) return;
  const progress = new Progress();
  const woken = await searchQueued(access, table, windows, (looked, found) =>
    progress.show(`${queue.name}: ${plural(looked, "item")} looked at, ${plural(found, "message")} woken`),
  );
  progress.end();
  console.log(
    `${queue.name}: ${plural(woken, "message")} found still queued, and woken; ` +
      `its letters are of no more use: ${invocation("redrive", queue.name, "--drop")}`,
  );
}

/** Deletes what lies there. */
async function drop(access: StackAccess, queue: DeadLetterQueue, visible: number, yes: boolean): Promise<number> {
  const queues = access.aws.get("sqs");
  const found = await inspect(queues, queue);
  for (const line of describe(found, Date.now())) console.log(line);
  if (!yes && !(await confirm(`Delete ${plural(visible, "letter")} of ${queue.name} for good?`))) return visible;
  let deleted = 0;
  await visitLetters(queues, queue.url, visible, () => {
    deleted += 1;
    return Promise.resolve("goes");
  });
  const left = await queueState(queues, queue.url);
  const more = left.visible + left.busy;
  console.log(`${queue.name}: ${deleted} deleted${more > 0 ? `, ${more} left: run it again in a minute` : ""}`);
  return more;
}

/** Watches for a while whether letters come back; says what is left and why. */
async function settle(access: StackAccess, queue: DeadLetterQueue, seconds: number): Promise<number> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) await pause();
  const found = await inspect(access.aws.get("sqs"), queue);
  for (const line of describe(found, Date.now())) console.log(line);
  return found.count + found.busy;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500));
}
