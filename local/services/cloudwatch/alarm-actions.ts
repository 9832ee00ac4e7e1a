import type { Principal } from "../../principal";
import type { Json } from "../../service";
import type { Alarm } from "./alarm";
import { stamp } from "./alarm-reason";
import type { CloudWatchEngine } from "./engine";

/** Runs the actions of an alarm's new state. An action that is refused is a line in the trace and in the history, nothing more. */
export async function notify(engine: CloudWatchEngine, alarm: Alarm, before: Alarm): Promise<void> {
  const { cloud } = engine;
  const change = {
    alarmName: alarm.name,
    state: stateOf(alarm),
    previousState: stateOf(before),
    configuration: configurationOf(alarm),
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
    try {
      await run(engine, action, alarm, before, change);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
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

async function run(engine: CloudWatchEngine, action: string, alarm: Alarm, before: Alarm, change: Json): Promise<void> {
  const { cloud } = engine;
  const sender = (service: string): Principal => ({ type: "service", service, sourceArn: alarm.arn });
  if (action.startsWith("arn:aws:sns:")) {
    const Subject = `${alarm.state}: "${alarm.name}" in ${cloud.region}`.slice(0, 100);
    const Message = JSON.stringify(messageOf(engine, alarm, before.state));
    await cloud.call("sns", "Publish", { TopicArn: action, Subject, Message }, sender("cloudwatch.amazonaws.com"));
  } else if (action.startsWith("arn:aws:lambda:")) {
    const event = {
      source: "aws.cloudwatch",
      alarmArn: alarm.arn,
      accountId: cloud.accountId,
      time: stamp(alarm.stateTime),
      region: cloud.region,
      alarmData: change,
    };
    const Payload = Buffer.from(JSON.stringify(event)).toString("base64");
    const input = { FunctionName: action, InvocationType: "Event", Payload };
    await cloud.call("lambda", "Invoke", input, sender("lambda.alarms.cloudwatch.amazonaws.com"));
  } else {
    throw new Error(
      `The local cloud plays SNS topics and Lambda functions as alarm actions only; ${action} did not run.`,
    );
  }
}

/** A state as the event on the bus tells it. */
function stateOf(alarm: Alarm): Json {
  return {
    value: alarm.state,
    reason: alarm.stateReason,
    ...(alarm.stateReasonData === undefined ? {} : { reasonData: alarm.stateReasonData }),
    timestamp: stamp(alarm.stateTime),
  };
}

function configurationOf(alarm: Alarm): Json {
  const description = alarm.description === undefined ? {} : { description: alarm.description };
  if (alarm.kind === "composite") return { ...description, alarmRule: alarm.rule };
  const metrics = alarm.queries.map(({ id, expression, label, metric, returnData }) => ({
    id,
    ...(expression === undefined ? {} : { expression }),
    ...(label === undefined ? {} : { label }),
    ...(metric
      ? {
          metricStat: {
            metric: { namespace: metric.namespace, name: metric.name, dimensions: metric.dimensions },
            period: metric.period,
            stat: metric.stat,
          },
        }
      : {}),
    returnData,
  }));
  return { ...description, metrics };
}

/** An alarm's message names the Region as people do. */
const REGION_NAMES: Readonly<Record<string, string>> = { "us-east-1": "US East (N. Virginia)" };

/** The message of an alarm as SNS delivers it. */
function messageOf({ cloud }: CloudWatchEngine, alarm: Alarm, before: Alarm["state"]): Json {
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: cloud.accountId,
    AlarmConfigurationUpdatedTimestamp: stamp(alarm.updated),
    NewStateValue: alarm.state,
    NewStateReason: alarm.stateReason,
    StateChangeTime: stamp(alarm.stateTime),
    Region: REGION_NAMES[cloud.region] ?? cloud.region,
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
    ...(alarm.declared?.datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: alarm.datapointsToAlarm }),
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
      Statistic: only.stat === "SampleCount" ? "SAMPLE_COUNT" : only.stat.toUpperCase(),
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
