import type { Resource } from "../framework/resource";
import type { Stack } from "../framework/stack";

const FUNCTION = "aws:lambda/function:Function";

/** Whether a mapping reads a stream rather than a queue; a queue takes no starting position. */
export function isStream(mapping: Resource): boolean {
  const raw = mapping.props["eventSourceArn"];
  if (typeof raw === "string") return !/^arn:[\w-]+:sqs:/.test(raw);
  return mapping.has("startingPosition") || !mapping.has("scalingConfig.maximumConcurrency");
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
