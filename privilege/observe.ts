import { xrayEngine } from "../local/services/xray";
import { CheckFailure, type Stage } from "./stage";
import { logicalName } from "./names";

/** Fails unless every function that ran has left its log lines, its trace segment and its daemon's report. */
export async function requireTelemetry(stage: Stage): Promise<void> {
  await stage.clock.settle();
  const ran = new Set(
    stage.cloud.trace
      .since(0)
      .filter(({ kind, service, data }) => kind === "invoke" && service === "lambda" && data?.["coldStart"] !== undefined)
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

/** Whether anything was written to a log group. */
export async function hasLines(stage: Stage, logGroupName: string): Promise<boolean> {
  const { events } = await stage.operator<{ events?: readonly unknown[] }>("logs", "FilterLogEvents", { logGroupName });
  return (events ?? []).length > 0;
}
