import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import type { AlarmState } from "../alarm";
import { compositeAlarm, metricAlarm } from "../alarm-definition";
import type { CloudWatchEngine } from "../engine";
import { timeOf, validation, type Scalar } from "../wire";
import { actionsOf, definitionOf, shapeOf, type ActionsInput, type PutMetricAlarmInput } from "./alarm-shape";

interface DescribeInput {
  readonly AlarmNames?: readonly string[];
  readonly AlarmNamePrefix?: string;
  readonly StateValue?: AlarmState;
  readonly AlarmTypes?: readonly string[];
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
        engine.setAlarm(metricAlarm(cloud, definitionOf(input)));
        return {};
      },
    },
    PutCompositeAlarm: {
      authorize: on("cloudwatch:PutCompositeAlarm"),
      answer: (input: ActionsInput & { AlarmName: string; AlarmRule: string; AlarmDescription?: string }) => {
        const description = input.AlarmDescription === undefined ? {} : { description: input.AlarmDescription };
        engine.setAlarm(
          compositeAlarm(cloud, {
            name: input.AlarmName,
            rule: input.AlarmRule,
            actions: actionsOf(input),
            ...description,
          }),
        );
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
      }: {
        AlarmName: string;
        StateValue: AlarmState;
        StateReason: string;
      }) => {
        const alarm = engine.alarms.get(AlarmName);
        if (!alarm) throw new AwsError("ResourceNotFound", "The named resource does not exist.", 404);
        if (!["OK", "ALARM", "INSUFFICIENT_DATA"].includes(StateValue))
          throw validation(`Value '${StateValue}' for StateValue is not valid.`);
        await engine.setState(alarm, StateValue, StateReason);
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
    EnableAlarmActions: switchActions(engine, true),
    DisableAlarmActions: switchActions(engine, false),
  };
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
