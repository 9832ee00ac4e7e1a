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
  /** Milliseconds since the epoch. */
  stateTime: number;
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
 * The state that the last datapoints (oldest first) give an alarm, "M out of N" and missing data as declared.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function judge(alarm: MetricAlarm, points: Points): AlarmState {
  const breaches = comparisons[alarm.comparison]!;
  let breaching = 0;
  let present = 0;
  for (const point of points) {
    if (point !== undefined) {
      present++;
      if (breaches(point, alarm.threshold)) breaching++;
    } else if (alarm.treatMissing === "breaching") {
      present++;
      breaching++;
    } else if (alarm.treatMissing === "notBreaching") present++;
  }
  if (breaching >= alarm.datapointsToAlarm) return "ALARM";
  if (present === 0) return alarm.treatMissing === "ignore" ? alarm.state : "INSUFFICIENT_DATA";
  return "OK";
}

/** AWS's sentence about why a state was entered. */
export function reasonFor(alarm: MetricAlarm, state: AlarmState, points: Points): string {
  if (state === "INSUFFICIENT_DATA") return "Insufficient Data: 1 datapoint was unknown.";
  const shown = points.filter((point) => point !== undefined);
  const relation = {
    GreaterThanThreshold: "greater than",
    GreaterThanOrEqualToThreshold: "greater than or equal to",
    LessThanThreshold: "less than",
    LessThanOrEqualToThreshold: "less than or equal to",
  }[alarm.comparison];
  if (shown.length === 0) {
    const treated = alarm.treatMissing === "breaching" ? "Breaching" : "NonBreaching";
    return `Threshold Crossed: no datapoints were received for ${points.length} period${points.length === 1 ? "" : "s"} and ${points.length} missing datapoint${points.length === 1 ? " was" : "s were"} treated as [${treated}].`;
  }
  const was = shown.length === 1 ? "datapoint" : "datapoints";
  const verb = state === "ALARM" ? (shown.length === 1 ? "was" : "were") : shown.length === 1 ? "was not" : "were not";
  return `Threshold Crossed: ${shown.length} ${was} [${shown.join(", ")}] ${verb} ${relation} the threshold (${alarm.threshold}).`;
}
