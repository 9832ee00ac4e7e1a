import type { Created, Json, ResourceType } from "../../service";
import type { LambdaEngine } from "./engine";
import { nameOf } from "./function";
import type { Mapping, MappingSettings } from "./mapping";
import { sourceKind, type Mappings } from "./mappings";

/** Plays `aws:lambda/eventSourceMapping:EventSourceMapping`. */
export function mappingType(engine: LambdaEngine, mappings: Mappings): ResourceType {
  const created = (inputs: Json, mapping: Mapping): Created => ({
    id: mapping.uuid,
    state: { ...inputs, ...outputsOf(engine, mapping) },
  });
  return {
    create: async (inputs) => created(inputs, await mappings.create(settingsOf(inputs))),
    update: async (id, inputs) => created(inputs, await mappings.update(id, settingsOf(inputs))),
    delete: (id) => void mappings.remove(id),
  };
}

function settingsOf(inputs: Json): MappingSettings {
  const number = (key: string, otherwise: number): number => (inputs[key] as number | undefined) ?? otherwise;
  const eventSourceArn = inputs["eventSourceArn"] as string;
  const queue = sourceKind(eventSourceArn) === "SQS";
  const criteria = inputs["filterCriteria"] as { filters?: { pattern?: string }[] } | undefined;
  const responses = (inputs["functionResponseTypes"] ?? []) as readonly string[];
  const destination = inputs["destinationConfig"] as { onFailure?: { destinationArn?: string } } | undefined;
  const scaling = inputs["scalingConfig"] as { maximumConcurrency?: number } | undefined;
  const startingPosition = (inputs["startingPosition"] as string | undefined) ?? "TRIM_HORIZON";
  if (!queue && startingPosition !== "TRIM_HORIZON" && startingPosition !== "LATEST") {
    throw new Error(
      `startingPosition of the mapping on ${eventSourceArn}: got ${startingPosition}; ` +
        "expected TRIM_HORIZON or LATEST, the two that DynamoDB streams have.",
    );
  }
  return {
    eventSourceArn,
    functionName: nameOf(inputs["functionName"] as string),
    enabled: (inputs["enabled"] as boolean | undefined) ?? true,
    batchSize: number("batchSize", queue ? 10 : 100),
    maximumBatchingWindowInSeconds: number("maximumBatchingWindowInSeconds", 0),
    parallelizationFactor: number("parallelizationFactor", 1),
    startingPosition: startingPosition === "LATEST" ? "LATEST" : "TRIM_HORIZON",
    filters: (criteria?.filters ?? []).flatMap((filter) => filter.pattern ?? []),
    reportsBatchItemFailures: responses.includes("ReportBatchItemFailures"),
    bisectBatchOnFunctionError: (inputs["bisectBatchOnFunctionError"] as boolean | undefined) ?? false,
    maximumRetryAttempts: number("maximumRetryAttempts", -1),
    maximumRecordAgeInSeconds: number("maximumRecordAgeInSeconds", -1),
    onFailure: destination?.onFailure?.destinationArn,
    tumblingWindowInSeconds: number("tumblingWindowInSeconds", 0),
    maximumConcurrency: scaling?.maximumConcurrency,
  };
}

function outputsOf(engine: LambdaEngine, mapping: Mapping): Json {
  const { settings } = mapping;
  const fn = engine.find(settings.functionName);
  return {
    arn: engine.cloud.arn("lambda", `event-source-mapping:${mapping.uuid}`),
    uuid: mapping.uuid,
    functionArn: fn.arn,
    functionName: settings.functionName,
    batchSize: settings.batchSize,
    lastModified: new Date(mapping.lastModified).toISOString(),
    lastProcessingResult: mapping.lastProcessingResult,
    state: settings.enabled ? "Enabled" : "Disabled",
    stateTransitionReason: "USER_INITIATED",
    maximumRetryAttempts: settings.maximumRetryAttempts,
    maximumRecordAgeInSeconds: settings.maximumRecordAgeInSeconds,
    parallelizationFactor: settings.parallelizationFactor,
  };
}
