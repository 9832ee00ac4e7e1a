import { sourceKind } from "./mapping-checks";
import type { Mapping } from "./mapping";

/** The API's view of where a mapping stands. @param state another than the one it has settled in */
export function describeMapping(
  mapping: Mapping,
  functionArn: string,
  arn: string,
  state: string = mapping.settings.enabled ? "Enabled" : "Disabled",
): Record<string, unknown> {
  const { settings } = mapping;
  const stream = sourceKind(settings.eventSourceArn) === "DynamoDB";
  return {
    UUID: mapping.uuid,
    EventSourceArn: settings.eventSourceArn,
    EventSourceMappingArn: arn,
    FunctionArn: functionArn,
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.maximumBatchingWindowInSeconds,
    State: state,
    StateTransitionReason: transitionReason(settings.eventSourceArn),
    LastModified: mapping.lastModified / 1000,
    FunctionResponseTypes: settings.reportsBatchItemFailures ? ["ReportBatchItemFailures"] : [],
    ...(settings.filters.length === 0
      ? {}
      : { FilterCriteria: { Filters: settings.filters.map((Pattern) => ({ Pattern })) } }),
    ...(settings.maximumConcurrency === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency } }),
    ...(!stream
      ? {}
      : {
          LastProcessingResult: mapping.lastProcessingResult,
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

/** Why a mapping is in its state, in the words that AWS has for the kind of its source. */
export function transitionReason(eventSourceArn: string): string {
  return sourceKind(eventSourceArn) === "DynamoDB" ? "User action" : "USER_INITIATED";
}
