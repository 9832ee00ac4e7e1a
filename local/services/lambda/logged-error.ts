import type { LogLine } from "./runner";

/** An error that a function caught and logged, as the event of its run's end holds it in `data.loggedErrors`. */
export interface LoggedError {
  /** What the function wrote before the error. */
  readonly about: string;
  readonly errorType: string;
  readonly errorMessage: string;
  /** Frames only. */
  readonly stack: string;
}

/** Logged errors kept per run. */
const MOST_LOGGED_ERRORS = 5;

/** Adds the error of a line at level ERROR to what the trace says of a run; other lines say nothing there. */
export function noteError(
  data: Record<string, unknown>,
  { level, message, error }: LogLine,
  explain: (stack: string) => string,
): void {
  if (!error || level !== "ERROR") return;
  const logged = (data["loggedErrors"] ??= []) as LoggedError[];
  if (logged.length >= MOST_LOGGED_ERRORS) return;
  const { errorType, errorMessage, stackTrace } = error;
  logged.push({ about: withoutError(message, error), errorType, errorMessage, stack: explain(framesOf(stackTrace)) });
}

/** What the console formats ends in the error itself, which stands beside it; its type may be in brackets. */
function withoutError(message: string, { errorType, errorMessage }: NonNullable<LogLine["error"]>): string {
  const places = [`${errorType}: ${errorMessage}`, `Error [${errorType}]: ${errorMessage}`].map((text) =>
    message.indexOf(text),
  );
  const found = places.filter((place) => place >= 0);
  return (found.length === 0 ? message : message.slice(0, Math.min(...found))).trim();
}

/** The frames of a stack trace, without the message before them. */
export function framesOf(trace: readonly string[]): string {
  return trace.filter((line) => /^\s*at /.test(line)).join("\n");
}
