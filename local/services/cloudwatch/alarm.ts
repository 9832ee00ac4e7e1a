import type { Points } from "./math";
import type { MetricQuery } from "./queries";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface AlarmActions {
  readonly enabled: boolean;
  readonly ok: readonly string[];
  readonly alarm: readonly string[];
  readonly insufficientData: readonly string[];
}

export interface AlarmBase {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly actions: AlarmActions;
  readonly updated: number;
  state: AlarmState;
  stateReason: string;
  /** The reason as JSON text. */
  stateReasonData?: string;
  /** When the state was last set, in milliseconds since the epoch. */
  stateTime: number;
  /** When it was last another one. @default stateTime */
  transitionTime?: number;
}

export interface MetricAlarm extends AlarmBase {
  readonly kind: "metric";
  /** Either one metric, or an expression with its metrics; exactly one returns data. */
  readonly queries: readonly MetricQuery[];
  readonly comparison: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissing: "missing" | "ignore" | "breaching" | "notBreaching";
  /** Seconds. */
  readonly period: number;
  readonly unit?: string;
  /** What the alarm's maker said and did not leave to a default: AWS shows no other. */
  readonly declared?: { readonly datapointsToAlarm?: number; readonly treatMissing?: string };
}

export interface CompositeAlarm extends AlarmBase {
  readonly kind: "composite";
  readonly rule: string;
  readonly holds: (stateOf: (alarm: string) => AlarmState | undefined) => boolean;
}

export type Alarm = MetricAlarm | CompositeAlarm;

/** Comparison operators that are played. */
export const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * Periods before its own that an alarm looks back at, for data in the place of missing ones. AWS says that there are some and
 * not how many; its examples show two.
 */
const further = 2;

/** Datapoints that are fetched to judge an alarm: its "evaluation range". */
export function evaluationRange(alarm: MetricAlarm): number {
  return alarm.evaluationPeriods + further;
}

/** Of the fetched datapoints those that exist and count: the newest, as many as the alarm evaluates. */
export function evaluated(alarm: MetricAlarm, points: Points): readonly number[] {
  return points.filter((point) => point !== undefined).slice(-alarm.evaluationPeriods);
}

/**
 * The state that the last datapoints (oldest first, an evaluation range of them) give an alarm. Data that exist count as
 * far as the range goes back; only what they lack is filled in as declared. Without gaps its own periods are enough.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function judge(alarm: MetricAlarm, points: Points): AlarmState {
  const breaches = comparisons[alarm.comparison]!;
  const treatment = treatmentOf(alarm);
  const values = evaluated(alarm, points);
  if (values.length === 0) {
    if (treatment === "ignore") return alarm.state;
    if (treatment === "missing") return "INSUFFICIENT_DATA";
  }
  const breaching = values.filter((value) => breaches(value, alarm.threshold)).length;
  const lacking = alarm.evaluationPeriods - values.length;
  const filled = treatment === "breaching" ? lacking : 0;
  if (breaching + filled >= alarm.datapointsToAlarm) return "ALARM";
  if (lacking === 0 || treatment === "notBreaching" || breaching < values.length) return "OK";
  // Nothing but breaches, too few of them: the state waits until the oldest is as old as an alarm needs.
  if (treatment === "ignore") return alarm.state;
  const age = points.length - points.findIndex((point) => point !== undefined);
  return age >= alarm.datapointsToAlarm ? "ALARM" : "OK";
}

/** Alarms on DynamoDB's metrics keep their state while data are missing, whatever they declare (API_PutMetricAlarm.html). */
function treatmentOf(alarm: MetricAlarm): MetricAlarm["treatMissing"] {
  return alarm.queries.some(({ metric }) => metric?.namespace === "AWS/DynamoDB") ? "ignore" : alarm.treatMissing;
}
