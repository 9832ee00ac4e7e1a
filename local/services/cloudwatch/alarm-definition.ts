import type { Cloud } from "../../cloud";
import { comparisons, type AlarmActions, type CompositeAlarm, type MetricAlarm } from "./alarm";
import { compileRule } from "./alarm-rule";
import { expressionOf, type MetricQuery } from "./queries";
import { validation } from "./wire";

/** What PutMetricAlarm and the Pulumi resource have in common, before defaults and checks. */
export interface MetricAlarmDefinition {
  readonly name: string;
  readonly description?: string;
  readonly actions: AlarmActions;
  readonly queries: readonly MetricQuery[];
  readonly comparison: string;
  readonly threshold?: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly treatMissing?: string;
  readonly period: number;
  readonly unit?: string;
}

const states = { state: "INSUFFICIENT_DATA", stateReason: "Unchecked: Initial alarm creation" } as const;

/** Checks a definition as PutMetricAlarm does, and makes the alarm. @throws ValidationError */
export function metricAlarm(cloud: Cloud, definition: MetricAlarmDefinition): MetricAlarm {
  const { name, description, actions, queries, comparison, threshold, evaluationPeriods, unit, period } = definition;
  if (name === "" || name.length > 255)
    throw validation(
      "1 validation error detected: Value at 'alarmName' failed to satisfy constraint: Member must have length between 1 and 255",
    );
  if (!(comparison in comparisons)) {
    throw validation(
      `The comparison operator ${comparison} is not played by the local cloud; expected one of ${Object.keys(comparisons).join(", ")}.`,
    );
  }
  if (threshold === undefined || Number.isNaN(threshold)) throw validation("Threshold must be specified.");
  if (!(evaluationPeriods >= 1)) throw validation("EvaluationPeriods must be at least 1.");
  const datapointsToAlarm = definition.datapointsToAlarm ?? evaluationPeriods;
  if (datapointsToAlarm > evaluationPeriods)
    throw validation("DatapointsToAlarm must be less than or equal to EvaluationPeriods.");
  const treatMissing = definition.treatMissing ?? "missing";
  if (
    treatMissing !== "missing" &&
    treatMissing !== "ignore" &&
    treatMissing !== "breaching" &&
    treatMissing !== "notBreaching"
  ) {
    throw validation(`Value '${treatMissing}' for TreatMissingData is not valid.`);
  }
  if (![10, 20, 30].includes(period) && period % 60 !== 0)
    throw validation("The period must be 10, 20, 30 or a multiple of 60.");
  if (queries.filter(({ returnData }) => returnData).length !== 1)
    throw validation("Exactly one element of the metrics list should return data.");
  for (const { id, expression, metric } of queries) {
    if (expression !== undefined) expressionOf(id, expression);
    else if (!metric) throw validation(`Metric query '${id}' must have either an expression or a metric.`);
    else if (!/^(Sum|Average|Minimum|Maximum|SampleCount|p(\d{1,2}(\.\d+)?|100))$/.test(metric.stat))
      throw validation(`The value ${metric.stat} for parameter Stat is not supported.`);
  }
  return {
    kind: "metric",
    name,
    arn: cloud.arn("cloudwatch", `alarm:${name}`),
    ...(description === undefined ? {} : { description }),
    actions,
    queries,
    comparison,
    threshold,
    evaluationPeriods,
    datapointsToAlarm,
    treatMissing,
    period,
    ...(unit === undefined ? {} : { unit }),
    declared: {
      ...(definition.datapointsToAlarm === undefined ? {} : { datapointsToAlarm }),
      ...(definition.treatMissing === undefined ? {} : { treatMissing }),
    },
    updated: cloud.clock.now(),
    ...states,
    stateTime: cloud.clock.now(),
  };
}

/** Makes a composite alarm. @throws ValidationError for a rule that cannot be read */
export function compositeAlarm(
  cloud: Cloud,
  definition: {
    readonly name: string;
    readonly rule: string;
    readonly description?: string;
    readonly actions: AlarmActions;
  },
): CompositeAlarm {
  const { name, rule, description, actions } = definition;
  return {
    kind: "composite",
    name,
    arn: cloud.arn("cloudwatch", `alarm:${name}`),
    ...(description === undefined ? {} : { description }),
    actions,
    rule,
    holds: compileRule(rule),
    updated: cloud.clock.now(),
    ...states,
    stateTime: cloud.clock.now(),
  };
}
