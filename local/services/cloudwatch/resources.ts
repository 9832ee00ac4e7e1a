import { textOf } from "../iam/inputs";
import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import type { AlarmActions } from "./alarm";
import { compositeAlarm, metricAlarm } from "./alarm-definition";
import { checkDashboard, dashboardArn } from "./dashboard";
import type { CloudWatchEngine } from "./engine";
import { periodOf, type MetricQuery } from "./queries";

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const record = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});
const given = (inputs: Json, name: string): Json => (inputs[name] === undefined ? {} : { [name]: inputs[name] });

/** Pulumi resource types of CloudWatch. */
export function cloudwatchResources(engine: CloudWatchEngine): Readonly<Record<string, ResourceType>> {
  return {
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
      create: (inputs, context) =>
        putMetricAlarm(engine, inputs, textOf(inputs["name"], context.physicalName()), context),
      update: (id, inputs, context) => putMetricAlarm(engine, inputs, id, context),
      delete: (id) => engine.deleteAlarm(id),
    },
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
      create: (inputs, context) => putCompositeAlarm(engine, inputs, context),
      update: (_id, inputs, context) => putCompositeAlarm(engine, inputs, context),
      delete: (id) => engine.deleteAlarm(id),
    },
    "aws:cloudwatch/dashboard:Dashboard": {
      create: (inputs, context) => putDashboard(engine, inputs, context),
      update: (_id, inputs, context) => putDashboard(engine, inputs, context),
      delete: (id) => void engine.dashboards.delete(id),
    },
  };
}

const tagsOf = (inputs: Json): Readonly<Record<string, string>> =>
  (inputs["tagsAll"] ?? inputs["tags"] ?? {}) as Readonly<Record<string, string>>;

function actions(inputs: Json): AlarmActions {
  return {
    enabled: inputs["actionsEnabled"] !== false,
    ok: list(inputs["okActions"]),
    alarm: list(inputs["alarmActions"]),
    insufficientData: list(inputs["insufficientDataActions"]),
  };
}

function metric(source: Json, period: unknown, stat: unknown): NonNullable<MetricQuery["metric"]> {
  return {
    namespace: textOf(source["namespace"]),
    name: textOf(source["metricName"]),
    dimensions: record(source["dimensions"]) as Record<string, string>,
    period: Number(period),
    stat: String(stat),
  };
}

function queries(inputs: Json): readonly MetricQuery[] {
  if (!Array.isArray(inputs["metricQueries"])) {
    return [
      {
        id: "m1",
        returnData: true,
        metric: metric(inputs, inputs["period"] ?? 60, inputs["statistic"] ?? inputs["extendedStatistic"]),
      },
    ];
  }
  return (inputs["metricQueries"] as Json[]).map((query) => {
    const watched = query["metric"] === undefined ? undefined : record(query["metric"]);
    return {
      id: textOf(query["id"]),
      returnData: query["returnData"] === true,
      ...(given(query, "label") as { label?: string }),
      ...(given(query, "expression") as { expression?: string }),
      ...(query["period"] === undefined ? {} : { period: Number(query["period"]) }),
      ...(watched ? { metric: metric(watched, watched["period"], watched["stat"]) } : {}),
    };
  });
}

function putMetricAlarm(engine: CloudWatchEngine, inputs: Json, name: string, { cloud }: ResourceContext): Created {
  const asked = queries(inputs);
  const alarm = metricAlarm(cloud, {
    name,
    actions: actions(inputs),
    queries: asked,
    period: inputs["metricQueries"] === undefined ? Number(inputs["period"] ?? 60) : periodOf(asked),
    comparison: textOf(inputs["comparisonOperator"]),
    evaluationPeriods: Number(inputs["evaluationPeriods"]),
    ...(inputs["threshold"] === undefined ? {} : { threshold: Number(inputs["threshold"]) }),
    ...(inputs["datapointsToAlarm"] === undefined ? {} : { datapointsToAlarm: Number(inputs["datapointsToAlarm"]) }),
    ...(inputs["alarmDescription"] === undefined ? {} : { description: textOf(inputs["alarmDescription"]) }),
    // The provider has this default, and says it.
    treatMissing: textOf(inputs["treatMissingData"], "missing"),
    ...(inputs["unit"] === undefined ? {} : { unit: textOf(inputs["unit"]) }),
  });
  engine.setAlarm(alarm);
  engine.tags.set(alarm.arn, tagsOf(inputs));
  const state = {
    ...inputs,
    id: name,
    name,
    arn: alarm.arn,
    region: cloud.region,
    actionsEnabled: alarm.actions.enabled,
    treatMissingData: alarm.treatMissing,
    evaluateLowSampleCountPercentiles: inputs["evaluateLowSampleCountPercentiles"] ?? "",
    tagsAll: tagsOf(inputs),
  };
  return { id: name, state };
}

function putCompositeAlarm(engine: CloudWatchEngine, inputs: Json, { cloud }: ResourceContext): Created {
  const name = textOf(inputs["alarmName"]);
  const description =
    inputs["alarmDescription"] === undefined ? {} : { description: textOf(inputs["alarmDescription"]) };
  const alarm = compositeAlarm(cloud, {
    name,
    rule: textOf(inputs["alarmRule"]),
    actions: actions(inputs),
    ...description,
  });
  engine.setAlarm(alarm);
  engine.tags.set(alarm.arn, tagsOf(inputs));
  return {
    id: name,
    state: {
      ...inputs,
      id: name,
      arn: alarm.arn,
      region: cloud.region,
      tagsAll: tagsOf(inputs),
    },
  };
}

function putDashboard(engine: CloudWatchEngine, inputs: Json, { cloud }: ResourceContext): Created {
  const name = textOf(inputs["dashboardName"]);
  const body = textOf(inputs["dashboardBody"]);
  checkDashboard(name, body);
  engine.dashboards.set(name, { body, modified: cloud.clock.now() });
  return { id: name, state: { ...inputs, id: name, region: cloud.region, dashboardArn: dashboardArn(cloud, name) } };
}
