import type { Resource } from "../framework/resource";
import type { Stack } from "../framework/stack";

const ALIAS = "aws:lambda/alias:Alias";
const FUNCTION = "aws:lambda/function:Function";

/** Whether a mapping reads a stream rather than a queue; a queue takes no starting position. */
export function isStream(mapping: Resource): boolean {
  const raw = mapping.props["eventSourceArn"];
  if (typeof raw === "string") return !/^arn:[\w-]+:sqs:/.test(raw);
  return mapping.has("startingPosition") || !mapping.has("scalingConfig.maximumConcurrency");
}

/** The function that a property names: by name or ARN, by a version's or alias's ARN, or through an alias of the stack. */
export function functionOf(stack: Stack, resource: Resource, path: string): Resource | undefined {
  const found = stack.target(resource, path, FUNCTION, ALIAS);
  if (found?.type === ALIAS) return functionOf(stack, found, "functionName");
  if (found) return found;
  const qualified = /^(arn:[\w-]+:lambda:[^:]*:\d{12}:function:[^:]+):[^:]+$/.exec(resource.text(path) ?? "")?.[1];
  return qualified === undefined ? undefined : stack.named(qualified, FUNCTION)[0];
}

/** Types that can hold what could not be done. */
const FAILURE_TARGETS = [
  "aws:sqs/queue:Queue",
  "aws:sns/topic:Topic",
  "aws:s3/bucket:Bucket",
  "aws:cloudwatch/eventBus:EventBus",
  FUNCTION,
];

/** Whether a property names something of the stack that can take failures. */
export function isFailureTarget(stack: Stack, resource: Resource, path: string): boolean {
  return stack.target(resource, path, ...FAILURE_TARGETS) !== undefined;
}
