import pc from "picocolors";
import type { Cloud } from "../cloud";
import { costOf } from "../cost";
import type { LoggedError } from "../services/lambda/logged-error";
import type { TraceEvent } from "../trace";

/** Calls and cost of one invocation, collected until it ends. */
interface Running {
  calls: number;
  cost: number;
}

/**
 * A line per event that a person cares about: frames, function runs with what they cost, mails, refusals, faults.
 * @returns how to stop.
 */
export function eventLines(cloud: Cloud, asJson: boolean, print: (line: string) => void): () => void {
  if (asJson) return cloud.trace.on((event) => print(JSON.stringify(event)));
  const running = new Map<number, Running>();
  return cloud.trace.on((event) => {
    if (event.kind === "invoke") running.set(event.seq, { calls: 0, cost: 0 });
    const cause = event.cause === undefined ? undefined : running.get(event.cause);
    if (cause) {
      if (event.kind === "call") cause.calls++;
      cause.cost += costOf(event.units);
    }
    const ended = event.kind === "state" && event.data?.["ended"] === true;
    const text = describe(event, ended ? cause : undefined);
    if (ended && event.cause !== undefined) running.delete(event.cause);
    if (text !== undefined) print(`  ${pc.dim(new Date(event.time).toISOString().slice(11, 23))}  ${text}`);
  });
}

function describe(event: TraceEvent, run: Running | undefined): string | undefined {
  const data = event.data ?? {};
  switch (event.kind) {
    case "frame":
      return `${pc.cyan("frame ")} ${word(data["principalId"] ?? data["connectionId"])} ${data["direction"] === "out" ? "<-" : "->"} ${event.name}${size(data["bytes"])}`;
    case "mail":
      return `${pc.magenta("mail  ")} ${event.name} ${people(data["recipients"])}  ${word(data["subject"])}`;
    case "denied":
      return `${pc.red("DENIED")} ${short(event.principal)} may not ${word(data["action"])} on ${short(word(data["deniedResource"]))}  ${pc.dim(word(data["reason"]))}`;
    case "fault":
      return `${pc.yellow("fault ")} ${event.error ?? ""} at ${event.service}:${event.name}`;
    case "error":
      return `${pc.red("ERROR ")} ${event.service} ${event.name}: ${event.error ?? ""}`;
    case "state":
      return run ? invocation(event, run) : undefined;
    case "log":
      return logged(event);
    case "call":
    case "invoke":
      return undefined;
  }
}

/** Where Lambda writes what functions write; the rest is the name of the function. */
const LOG_GROUPS = "/aws/lambda/";

/** What a function wrote itself, without errors: those are told with the run that they belong to. */
function logged(event: TraceEvent): string | undefined {
  if (!event.name.startsWith(LOG_GROUPS)) return undefined;
  const lines = ((event.data?.["lines"] ?? []) as readonly string[]).flatMap(messageOf);
  if (lines.length === 0) return undefined;
  const name = event.name.slice(LOG_GROUPS.length);
  return `${pc.blue("log   ")} ${name}  ${lines.join("\n").replaceAll("\n", `\n${INDENT}       `)}`;
}

function messageOf(line: string): string[] {
  try {
    const { level, message } = JSON.parse(line) as { level?: string; message?: unknown };
    if (message === undefined || (level !== "INFO" && level !== "WARN")) return [];
    const text = word(message);
    return text.includes("NodeVersionSupportWarning") ? [] : [text];
  } catch {
    // Lambda's own lines in its text format begin so.
    return /^(START|END|REPORT|INIT_START) /.test(line) ? [] : [line];
  }
}

function invocation(event: TraceEvent, run: Running): string {
  const data = event.data ?? {};
  const facts = [
    `${Math.round(Number(data["durationMs"] ?? 0))} ms`,
    `${run.calls} ${run.calls === 1 ? "call" : "calls"}`,
    `$${run.cost.toFixed(7)}`,
    ...(data["coldStart"] === true ? ["cold"] : []),
  ].join(", ");
  const failed =
    event.error === undefined
      ? ""
      : `  ${pc.red(`${event.error}: ${word(data["errorMessage"])}`)}${stackOf(data["stack"])}`;
  const logged = ((data["loggedErrors"] ?? []) as readonly LoggedError[]).map(
    ({ about, errorType, errorMessage, stack }) =>
      `\n${INDENT}${pc.red("logged")} ${pc.dim(about)} ${pc.red(`${errorType}: ${errorMessage}`)}${stackOf(stack)}`,
  );
  return `${event.error === undefined ? pc.green("run   ") : pc.red("FAILED")} ${event.name}  ${pc.dim(facts)}${failed}${logged.join("")}`;
}

/** Width of the time before each line. */
const INDENT = " ".repeat(16);

function stackOf(stack: unknown): string {
  return typeof stack === "string" && stack !== "" ? `\n${stack.replace(/^\s*/gm, `${INDENT}       `)}` : "";
}

function size(bytes: unknown): string {
  return typeof bytes === "number" ? pc.dim(`  ${bytes} B`) : "";
}

function word(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

function people(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : word(value);
}

function short(arn: string | undefined): string {
  return (arn ?? "").replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, "");
}
