import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import type { Alarm, AlarmState } from "../alarm";
import { keyOf } from "../metric-store";
import { compositeAlarm, metricAlarm } from "../alarm-definition";
import type { CloudWatchEngine } from "../engine";
import { dimensionsOf, timeOf, validation, type DimensionInput, type Scalar } from "../wire";
import { actionsOf, definitionOf, shapeOf, type ActionsInput, type PutMetricAlarmInput, type Tag } from "./alarm-shape";
import { tagNew, tagOperations } from "./tags";

interface DescribeInput {
  readonly AlarmNames?: readonly string[];
  readonly AlarmNamePrefix?: string;
  readonly StateValue?: AlarmState;
  readonly AlarmTypes?: readonly string[];
}
interface PutCompositeInput extends ActionsInput {
  readonly AlarmName: string;
  readonly AlarmRule: string;
  readonly AlarmDescription?: string;
  readonly Tags?: readonly Tag[];
}
interface ForMetricInput {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly DimensionInput[];
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period?: Scalar;
  readonly Unit?: string;
}
interface HistoryInput {
  readonly AlarmName?: string;
  readonly HistoryItemType?: string;
  readonly StartDate?: Scalar;
  readonly EndDate?: Scalar;
  readonly MaxRecords?: Scalar;
}

/** PutMetricAlarm, PutCompositeAlarm, DescribeAlarms, DescribeAlarmHistory, SetAlarmState, DeleteAlarms. */
export function alarmOperations(engine: CloudWatchEngine): Readonly<Record<string, AnyOperation>> {
  const { cloud } = engine;
  const on =
    (action: string) =>
    ({ AlarmName }: { AlarmName?: string }) => [
      { action, resource: cloud.arn("cloudwatch", `alarm:${AlarmName ?? "*"}`) },
    ];
  return {
    PutMetricAlarm: {
      authorize: on("cloudwatch:PutMetricAlarm"),
      answer: (input: PutMetricAlarmInput) => {
        const alarm = metricAlarm(cloud, definitionOf(input));
        tagNew(engine, alarm, input.Tags);
        engine.setAlarm(alarm);
        return {};
      },
    },
    PutCompositeAlarm: {
      authorize: on("cloudwatch:PutCompositeAlarm"),
      answer: (input: PutCompositeInput) => {
        const description = input.AlarmDescription === undefined ? {} : { description: input.AlarmDescription };
        const { AlarmName: name, AlarmRule: rule } = input;
        const alarm = compositeAlarm(cloud, { name, rule, actions: actionsOf(input), ...description });
        tagNew(engine, alarm, input.Tags);
        engine.setAlarm(alarm);
        return {};
      },
    },
    DescribeAlarms: {
      authorize: on("cloudwatch:DescribeAlarms"),
      answer: ({ AlarmNames, AlarmNamePrefix = "", StateValue, AlarmTypes = ["MetricAlarm"] }: DescribeInput) => {
        const found = [...engine.alarms.values()].filter(
          ({ name, state }) =>
            (AlarmNames === undefined || AlarmNames.includes(name)) &&
            name.startsWith(AlarmNamePrefix) &&
            (StateValue === undefined || state === StateValue),
        );
        const ofKind = (kind: string, type: string) =>
          AlarmTypes.includes(type) ? found.filter((alarm) => alarm.kind === kind).map(shapeOf) : [];
        return {
          MetricAlarms: ofKind("metric", "MetricAlarm"),
          CompositeAlarms: ofKind("composite", "CompositeAlarm"),
        };
      },
    },
    DescribeAlarmsForMetric: {
      authorize: on("cloudwatch:DescribeAlarmsForMetric"),
      answer: (input: ForMetricInput) => ({
        MetricAlarms: [...engine.alarms.values()].filter((alarm) => watches(alarm, input)).map(shapeOf),
      }),
    },
    DescribeAlarmHistory: {
      authorize: on("cloudwatch:DescribeAlarmHistory"),
      answer: ({ AlarmName, HistoryItemType, StartDate, EndDate, MaxRecords = 100 }: HistoryInput) => {
        const [from, to] = [timeOf(StartDate, -Infinity), timeOf(EndDate, Infinity)];
        const found = engine.history.filter(
          ({ alarm, type, time }) =>
            (AlarmName === undefined || alarm === AlarmName) &&
            (HistoryItemType === undefined || type === HistoryItemType) &&
            time >= from &&
            time <= to,
        );
        return {
          AlarmHistoryItems: found
            .slice(-Number(MaxRecords))
            .reverse()
            .map(({ alarm, kind, time, type, summary, data }) => ({
              AlarmName: alarm,
              AlarmType: kind === "metric" ? "MetricAlarm" : "CompositeAlarm",
              Timestamp: new Date(time),
              HistoryItemType: type,
              HistorySummary: summary,
              HistoryData: JSON.stringify(data),
            })),
        };
      },
    },
    SetAlarmState: {
      authorize: on("cloudwatch:SetAlarmState"),
      answer: async ({
        AlarmName,
        StateValue,
        StateReason,
        StateReasonData,
      }: {
        AlarmName: string;
        StateValue: AlarmState;
        StateReason: string;
        StateReasonData?: string;
      }) => {
        if (!["OK", "ALARM", "INSUFFICIENT_DATA"].includes(StateValue))
          throw validation(
            `1 validation error detected: Value '${StateValue}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]`,
          );
        const alarm = engine.alarms.get(AlarmName);
        if (!alarm) throw new AwsError("ResourceNotFound", "The named resource does not exist.", 404);
        await engine.setState(alarm, StateValue, StateReason, StateReasonData);
        return {};
      },
    },
    DeleteAlarms: {
      authorize: ({ AlarmNames = [] }: DescribeInput) =>
        AlarmNames.map((name) => ({
          action: "cloudwatch:DeleteAlarms",
          resource: cloud.arn("cloudwatch", `alarm:${name}`),
        })),
      answer: ({ AlarmNames = [] }: DescribeInput) => {
        for (const name of AlarmNames)
          if (!engine.alarms.has(name))
            throw new AwsError("ResourceNotFound", "The named resource does not exist.", 404);
        for (const name of AlarmNames) engine.deleteAlarm(name);
        return {};
      },
    },
    ...tagOperations(engine),
    EnableAlarmActions: switchActions(engine, true),
    DisableAlarmActions: switchActions(engine, false),
  };
}

