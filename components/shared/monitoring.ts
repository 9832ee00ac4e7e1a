import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { noteAlarmTopic } from "./operated";
import { SECONDS_PER_HOUR } from "./units";

/** How much a component watches itself. */
export interface MonitoringArgs {
  /**
   * `all`: every alarm; `essential`: only those that say that messages are being lost (a development stack: at most ten
   * in all, since each costs money); `none`.
   * @default all
   */
  alarms?: "all" | "essential" | "none";
  /** ARN of the SNS topic that alarms notify. @default nobody is notified, the alarm only changes its state */
  alarmTopicArn?: pulumi.Input<string>;
}

/** One alarm on one metric, or on an expression over several. */
export interface AlarmSpec {
  /** Becomes the end of the alarm's logical name. */
  readonly suffix: string;
  readonly description: string;
  readonly essential?: boolean;
  readonly threshold: number;
  /** @default GreaterThanThreshold */
  readonly comparison?: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  /** Seconds. @default 300 */
  readonly period?: number;
  /** Periods in a row. @default 1 */
  readonly evaluationPeriods?: number;
  readonly metric?: MetricSpec;
  /** Metric math; ids of `metrics` are its variables. */
  readonly expression?: string;
  readonly metrics?: Readonly<Record<string, MetricSpec>>;
}

export interface MetricSpec {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly stat: "Sum" | "Average" | "Maximum" | "Minimum" | "SampleCount" | "p99";
}

/** A widget of a CloudWatch dashboard, without its place: the dashboard lays widgets out. */
export interface Widget {
  readonly title: string;
  readonly metrics: readonly { readonly metric: MetricSpec; readonly label?: string }[];
  /** @default timeSeries */
  readonly view?: "timeSeries" | "singleValue";
  /** @default false */
  readonly stacked?: boolean;
  /** Columns of 24. @default 8 */
  readonly width?: number;
}

/** Declares a component's alarms as its children. */
export function createAlarms(
  parent: pulumi.Resource,
  name: string,
  specs: readonly AlarmSpec[],
  monitoring: MonitoringArgs = {},
): aws.cloudwatch.MetricAlarm[] {
  const level = monitoring.alarms ?? "all";
  if (level === "none") return [];
  if (monitoring.alarmTopicArn !== undefined) noteAlarmTopic(parent, monitoring.alarmTopicArn);
  return specs
    .filter((spec) => level === "all" || spec.essential)
    .map((spec) => createAlarm(parent, name, spec, monitoring));
}

function createAlarm(
  parent: pulumi.Resource,
  name: string,
  spec: AlarmSpec,
  monitoring: MonitoringArgs,
): aws.cloudwatch.MetricAlarm {
  const period = spec.period ?? 300;
  const actions =
    monitoring.alarmTopicArn === undefined
      ? {}
      : { alarmActions: [monitoring.alarmTopicArn], okActions: [monitoring.alarmTopicArn] };
  const common = {
    alarmDescription: spec.description,
    comparisonOperator: spec.comparison ?? "GreaterThanThreshold",
    threshold: spec.threshold,
    evaluationPeriods: spec.evaluationPeriods ?? 1,
    treatMissingData: "notBreaching",
    ...actions,
  };
  const watched = spec.metric
    ? {
        namespace: spec.metric.namespace,
        metricName: spec.metric.name,
        dimensions: spec.metric.dimensions,
        period,
        ...(spec.metric.stat === "p99" ? { extendedStatistic: "p99" } : { statistic: spec.metric.stat }),
      }
    : {
        metricQueries: [
          { id: "result", expression: spec.expression ?? "", returnData: true, label: spec.suffix },
          ...Object.entries(spec.metrics ?? {}).map(([id, m]) => ({
            id,
            metric: { namespace: m.namespace, metricName: m.name, dimensions: m.dimensions, period, stat: m.stat },
          })),
        ],
      };
  return new aws.cloudwatch.MetricAlarm(`${name}-${spec.suffix}`, { ...common, ...watched }, { parent });
}

/** Alarms that every function has: errors and throttles. */
export function functionAlarms(suffix: string, functionName: pulumi.Input<string>): AlarmSpec[] {
  const metric = (metricName: string): MetricSpec => ({
    namespace: "AWS/Lambda",
    name: metricName,
    dimensions: { FunctionName: functionName },
    stat: "Sum",
  });
  return [
    {
      suffix: `${suffix}-errors`,
      description: "The function failed or timed out.",
      threshold: 0,
      metric: metric("Errors"),
    },
    {
      suffix: `${suffix}-throttles`,
      description: "The function was refused concurrency.",
      threshold: 0,
      metric: metric("Throttles"),
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
    metric: {
      namespace: "AWS/Lambda",
      name: "IteratorAge",
      dimensions: { FunctionName: functionName },
      stat: "Maximum",
    },
  };
}
