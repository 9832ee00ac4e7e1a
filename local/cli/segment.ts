import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import pc from "picocolors";
import { readRun, runKey, type Run } from "../../components/segment-pipeline/run";
import { CliError } from "./errors";
import { invocation } from "./invocation";
import { readInteger, readOptions } from "./options";
import { plural } from "./plural";
import { withStack, type LocalAccess, type StackAccess } from "./stack-access";
import { TARGET_OPTIONS, TARGET_USAGE } from "./access/target";

const USAGE = `Usage: ${invocation("segment", "<name> [options]")}

Runs a segment and follows it: every player that it selects gets one message. On AWS the analytics copy is
as old as its last refresh; a local stack's is brought up to date first.

  --run ID          id of the run; the same id runs once (default a new one)
  --no-refresh      do not bring a local stack's analytics copy up to date first
  --timeout SEC     how long to follow it (default 600)
${TARGET_USAGE}`;

/** `segment`: starts a run and shows its progress. */
export async function segmentCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(
    args,
    { run: { type: "string" }, "no-refresh": { type: "boolean" }, timeout: { type: "string" }, ...TARGET_OPTIONS },
    USAGE,
    1,
  );
  const [segment] = positionals;
  if (values.help || segment === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const seconds = readInteger("timeout", values.timeout, 1, 86_400) ?? FOLLOW_SECONDS;
  return withStack(values, async (access) => {
    if (isLocal(access) && !values["no-refresh"]) await refresh(access);
    const { runId, created } = (await access.invoke(access.output("segmentFunction"), {
      segment,
      ...(values.run === undefined ? {} : { runId: values.run }),
    })) as { runId: string; created: boolean };
    console.log(`${created ? "Started" : "Known already:"} run ${runId}`);
    const run = await followRun(access, runId, show, seconds * 1000);
    if (process.stdout.isTTY) process.stdout.write("\n");
    console.log(summary(run));
    return run.status === "done" ? 0 : 1;
  });
}

/** Seconds for which a run is followed, unless told otherwise. */
const FOLLOW_SECONDS = 600;

function show(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K  ${line}`);
  else console.log(`  ${line}`);
}

function isLocal(access: StackAccess): access is LocalAccess {
  return access.local !== undefined;
}

/** Has the local cloud write the analytics copy anew, as Glue does on its own every hour. */
export async function refresh(access: Pick<LocalAccess, "local">): Promise<void> {
  const response = await fetch(`${access.local.endpoint}/_local/zero-etl/refresh`, { method: "POST" });
  if (!response.ok) throw new CliError(`The analytics copy could not be refreshed: ${await response.text()}`);
  const copies = (await response.json()) as { readonly errors?: readonly { readonly ErrorMessage: string }[] }[];
  for (const { ErrorMessage } of copies.flatMap(({ errors = [] }) => errors))
    console.log(pc.yellow(explain(ErrorMessage)));
}

function explain(message: string): string {
  const fix = message.includes("AuthorizeInboundIntegration")
    ? " Set `manageCatalogPolicy: true` on the SegmentPipeline, in one stack of each account and Region."
    : "";
  return `The analytics copy could not be refreshed: ${message.replace(/\.?$/, ".")}${fix}`;
}

/** Reads a run again and again until it has ended. */
export async function followRun(
  access: StackAccess,
  runId: string,
  print: (line: string) => void,
  timeoutMs = FOLLOW_SECONDS * 1000,
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
  // A result that names a player twice is worth a word, one that does not is the rule.
  const repeated = run.duplicates > 0 ? `, ${plural(run.duplicates, "line")} repeated` : "";
  return `done: ${plural(run.enqueued, "message")} enqueued, ${plural(run.malformed, "line")} malformed${repeated}, ${run.refusedPlayers} refused, ${plural(run.scannedBytes ?? 0, "byte")} scanned${asOf}`;
}
