import { AwsError } from "../../aws-error";
import { parseJsonPattern } from "./json-pattern";

/** Whether a line is meant. `json` is the line's parsed object, if it is one. */
export type LineFilter = (line: string, json: unknown) => boolean;

/**
 * Compiles a filter pattern of CloudWatch Logs: words, "phrases", ?either ?or, -without, and JSON patterns in braces.
 * Patterns for space-delimited lines (in square brackets) are refused.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function compileFilterPattern(pattern: string): LineFilter {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (text.startsWith("{")) {
    const matches = parseJsonPattern(text);
    return (_line, json) => typeof json === "object" && json !== null && matches(json);
  }
  if (text.startsWith("[")) throw invalidPattern();
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map((found) => ({
    sign: found[1]!,
    word: found[2] === undefined ? found[3]! : found[2].replace(/\\(.)/g, "$1"),
  }));
  const either = terms.filter((term) => term.sign === "?");
  const must = terms.filter((term) => term.sign === "");
  const not = terms.filter((term) => term.sign === "-");
  return (line) =>
    must.every((term) => line.includes(term.word)) &&
    not.every((term) => !line.includes(term.word)) &&
    // Optional terms decide only where no required term stands beside them.
    (either.length === 0 || must.length > 0 || either.some((term) => line.includes(term.word)));
}

/** The line as JSON; undefined if it is none. */
export function jsonOf(line: string): unknown {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function invalidPattern(): AwsError {
  return new AwsError("InvalidParameterException", "Invalid filter pattern", 400);
}
