import type { AnyOperation, Json, RestRoute } from "../../../service";
import { describeMapping } from "../describe-mapping";
import type { LambdaEngine } from "../engine";
import { nameOf } from "../function";
import type { Mapping, MappingSettings } from "../mapping";
import type { Mappings } from "../mappings";
import { pageOf } from "./page";

interface ListInput extends Json {
  readonly EventSourceArn?: string;
  readonly FunctionName?: string;
}

interface OneInput extends Json {
  readonly UUID: string;
}

/** GetEventSourceMapping, ListEventSourceMappings, UpdateEventSourceMapping. */
export function mappingOperations(engine: LambdaEngine, mappings: Mappings): Readonly<Record<string, AnyOperation>> {
  const shown = (mapping: Mapping): Json => describeMapping(mapping, engine.find(mapping.settings.functionName).arn);
  const arnOf = (uuid: string): string => engine.cloud.arn("lambda", `event-source-mapping:${uuid}`);
  return {
    ListEventSourceMappings: {
      authorize: () => [{ action: "lambda:ListEventSourceMappings", resource: "*" }],
      answer: (input: ListInput) => {
        const found = [...mappings.all.values()]
          .filter((one) => input.EventSourceArn === undefined || one.settings.eventSourceArn === input.EventSourceArn)
          .filter(
            (one) => input.FunctionName === undefined || one.settings.functionName === nameOf(input.FunctionName),
          );
        const { items, next } = pageOf(found, input, 100);
        return { EventSourceMappings: items.map(shown), ...next };
      },
    },
    GetEventSourceMapping: {
      authorize: (input: OneInput) => [{ action: "lambda:GetEventSourceMapping", resource: arnOf(input.UUID) }],
      answer: (input: OneInput) => shown(mappings.find(input.UUID)),
    },
    UpdateEventSourceMapping: {
      authorize: (input: OneInput) => [{ action: "lambda:UpdateEventSourceMapping", resource: arnOf(input.UUID) }],
      answer: async (input: OneInput) => {
        const { settings } = mappings.find(input.UUID);
        return shown(await mappings.update(input.UUID, { ...settings, ...changeOf(input) }));
      },
    },
  };
}

function changeOf(input: Json): Partial<MappingSettings> {
  const members: [keyof MappingSettings, unknown][] = [
    ["enabled", input["Enabled"]],
    ["batchSize", input["BatchSize"]],
    ["maximumBatchingWindowInSeconds", input["MaximumBatchingWindowInSeconds"]],
    ["maximumRetryAttempts", input["MaximumRetryAttempts"]],
    ["maximumRecordAgeInSeconds", input["MaximumRecordAgeInSeconds"]],
    ["bisectBatchOnFunctionError", input["BisectBatchOnFunctionError"]],
    ["parallelizationFactor", input["ParallelizationFactor"]],
    ["maximumConcurrency", (input["ScalingConfig"] as { MaximumConcurrency?: number } | undefined)?.MaximumConcurrency],
  ];
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

const base = "/2015-03-31/event-source-mappings";

export const mappingRoutes: readonly RestRoute[] = [
  { method: "GET", path: base, operation: "ListEventSourceMappings" },
  { method: "GET", path: `${base}/`, operation: "ListEventSourceMappings" },
  { method: "GET", path: `${base}/{UUID}`, operation: "GetEventSourceMapping" },
  { method: "PUT", path: `${base}/{UUID}`, operation: "UpdateEventSourceMapping" },
];
