import type { LogLine, RunResult } from "./runner";

const order = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/** Whether a line of `level` is kept; AWS applies level filters to the JSON format only. */
export function keeps(minimum: string | undefined, level: string): boolean {
  return minimum === undefined || order.indexOf(level) >= order.indexOf(minimum);
}

export interface LogStyle {
  readonly format: "Text" | "JSON";
  /** @default INFO */
  readonly applicationLevel: string | undefined;
  /** @default INFO */
  readonly systemLevel: string | undefined;
}

/** A line of the function, as it stands in the log group. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
export function applicationLine(style: LogStyle, requestId: string, line: LogLine): string | undefined {
  const timestamp = new Date(line.time).toISOString();
  if (style.format === "Text") return `${timestamp}\t${requestId}\t${line.level}\t${line.message}`;
  if (!keeps(style.applicationLevel ?? "INFO", line.level)) return undefined;
  return JSON.stringify({
    timestamp,
    level: line.level,
    requestId,
    message: line.object ?? line.message,
    ...(line.error ?? {}),
  });
}

/** The line that the platform writes before an invocation. */
export function startLine(style: LogStyle, requestId: string, time: number): string | undefined {
  if (style.format === "Text") return `START RequestId: ${requestId} Version: $LATEST`;
  return platform(style, "platform.start", time, { requestId, version: "$LATEST" });
}

/** The lines that the platform writes after an invocation. */
export function endLines(
  style: LogStyle,
  requestId: string,
  time: number,
  memorySize: number,
  result: RunResult,
): string[] {
  const billed = Math.ceil(result.durationMs + (result.initMs ?? 0));
  if (style.format === "Text") {
    const init = result.initMs === undefined ? "" : `Init Duration: ${result.initMs.toFixed(2)} ms\t`;
    return [
      `END RequestId: ${requestId}`,
      `REPORT RequestId: ${requestId}\tDuration: ${result.durationMs.toFixed(2)} ms\tBilled Duration: ${billed} ms\t` +
        `Memory Size: ${memorySize} MB\tMax Memory Used: ${result.memoryUsed} MB\t${init}`,
    ];
  }
  const report = platform(style, "platform.report", time, {
    requestId,
    status: result.failed ? "error" : "success",
    metrics: {
      durationMs: Number(result.durationMs.toFixed(3)),
      billedDurationMs: billed,
      memorySizeMB: memorySize,
      maxMemoryUsedMB: result.memoryUsed,
      ...(result.initMs === undefined ? {} : { initDurationMs: Number(result.initMs.toFixed(3)) }),
    },
  });
  return report === undefined ? [] : [report];
}

function platform(style: LogStyle, type: string, time: number, record: unknown): string | undefined {
  if (!keeps(style.systemLevel ?? "INFO", "INFO")) return undefined;
  return JSON.stringify({ time: new Date(time).toISOString(), type, record });
}
