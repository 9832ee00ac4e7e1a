import { xrayEngine } from "../local/services/xray";
import { CheckFailure, type Stage } from "./stage";
import { logicalName } from "./names";

/** Fails unless every function that ran has left its log lines, its trace segment and its daemon's report. */
export async function requireTelemetry(stage: Stage): Promise<void> {
  await stage.clock.settle();
  const ran = new Set(
    stage.cloud.trace
      .since(0)
      .filter(
        ({ kind, service, data }) => kind === "invoke" && service === "lambda" && data?.["coldStart"] !== undefined,
      )
      .map(({ name }) => name),
  );
  const { traces, telemetry } = xrayEngine(stage.cloud);
  const traced = new Set([...traces.values()].flat().map(({ name }) => name));
  for (const name of ran) {
    const fn = stage.lambda.engine.find(name);
    if (!(await hasLines(stage, fn.settings.logGroup)))
      throw new CheckFailure(`no log line of ${logicalName(name)} arrived`);
    if (!traced.has(name)) throw new CheckFailure(`no trace segment of ${logicalName(name)} arrived`);
    if (!telemetry.has(fn.arn)) throw new CheckFailure(`the X-Ray daemon of ${logicalName(name)} did not report`);
  }
}

/** Fails if a function that ran ended in an error. */
export function requireSuccess(stage: Stage): void {
  for (const { kind, service, name, error, data } of stage.cloud.trace.since(0)) {
    const ended = kind === "state" && service === "lambda" && data?.["ended"] === true;
    if (ended && error !== undefined)
      throw new CheckFailure(`${logicalName(name)} failed: ${String(data["errorMessage"] ?? error)}`);
  }
}

/** Milliseconds that a reader may still hold what it is working off. */
const AT_WORK_MS = 3_000;

/** Fails while a function that reads a queue holds messages of it: they would come again, and again. */
export async function requireWorkedOff(stage: Stage): Promise<void> {
  const { EventSourceMappings } = await stage.operator<{ EventSourceMappings: { EventSourceArn: string }[] }>(
    "lambda",
    "ListEventSourceMappings",
    {},
  );
  for (const { EventSourceArn } of EventSourceMappings) {
    if (!EventSourceArn.startsWith("arn:aws:sqs:")) continue;
    const free = async (): Promise<boolean> => (await stage.depths(EventSourceArn)).NotVisible === 0;
    await stage.until(free, `${logicalName(EventSourceArn)} to be worked off`, AT_WORK_MS);
  }
}

/** Whether anything was written to a log group. */
export async function hasLines(stage: Stage, logGroupName: string): Promise<boolean> {
  const { events } = await stage.operator<{ events?: readonly unknown[] }>("logs", "FilterLogEvents", { logGroupName });
  return (events ?? []).length > 0;
}