/** Whether an alarm is on this one metric, and on no expression. */
function watches(alarm: Alarm, input: ForMetricInput): boolean {
  const only = alarm.kind === "metric" && alarm.queries.length === 1 ? alarm.queries[0]!.metric : undefined;
  if (!only || alarm.kind !== "metric") return false;
  const { Namespace: namespace, MetricName: name, Statistic, ExtendedStatistic, Period, Unit } = input;
  return (
    keyOf(only) === keyOf({ namespace, name, dimensions: dimensionsOf(input.Dimensions) }) &&
    only.stat === (Statistic ?? ExtendedStatistic ?? only.stat) &&
    only.period === Number(Period ?? only.period) &&
    alarm.unit === (Unit ?? alarm.unit)
  );
}

function switchActions(engine: CloudWatchEngine, enabled: boolean): AnyOperation {
  const action = `cloudwatch:${enabled ? "Enable" : "Disable"}AlarmActions`;
  return {
    authorize: ({ AlarmNames = [] }: DescribeInput, { cloud }) =>
      AlarmNames.map((name) => ({ action, resource: cloud.arn("cloudwatch", `alarm:${name}`) })),
    answer: ({ AlarmNames = [] }: DescribeInput) => {
      for (const name of AlarmNames) {
        const alarm = engine.alarms.get(name);
        if (alarm) engine.setAlarm({ ...alarm, actions: { ...alarm.actions, enabled } });
      }
      return {};
    },
  };
}
