import type { Created, Json, ResourceType } from "../../service";
import { oneOf } from "./constraint";
import { transitionReason } from "./describe-mapping";
import type { LambdaEngine } from "./engine";
import { nameOf } from "./function";
import type { Mapping, MappingSettings } from "./mapping";
import { invalid, sourceKind } from "./mapping-checks";
import type { Mappings } from "./mappings";

/** Plays `aws:lambda/eventSourceMapping:EventSourceMapping`. */
export function mappingType(engine: LambdaEngine, mappings: Mappings): ResourceType {
  const created = (inputs: Json, mapping: Mapping): Created => {
    engine.tags.set(mappings.arnOf(mapping.uuid), (inputs["tags"] as Record<string, string> | undefined) ?? {});
    return { id: mapping.uuid, state: { ...inputs, ...outputsOf(engine, mapping) } };
  };
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
  const startingPosition = startOf(inputs, eventSourceArn, queue);
  for (const type of responses) oneOf("functionResponseTypes", type, ["ReportBatchItemFailures"]);
  return {
    eventSourceArn,
    functionName: nameOf(inputs["functionName"] as string),
    enabled: (inputs["enabled"] as boolean | undefined) ?? true,
    batchSize: number("batchSize", queue ? 10 : 100),
    maximumBatchingWindowInSeconds: number("maximumBatchingWindowInSeconds", 0),
    parallelizationFactor: number("parallelizationFactor", 1),
    startingPosition,
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

/** Where reading starts: streams must be told, queues must not. */
function startOf(inputs: Json, arn: string, queue: boolean): "TRIM_HORIZON" | "LATEST" {
  const position = inputs["startingPosition"] as string | undefined;
  oneOf("startingPosition", position, ["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"]);
  if (queue && position !== undefined) throw invalid("StartingPosition is not valid for SQS event sources.");
  if (queue) return "TRIM_HORIZON";
  if (position === undefined)
    throw invalid(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    );
  if (inputs["startingPositionTimestamp"] !== undefined && position !== "AT_TIMESTAMP")
    throw invalid("Timestamp only valid with StartingPosition AT_TIMESTAMP");
  if (position === "AT_TIMESTAMP") throw invalid(`Unsupported starting position for arn type: ${arn}`);
  return position === "LATEST" ? "LATEST" : "TRIM_HORIZON";
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
    stateTransitionReason: transitionReason(settings.eventSourceArn),
    maximumRetryAttempts: settings.maximumRetryAttempts,
    maximumRecordAgeInSeconds: settings.maximumRecordAgeInSeconds,
    parallelizationFactor: settings.parallelizationFactor,
  };
}
