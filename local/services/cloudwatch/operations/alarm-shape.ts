import type { Json } from "../../../service";
import type { Alarm, AlarmActions } from "../alarm";
import type { MetricAlarmDefinition } from "../alarm-definition";
import { periodOf, type MetricQuery } from "../queries";
import { dimensionList, dimensionsOf, isTrue, type DimensionInput, type Scalar } from "../wire";
import { queriesOf, type MetricDataQueryInput } from "./query-input";

export interface ActionsInput {
  readonly ActionsEnabled?: boolean | string;
  readonly OKActions?: readonly string[];
  readonly AlarmActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface PutMetricAlarmInput extends ActionsInput {
  readonly Tags?: readonly Tag[];
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly DimensionInput[];
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period?: Scalar;
  readonly Unit?: string;
  readonly Metrics?: readonly MetricDataQueryInput[];
  readonly ComparisonOperator: string;
  readonly Threshold?: Scalar;
  readonly EvaluationPeriods: Scalar;
  readonly DatapointsToAlarm?: Scalar;
  readonly TreatMissingData?: string;
}

export function actionsOf(input: ActionsInput): AlarmActions {
  return {
    enabled: isTrue(input.ActionsEnabled, true),
    ok: input.OKActions ?? [],
    alarm: input.AlarmActions ?? [],
    insufficientData: input.InsufficientDataActions ?? [],
  };
}

export function definitionOf(input: PutMetricAlarmInput): MetricAlarmDefinition {
  const period = Number(input.Period ?? 60);
  const single: MetricQuery = {
    id: "m1",
    returnData: true,
    metric: {
      namespace: input.Namespace ?? "",
      name: input.MetricName ?? "",
      dimensions: dimensionsOf(input.Dimensions),
      stat: input.Statistic ?? input.ExtendedStatistic ?? "Average",
      period,
    },
  };
  const queries = input.Metrics ? queriesOf(input.Metrics) : [single];
  return {
    name: input.AlarmName,
    actions: actionsOf(input),
    queries,
    period: input.Metrics ? periodOf(queries) : period,
    comparison: input.ComparisonOperator,
    evaluationPeriods: Number(input.EvaluationPeriods),
    ...(input.AlarmDescription === undefined ? {} : { description: input.AlarmDescription }),
    ...(input.Threshold === undefined ? {} : { threshold: Number(input.Threshold) }),
    ...(input.DatapointsToAlarm === undefined ? {} : { datapointsToAlarm: Number(input.DatapointsToAlarm) }),
    ...(input.TreatMissingData === undefined ? {} : { treatMissing: input.TreatMissingData }),
    ...(input.Unit === undefined ? {} : { unit: input.Unit }),
  };
}

/** An alarm as DescribeAlarms shows it. */
export function shapeOf(alarm: Alarm): Json {
  const common = {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    ...(alarm.description === undefined ? {} : { AlarmDescription: alarm.description }),
    ActionsEnabled: alarm.actions.enabled,
    OKActions: alarm.actions.ok,
    AlarmActions: alarm.actions.alarm,
    InsufficientDataActions: alarm.actions.insufficientData,
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    ...(alarm.stateReasonData === undefined ? {} : { StateReasonData: alarm.stateReasonData }),
    StateUpdatedTimestamp: new Date(alarm.stateTime),
    StateTransitionedTimestamp: new Date(alarm.transitionTime ?? alarm.stateTime),
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.updated),
  };
  if (alarm.kind === "composite") return { ...common, AlarmRule: alarm.rule };
  const only = alarm.queries.length === 1 ? alarm.queries[0]!.metric : undefined;
  const watched = only
    ? {
        Namespace: only.namespace,
        MetricName: only.name,
        Dimensions: dimensionList(only.dimensions),
        Period: only.period,
        ...(/^p\d/.test(only.stat) ? { ExtendedStatistic: only.stat } : { Statistic: only.stat }),
      }
    : { Metrics: alarm.queries.map(queryShape) };
  return {
    ...common,
    ...watched,
    EvaluationPeriods: alarm.evaluationPeriods,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    ...(alarm.declared?.datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: alarm.datapointsToAlarm }),
    ...(alarm.declared?.treatMissing === undefined ? {} : { TreatMissingData: alarm.treatMissing }),
    ...(alarm.unit === undefined ? {} : { Unit: alarm.unit }),
  };
}

function queryShape({ id, label, expression, metric, returnData }: MetricQuery): Json {
  return {
    Id: id,
    ...(label === undefined ? {} : { Label: label }),
    ...(expression === undefined ? {} : { Expression: expression }),
    ...(metric
      ? {
          MetricStat: {
            Metric: {
              Namespace: metric.namespace,
              MetricName: metric.name,
              Dimensions: dimensionList(metric.dimensions),
            },
            Period: metric.period,
            Stat: metric.stat,
          },
        }
      : {}),
    ReturnData: returnData,
  };
}
