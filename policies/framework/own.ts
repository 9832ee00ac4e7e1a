import { parseArn } from "./arn";
import type { Stack } from "./stack";

/** Whether an ARN is that of a resource of the stack, or of something in it. */
export function isOwn(text: string, stack: Stack): boolean {
  if (stack.named(text).length > 0) return true;
  const arn = parseArn(text);
  if (!arn) return false;
  const separators = [...text.matchAll(/[:/]/g)].map(({ index }) => text.slice(0, index));
  if (separators.some((start) => start.startsWith("arn:") && stack.named(start).length > 0)) return true;
  // Built from a name: a log group, an API's connections, a table in a catalog database.
  const parts = arn.resource.split(/[:/]/);
  return parts.some((_, from) =>
    parts.some((__, to) => to >= from && stack.named(segment(arn.resource, parts, from, to)).length > 0),
  );
}

/** The text of a resource from one of its parts to another, separators kept. */
function segment(text: string, parts: readonly string[], from: number, to: number): string {
  const start = parts.slice(0, from).reduce((length, part) => length + part.length + 1, 0);
  const length = parts.slice(from, to + 1).reduce((sum, part) => sum + part.length + 1, -1);
  // `/aws/lambda/name` begins with its separator.
  return text.slice(start, start + length);
}
