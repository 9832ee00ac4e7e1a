import type { Json } from "../../service";
import type { Alarm, AlarmState } from "./alarm";
import type { CloudWatchEngine } from "./engine";

/** Runs the actions of an alarm's new state. An action that is refused is a line in the trace and in the history, nothing more. */
export async function notify(engine: CloudWatchEngine, alarm: Alarm, before: AlarmState): Promise<void> {
  const { cloud } = engine;
  const change = {
    alarmName: alarm.name,
    state: { value: alarm.state, reason: alarm.stateReason, timestamp: new Date(alarm.stateTime).toISOString() },
    previousState: { value: before },
    configuration: {},
  };
  cloud.ports.events.emit({
    source: "aws.cloudwatch",
    detailType: "CloudWatch Alarm State Change",
    resources: [alarm.arn],
    detail: change,
  });
  if (!alarm.actions.enabled) return;
  const { ok, alarm: alarming, insufficientData } = alarm.actions;
  for (const action of { OK: ok, ALARM: alarming, INSUFFICIENT_DATA: insufficientData }[alarm.state]) {
    let failure: string | undefined;
    if (!/^arn:aws:sns:/.test(action))
      failure = `The local cloud plays SNS topics as alarm actions only; ${action} did not run.`;
    else {
      const input = {
        TopicArn: action,
        Subject: `${alarm.state}: "${alarm.name}" in ${cloud.region}`.slice(0, 100),
        Message: JSON.stringify(messageOf(engine, alarm, before)),
      };
      try {
        await cloud.call("sns", "Publish", input, {
          type: "service",
          service: "cloudwatch.amazonaws.com",
          sourceArn: alarm.arn,
        });
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
      }
    }
    engine.remember(
      alarm,
      "Action",
      failure === undefined ? `Successfully executed action ${action}` : `Failed to execute action ${action}`,
      { actionState: failure === undefined ? "Succeeded" : "Failed", error: failure ?? null },
    );
    if (failure !== undefined) {
      cloud.trace.emit({
        kind: "error",
        service: "cloudwatch",
        name: "AlarmAction",
        resource: action,
        error: "ActionFailed",
        data: { alarm: alarm.name, message: failure },
      });
    }
  }
}

/** The message of an alarm as SNS delivers it. */
function messageOf({ cloud }: CloudWatchEngine, alarm: Alarm, before: AlarmState): Json {
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: cloud.accountId,
    AlarmConfigurationUpdatedTimestamp: stamp(alarm.updated),
    NewStateValue: alarm.state,
    NewStateReason: alarm.stateReason,
    StateChangeTime: stamp(alarm.stateTime),
    Region: cloud.region,
    AlarmArn: alarm.arn,
    OldStateValue: before,
    OKActions: alarm.actions.ok,
    AlarmActions: alarm.actions.alarm,
    InsufficientDataActions: alarm.actions.insufficientData,
    ...(alarm.kind === "composite" ? { AlarmRule: alarm.rule } : { Trigger: triggerOf(alarm) }),
  };
}

function triggerOf(alarm: Alarm & { kind: "metric" }): Json {
  const common = {
    Period: alarm.period,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissing,
    EvaluateLowSampleCountPercentile: "",
  };
  const only = alarm.queries.length === 1 ? alarm.queries[0]!.metric : undefined;
  if (only) {
    return {
      MetricName: only.name,
      Namespace: only.namespace,
      StatisticType: /^p\d/.test(only.stat) ? "ExtendedStatistic" : "Statistic",
      Statistic: only.stat.toUpperCase(),
      Unit: alarm.unit ?? null,
      Dimensions: Object.entries(only.dimensions).map(([name, value]) => ({ value, name })),
      ...common,
    };
  }
  const metrics = alarm.queries.map(({ id, expression, label, metric, returnData }) => ({
    Id: id,
    ...(expression === undefined ? {} : { Expression: expression }),
    ...(label === undefined ? {} : { Label: label }),
    ...(metric
      ? {
          MetricStat: {
            Metric: {
              Dimensions: Object.entries(metric.dimensions).map(([name, value]) => ({ value, name })),
              MetricName: metric.name,
              Namespace: metric.namespace,
            },
            Period: metric.period,
            Stat: metric.stat,
          },
        }
      : {}),
    ReturnData: returnData,
  }));
  return { ...common, Metrics: metrics };
}

/** `2026-01-01T00:00:00.000+0000`, as CloudWatch writes times. */
function stamp(time: number): string {
  return new Date(time).toISOString().replace("Z", "+0000");
}
