import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { readRun, runKey, type Run } from "../../components/segment-pipeline/run";
import { CliError } from "./errors";
import { invocation } from "./invocation";
import { readOptions } from "./options";
import { openStack, type StackAccess } from "./stack-access";

const USAGE = `Usage: ${invocation("segment", "<name> [options]")}

Runs a segment on the running local stack and follows it: every player that it selects gets one message.

  --run ID       id of the run; the same id runs once (default a new one)
  --no-refresh   do not bring the analytics copy up to date first
  --help         this text`;

/** `segment`: starts a run and shows its progress. */
export async function segmentCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(
    args,
    { run: { type: "string" }, "no-refresh": { type: "boolean" } },
    USAGE,
  );
  const [segment] = positionals;
  if (values.help || segment === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const access = openStack();
  if (!values["no-refresh"]) await refresh(access);
  const { runId, created } = (await access.invoke(access.output("segmentFunction"), {
    segment,
    ...(values.run === undefined ? {} : { runId: values.run }),
  })) as { runId: string; created: boolean };
  console.log(`${created ? "Started" : "Known already:"} run ${runId}`);
  const run = await followRun(access, runId, (line) => {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K  ${line}`);
    else console.log(`  ${line}`);
  });
  if (process.stdout.isTTY) process.stdout.write("\n");
  console.log(summary(run));
  return run.status === "done" ? 0 : 1;
}

/** Has the local cloud write the analytics copy anew, as Glue does on its own every hour. */
export async function refresh(access: StackAccess): Promise<void> {
  const response = await fetch(`${access.stack.endpoint}/_local/zero-etl/refresh`, { method: "POST" });
  if (!response.ok) throw new CliError(`The analytics copy could not be refreshed: ${await response.text()}`);
}

/** Reads a run again and again until it has ended. */
export async function followRun(
  access: StackAccess,
  runId: string,
  print: (line: string) => void,
  timeoutMs = 600_000,
): Promise<Run> {
  const deadline = Date.now() + timeoutMs;
  let shown = "";
  for (;;) {
    const { Item } = await access.database.send(
      new GetItemCommand({ TableName: access.output("runsTable"), Key: runKey(runId), ConsistentRead: true }),
    );
    if (!Item) throw new CliError(`There is no run ${runId}.`);
    const run = readRun(Item);
    const line = progress(run);
    if (line !== shown) print(line);
    shown = line;
    if (["done", "refused", "over-budget", "failed"].includes(run.status)) return run;
    if (Date.now() > deadline)
      throw new CliError(`Run ${runId} has not ended after ${timeoutMs / 1000} s; it is ${run.status}.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function progress(run: Run): string {
  if (run.parts === undefined) return run.status;
  return `${run.status}: part ${run.doneParts.length} of ${run.parts}, ${run.enqueued} enqueued`;
}

function summary(run: Run): string {
  if (run.status !== "done")
    return `${run.status}: ${run.reason ?? ""}${run.detail === undefined ? "" : ` (${run.detail})`}`;
  const asOf = run.dataAsOf === undefined ? "" : `, data as of ${new Date(run.dataAsOf * 1000).toISOString()}`;
  return `done: ${run.enqueued} messages enqueued, ${run.malformed} lines malformed, ${run.refusedPlayers} refused, ${run.scannedBytes ?? 0} bytes scanned${asOf}`;
}
