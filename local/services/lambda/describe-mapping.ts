import { sourceKind } from "./mappings";
import type { Mapping } from "./mapping";

/** The API's view of where a mapping stands. */
export function describeMapping(mapping: Mapping, functionArn: string): Record<string, unknown> {
  const { settings } = mapping;
  return {
    UUID: mapping.uuid,
    EventSourceArn: settings.eventSourceArn,
    FunctionArn: functionArn,
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.maximumBatchingWindowInSeconds,
    State: settings.enabled ? "Enabled" : "Disabled",
    StateTransitionReason: "User action",
    LastModified: mapping.lastModified / 1000,
    LastProcessingResult: mapping.lastProcessingResult,
    FunctionResponseTypes: settings.reportsBatchItemFailures ? ["ReportBatchItemFailures"] : [],
    ...(settings.filters.length === 0
      ? {}
      : { FilterCriteria: { Filters: settings.filters.map((Pattern) => ({ Pattern })) } }),
    ...(settings.maximumConcurrency === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency } }),
    ...(sourceKind(settings.eventSourceArn) !== "DynamoDB"
      ? {}
      : {
          StartingPosition: settings.startingPosition,
          ParallelizationFactor: settings.parallelizationFactor,
          MaximumRecordAgeInSeconds: settings.maximumRecordAgeInSeconds,
          BisectBatchOnFunctionError: settings.bisectBatchOnFunctionError,
          MaximumRetryAttempts: settings.maximumRetryAttempts,
          TumblingWindowInSeconds: settings.tumblingWindowInSeconds,
          DestinationConfig: { OnFailure: settings.onFailure === undefined ? {} : { Destination: settings.onFailure } },
        }),
  };
}
