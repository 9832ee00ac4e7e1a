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
  const arnOf = (uuid: string): string => mappings.arnOf(uuid);
  const shown = (mapping: Mapping, state?: string): Json =>
    describeMapping(mapping, engine.find(mapping.settings.functionName).arn, arnOf(mapping.uuid), state);
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
        return { EventSourceMappings: items.map((mapping) => shown(mapping)), ...next };
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
        const change = changeOf(input, settings);
        const after = await mappings.update(input.UUID, { ...settings, ...change });
        // It has settled when it is asked for next.
        return shown(after, transition(settings.enabled, after.settings.enabled));
      },
    },
  };
}

/** The state on the way from one setting to the next. */
function transition(before: boolean, after: boolean): string | undefined {
  if (before === after) return after ? "Updating" : undefined;
  return after ? "Enabling" : "Disabling";
}

function changeOf(input: Json, before: MappingSettings): Partial<MappingSettings> {
  const criteria = input["FilterCriteria"] as { Filters?: readonly { Pattern?: string }[] } | undefined;
  const responses = input["FunctionResponseTypes"] as readonly string[] | undefined;
  const scaling = input["ScalingConfig"] as { MaximumConcurrency?: number } | undefined;
  const destination = input["DestinationConfig"] as { OnFailure?: { Destination?: string } } | undefined;
  const name = input["FunctionName"] as string | undefined;
  const members: [keyof MappingSettings, unknown][] = [
    ["enabled", input["Enabled"]],
    ["batchSize", input["BatchSize"]],
    ["maximumBatchingWindowInSeconds", input["MaximumBatchingWindowInSeconds"]],
    ["maximumRetryAttempts", input["MaximumRetryAttempts"]],
    ["maximumRecordAgeInSeconds", input["MaximumRecordAgeInSeconds"]],
    ["bisectBatchOnFunctionError", input["BisectBatchOnFunctionError"]],
    ["parallelizationFactor", input["ParallelizationFactor"]],
    ["tumblingWindowInSeconds", input["TumblingWindowInSeconds"]],
    ["functionName", name === undefined ? undefined : nameOf(name)],
    ["filters", criteria && (criteria.Filters ?? []).flatMap((filter) => filter.Pattern ?? [])],
    ["reportsBatchItemFailures", responses?.includes("ReportBatchItemFailures")],
  ];
  return {
    ...Object.fromEntries(members.filter(([, value]) => value !== undefined)),
    // An empty configuration takes away what there was.
    maximumConcurrency: scaling ? scaling.MaximumConcurrency : before.maximumConcurrency,
    onFailure: destination ? destination.OnFailure?.Destination || undefined : before.onFailure,
  };
}

const base = "/2015-03-31/event-source-mappings";

export const mappingRoutes: readonly RestRoute[] = [
  { method: "GET", path: base, operation: "ListEventSourceMappings" },
  { method: "GET", path: `${base}/`, operation: "ListEventSourceMappings" },
  { method: "GET", path: `${base}/{UUID}`, operation: "GetEventSourceMapping" },
  {
    method: "PUT",
    path: `${base}/{UUID}`,
    operation: "UpdateEventSourceMapping",
    encode: (output) => ({
      status: 202,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(output),
    }),
  },
];
