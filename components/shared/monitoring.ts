import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { noteAlarmTopic } from "./operated";

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

/** A metric of CloudWatch, and what is asked of it. */
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
