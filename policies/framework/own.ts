import { parseArn } from "./arn";
import type { Stack } from "./stack";

/** Whether an ARN is that of a resource of the stack, or of something in it. */
export function isOwn(text: string, stack: Stack): boolean {
  if (stack.named(text).length > 0) return true;
  const arn = parseArn(text);
  if (!arn) return false;
  // What API Gateway calls holds the ARN of the function: qualified, for streaming, of an alias.
  const inside = arn.service === "apigateway" ? text.indexOf("arn:", 1) : -1;
  if (inside > 0) return isOwn(text.slice(inside), stack);
  const separators = [...text.matchAll(/[:/]/g)].map(({ index }) => text.slice(0, index));
  if (separators.some((start) => start.startsWith("arn:") && stack.named(start).length > 0)) return true;
  // Built from a name: a log group, an API's connections, a table in a catalog database.
  const parts = arn.resource.split(/[:/]/);
  const isUntyped = UNTYPED.has(arn.service);
  // A table called `table` makes no other `table/…` one's own.
  const first = parts.length > 1 && !isUntyped ? 1 : 0;
  // Where an ARN begins with the name, a stage or subscription called as something of the stack makes no API one's own.
  const last = isUntyped ? 0 : parts.length - 1;
  return parts.some((_, from) =>
    parts.some(
      (__, to) =>
        from >= first &&
        from <= last &&
        to >= from &&
        stack.named(segment(arn.resource, parts, from, to)).some(({ type }) => isOfService(type, arn.service)),
    ),
  );
}

/** Services whose ARNs begin with the name itself, not with the kind of resource. */
export const UNTYPED: ReadonlySet<string> = new Set(["s3", "sns", "sqs", "execute-api"]);

/** Beginnings of the types whose names stand in a service's ARNs, where they are not `aws:<service>/`. */
const TYPES_OF: Readonly<Record<string, readonly string[]>> = {
  "execute-api": ["aws:apigatewayv2/", "aws:apigateway/"],
  cloudwatch: ["aws:cloudwatch/"],
  events: ["aws:cloudwatch/event"],
  firehose: ["aws:kinesis/firehose"],
  logs: ["aws:cloudwatch/log", "aws:lambda/function:"],
  ses: ["aws:sesv2/", "aws:ses/"],
  states: ["aws:sfn/"],
};

/** Whether a type's name can stand in an ARN of a service: a log group called `table` makes no table one's own. */
function isOfService(type: string, service: string): boolean {
  const starts = TYPES_OF[service] ?? [`aws:${service}/`];
  return starts.some((start) => type.startsWith(start)) || type === "aws:cloudcontrol/resource:Resource";
}

/** The text of a resource from one of its parts to another, separators kept. */
function segment(text: string, parts: readonly string[], from: number, to: number): string {
  const start = parts.slice(0, from).reduce((length, part) => length + part.length + 1, 0);
  const length = parts.slice(from, to + 1).reduce((sum, part) => sum + part.length + 1, -1);
  // `/aws/lambda/name` begins with its separator.
  return text.slice(start, start + length);
}
