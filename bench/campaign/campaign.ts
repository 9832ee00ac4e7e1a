import { newRun, RUN_LIMITS } from "../../components/segment-pipeline/run";
import { S } from "../../components/shared/attributes";
import { s3Address } from "../../local/services/athena/sources";
import type { S3Service } from "../../local/services/s3";
import type { DeclaredResource } from "../../local/program";
import type { TestStack } from "../../tests/helpers/local-stack";
import { putItems } from "../shared/seed";

/** What a campaign came to. */
export interface Campaign {
  readonly recipients: number;
  /** Seconds of real time until every message was queued. */
  readonly seconds: number;
  /** CPU seconds of the process, workers included. */
  readonly cpuSeconds: number;
  /** Most memory that an environment of the enqueueing function reported, MB. */
  readonly functionMb: number;
  /** Most resident memory of the whole process, MB. */
  readonly processMb: number;
  /** Messages of the run that lie in the table, and players they are for. */
  readonly messages: number;
  readonly players: number;
}

/**
 * Enqueues a message for each line of a result file, as a run of a segment does once its query has ended. What prepares
 * messages waits meanwhile: the campaign is over when all are queued.
 *
 * @param progress told each part that is done.
 */
export async function campaign(
  stack: TestStack,
  recipients: number,
  progress: (line: string) => void = () => undefined,
): Promise<Campaign> {
  const { cloud, clock } = stack;
  const runId = `campaign-${recipients}`;
  await pausePreparing(stack);
  const { location: result, bytes } = await writeResult(stack, runId, recipients);
  const parts = Math.ceil(bytes / RUN_LIMITS.partBytes);
  const run = newRun(runId, "active-30-days", Math.floor(clock.now() / 1_000));
  await putItems(cloud, stack.stack.output("runsTable"), [{ ...run, status: S("enqueueing"), result: S(result) }]);
  let functionMb = 0;
  let processMb = 0;
  let reports = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  const stop = cloud.trace.on(({ kind, name, data }) => {
    if (kind !== "log" || !name.endsWith("segments-enqueue")) return;
    const [, used] = /"maxMemoryUsedMB":(\d+)/.exec(JSON.stringify(data).replaceAll("\\", "")) ?? [];
    functionMb = Math.max(functionMb, Number(used ?? 0));
    processMb = Math.max(processMb, process.memoryUsage.rss() / 1_048_576);
    if (used === undefined) return;
    const { user, system } = process.cpuUsage(cpu);
    const spent = `${((performance.now() - started) / 1_000).toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of CPU`;
    progress(`part ${++reports} of ${parts}: ${spent}, function ${used} MB, process ${processMb.toFixed(0)} MB`);
  });
  await cloud.call(
    "sqs",
    "SendMessage",
    { QueueUrl: partQueueUrl(stack), MessageBody: JSON.stringify({ runId, part: 0 }) },
    cloud.operator,
  );
  const done = await clock.advanceUntil(() => statusOf(stack, runId) === "done", 3_600_000);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  stop();
  if (!done) throw new Error(`The run ${runId} is ${statusOf(stack, runId) ?? "lost"} after an hour; expected done.`);
  const messages = [...messagesOf(stack, runId)];
  return {
    recipients,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    functionMb,
    processMb,
    messages: messages.length,
    players: new Set(messages).size,
  };
}

/** Disables the stream mapping of the function that prepares messages. */
async function pausePreparing({ stack, cloud, clock }: TestStack): Promise<void> {
  const mapping = find(stack.evaluation.resources, "aws:lambda/eventSourceMapping:EventSourceMapping", ({ inputs }) =>
    String(inputs["functionName"]).endsWith("-messages-prepare"),
  );
  await cloud.call("lambda", "UpdateEventSourceMapping", { UUID: mapping.id, Enabled: false }, cloud.operator);
  await clock.advance(60_000);
}

/** Writes the file that Athena would have left. @returns its address and size. */
async function writeResult(
  { stack, cloud }: TestStack,
  runId: string,
  recipients: number,
): Promise<{ readonly location: string; readonly bytes: number }> {
  const workgroup = find(stack.evaluation.resources, "aws:athena/workgroup:Workgroup");
  const configuration = workgroup.inputs["configuration"] as {
    readonly resultConfiguration: { readonly outputLocation: string };
  };
  const location = `${configuration.resultConfiguration.outputLocation}${runId}.csv`;
  const { bucket, prefix: key } = s3Address(location);
  const lines = ['"pk"'];
  for (let i = 0; i < recipients; i++) lines.push(`"PLAYER#fan-${String(i).padStart(9, "0")}"`);
  const { store } = cloud.services.get("s3") as S3Service;
  const file = Buffer.from(`${lines.join("\n")}\n`);
  await store.put(store.bucket(bucket), key, file);
  return { location, bytes: file.length };
}

function partQueueUrl({ stack }: TestStack): string {
  const fn = find(
    stack.evaluation.resources,
    "aws:lambda/function:Function",
    ({ name }) => name === "segments-enqueue",
  );
  const { variables } = fn.inputs["environment"] as { readonly variables: Readonly<Record<string, string>> };
  return variables["SETTINGS_PART_QUEUE_URL"] ?? "";
}

function statusOf({ stack, cloud }: TestStack, runId: string): string | undefined {
  const arn = cloud.arn("dynamodb", `table/${stack.output("runsTable")}`);
  for (const item of cloud.ports.tables.items(arn)) {
    const { pk, status } = item as Record<string, { readonly S?: string } | undefined>;
    if (pk?.S === `RUN#${runId}`) return status?.S;
  }
  return undefined;
}

/** The player of each message of a run. */
function* messagesOf({ stack, cloud }: TestStack, runId: string): Iterable<string> {
  const arn = cloud.arn("dynamodb", `table/${stack.output("messagesTable")}`);
  for (const item of cloud.ports.tables.items(arn)) {
    const { pk, run, status } = item as Record<string, { readonly S?: string } | undefined>;
    if (run?.S === runId && status?.S === "queued") yield pk?.S ?? "";
  }
}

function find(
  resources: readonly DeclaredResource[],
  type: string,
  fits: (resource: DeclaredResource) => boolean = () => true,
): DeclaredResource {
  const found = resources.find((resource) => resource.type === type && fits(resource));
  if (!found) throw new Error(`The program declares no ${type} of this kind.`);
  return found;
}
