/** What components watch alike: of functions, of queues, of readers of streams. */
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmSpec, MetricSpec, Widget } from "./monitoring";
import { SECONDS_PER_HOUR } from "./units";

/** Alarms that every function has: errors and throttles. */
export function functionAlarms(suffix: string, functionName: pulumi.Input<string>): AlarmSpec[] {
  return [
    {
      suffix: `${suffix}-errors`,
      description: "The function failed or timed out.",
      threshold: 0,
      metric: functionMetric("Errors", functionName, "Sum"),
    },
    {
      suffix: `${suffix}-throttles`,
      description: "The function was refused concurrency.",
      threshold: 0,
      metric: functionMetric("Throttles", functionName, "Sum"),
    },
  ];
}

/** From where on a queue is behind: messages that wait, and the age of the oldest. */
export interface BacklogLimits {
  readonly depth: number;
  readonly ageSeconds: number;
}

/** Alarms of a queue and of its dead-letter queue. */
export function queueAlarms(
  suffix: string,
  queueName: pulumi.Input<string>,
  deadLetterName: pulumi.Input<string>,
  limits: BacklogLimits,
): AlarmSpec[] {
  return [
    {
      suffix: `${suffix}-dlq`,
      description: "A message lies in the dead-letter queue: read its reason, mend it, redrive.",
      essential: true,
      threshold: 0,
      metric: visibleMessages(deadLetterName),
    },
    ...backlogAlarms(suffix, queueName, limits),
  ];
}

/** Alarms of a queue whose dead letters a function reads. */
export function backlogAlarms(suffix: string, queueName: pulumi.Input<string>, limits: BacklogLimits): AlarmSpec[] {
  return [
    {
      suffix: `${suffix}-depth`,
      description: "The queue grows faster than it is worked off.",
      threshold: limits.depth,
      metric: visibleMessages(queueName),
    },
    {
      suffix: `${suffix}-age`,
      description: "The oldest message waits too long (seconds).",
      threshold: limits.ageSeconds,
      metric: queueMetric("ApproximateAgeOfOldestMessage", queueName),
    },
  ];
}

/**
 * Alarms of one reaction: of its queue, its dead letters and its function. None is essential: a development stack has ten
 * alarms over all components, and these say nothing about messages being lost.
 */
export function reactionAlarms(
  suffix: string,
  names: { readonly queue: pulumi.Input<string>; readonly deadLetters: pulumi.Input<string> },
  functionName: pulumi.Input<string>,
): AlarmSpec[] {
  const limits = { depth: 10_000, ageSeconds: SECONDS_PER_HOUR };
  return [
    ...unessential(queueAlarms(suffix, names.queue, names.deadLetters, limits)),
    ...functionAlarms(suffix, functionName),
  ];
}

/** The alarm of a queue that collects what was given up. */
export function givenUpAlarm(suffix: string, queueName: pulumi.Input<string>, description: string): AlarmSpec {
  return { suffix, description, threshold: 0, metric: visibleMessages(queueName) };
}

/** The same alarms, for a stack that has them all. */
export function unessential(specs: readonly AlarmSpec[]): AlarmSpec[] {
  return specs.map((spec) => ({ ...spec, essential: false }));
}

/** What lies in a queue and is not being read. */
export function visibleMessages(queueName: pulumi.Input<string>): MetricSpec {
  return queueMetric("ApproximateNumberOfMessagesVisible", queueName);
}

/** The highest value of one of SQS's metrics of a queue. */
export function queueMetric(name: string, queueName: pulumi.Input<string>): MetricSpec {
  return { namespace: "AWS/SQS", name, dimensions: { QueueName: queueName }, stat: "Maximum" };
}

/** One of Lambda's metrics of a function. */
export function functionMetric(name: string, functionName: pulumi.Input<string>, stat: MetricSpec["stat"]): MetricSpec {
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: functionName }, stat };
}

/** A widget of what lies in dead-letter queues, by the name of what gave it up. */
export function deadLetterWidget(title: string, queues: Readonly<Record<string, pulumi.Input<string>>>): Widget {
  return {
    title,
    metrics: Object.entries(queues).map(([label, name]) => ({ label, metric: visibleMessages(name) })),
  };
}

/** The alarm of a stream's reader that falls behind. */
export function iteratorAgeAlarm(suffix: string, functionName: pulumi.Input<string>, milliseconds: number): AlarmSpec {
  return {
    suffix: `${suffix}-iterator-age`,
    description: "The stream's reader lags behind (milliseconds).",
    essential: true,
    threshold: milliseconds,
    metric: functionMetric("IteratorAge", functionName, "Maximum"),
  };
}
