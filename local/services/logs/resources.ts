import { textOf } from "../iam/inputs";
import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import { parsePolicy } from "../iam/policy-document";
import type { LogsEngine } from "./engine";
import { compileFilterPattern } from "./filter-pattern";
import type { MetricTransformation } from "./groups";

/** Pulumi resource types of CloudWatch Logs. */
export function logsResources(engine: LogsEngine): Readonly<Record<string, ResourceType>> {
  const { store } = engine;
  return {
    "aws:cloudwatch/logGroup:LogGroup": {
      create: (inputs, context) => {
        const prefix = inputs["namePrefix"];
        const made = context.physicalName();
        const name = textOf(inputs["name"], prefix === undefined ? made : textOf(prefix) + made.slice(-7));
        const kmsKeyId = inputs["kmsKeyId"];
        store.create(name, {
          ...(typeof kmsKeyId === "string" && kmsKeyId !== "" ? { kmsKeyId } : {}),
          retentionInDays: Number(inputs["retentionInDays"] ?? 0),
          tags: tagsOf(inputs),
        });
        return groupState(engine, name, inputs);
      },
      update: (name, inputs) => {
        const group = store.get(name);
        group.tags = { ...tagsOf(inputs) };
        store.setRetention(group, Number(inputs["retentionInDays"] ?? 0) || undefined);
        if (typeof inputs["kmsKeyId"] === "string") group.kmsKeyArn = store.checkKey(group.arn, inputs["kmsKeyId"]);
        return groupState(engine, name, inputs);
      },
      delete: (name, state) => {
        if (state["skipDestroy"] !== true) store.groups.delete(name);
      },
    },
    "aws:cloudwatch/logStream:LogStream": {
      create: (inputs, context) => {
        const group = store.get(textOf(inputs["logGroupName"]));
        const name = textOf(inputs["name"], context.physicalName());
        store.createStream(group, name);
        return { id: name, state: { ...inputs, id: name, name, arn: `${group.arn}:log-stream:${name}` } };
      },
    },
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
      create: (inputs, context) => metricFilter(engine, inputs, textOf(inputs["name"], context.physicalName())),
      update: (id, inputs) => metricFilter(engine, inputs, id),
      delete: (id, state) => void store.groups.get(textOf(state["logGroupName"]))?.filters.delete(id),
    },
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {
      create: (inputs, context) => resourcePolicy(engine, inputs, context),
      update: (_id, inputs, context) => resourcePolicy(engine, inputs, context),
      delete: (id) => store.setResourcePolicy(id, undefined),
    },
  };
}

const tagsOf = (inputs: Json): Readonly<Record<string, string>> =>
  (inputs["tagsAll"] ?? inputs["tags"] ?? {}) as Readonly<Record<string, string>>;

function groupState(engine: LogsEngine, name: string, inputs: Json): Created {
  const group = engine.store.get(name);
  const state = {
    ...inputs,
    id: name,
    name,
    namePrefix: inputs["namePrefix"] ?? "",
    arn: group.arn,
    retentionInDays: group.retentionInDays ?? 0,
    logGroupClass: inputs["logGroupClass"] ?? "STANDARD",
    skipDestroy: inputs["skipDestroy"] ?? false,
    tagsAll: tagsOf(inputs),
  };
  return { id: name, state };
}

function metricFilter(engine: LogsEngine, inputs: Json, name: string): Created {
  const pattern = textOf(inputs["pattern"], "");
  const t = inputs["metricTransformation"] as Json;
  const transformation: MetricTransformation = {
    metricName: textOf(t["name"]),
    metricNamespace: textOf(t["namespace"]),
    metricValue: textOf(t["value"]),
    ...(t["defaultValue"] === undefined ? {} : { defaultValue: Number(t["defaultValue"]) }),
    ...(t["dimensions"] === undefined ? {} : { dimensions: t["dimensions"] as Record<string, string> }),
    ...(t["unit"] === undefined ? {} : { unit: textOf(t["unit"]) }),
  };
  const group = engine.store.get(textOf(inputs["logGroupName"]));
  engine.store.setFilter(group, {
    name,
    pattern,
    matches: compileFilterPattern(pattern),
    transformations: [transformation],
  });
  return { id: name, state: { ...inputs, id: name, name } };
}

function resourcePolicy(engine: LogsEngine, inputs: Json, context: ResourceContext): Created {
  const name = textOf(inputs["policyName"], context.physicalName());
  engine.store.setResourcePolicy(name, parsePolicy(inputs["policyDocument"], "resource"));
  return { id: name, state: { ...inputs, id: name, policyName: name } };
}
