import type { AnyOperation } from "../../../service";
import type { Segment, TelemetryRecord, XrayEngine } from "../engine";

interface Range {
  /** Seconds since the epoch. */
  readonly StartTime: number;
  readonly EndTime: number;
}

interface TelemetryInput {
  readonly TelemetryRecords?: readonly TelemetryRecord[];
  readonly ResourceARN?: string;
}

/** PutTraceSegments, PutTelemetryRecords, GetTraceSummaries, BatchGetTraces. */
export function segmentOperations(engine: XrayEngine): Readonly<Record<string, AnyOperation>> {
  const any = (action: string) => () => [{ action, resource: "*" }];
  return {
    PutTraceSegments: {
      authorize: any("xray:PutTraceSegments"),
      answer: ({ TraceSegmentDocuments = [] }: { TraceSegmentDocuments?: readonly string[] }, context) => {
        const before = engine.traces.size;
        const UnprocessedTraceSegments = TraceSegmentDocuments.flatMap((document) => {
          const problem = engine.put(document);
          return problem ? [{ Id: problem.id, ErrorCode: problem.code, Message: problem.message }] : [];
        });
        context.use("xray.traceRecorded", Math.max(0, engine.traces.size - before));
        return { UnprocessedTraceSegments };
      },
    },
    PutTelemetryRecords: {
      authorize: any("xray:PutTelemetryRecords"),
      answer: ({ TelemetryRecords = [], ResourceARN }: TelemetryInput) => {
        const last = TelemetryRecords.at(-1);
        if (last && ResourceARN !== undefined) engine.telemetry.set(ResourceARN, last);
        return {};
      },
    },
    GetTraceSummaries: {
      authorize: any("xray:GetTraceSummaries"),
      answer: ({ StartTime, EndTime }: Range, { cloud }) => {
        const found = [...engine.traces].filter(([, segments]) =>
          segments.some((s) => s.start_time >= StartTime && s.start_time <= EndTime),
        );
        return {
          TraceSummaries: found.map(([Id, segments]) => summary(Id, segments)),
          ApproximateTime: cloud.clock.now() / 1000,
          TracesProcessedCount: found.length,
        };
      },
    },
    BatchGetTraces: {
      authorize: any("xray:BatchGetTraces"),
      answer: ({ TraceIds = [] }: { TraceIds?: readonly string[] }) => ({
        Traces: TraceIds.filter((id) => engine.traces.has(id)).map((Id) => ({
          Id,
          Duration: summary(Id, engine.traces.get(Id)!).Duration,
          Segments: engine.traces.get(Id)!.map((segment) => ({ Id: segment.id, Document: JSON.stringify(segment) })),
        })),
        UnprocessedTraceIds: TraceIds.filter((id) => !engine.traces.has(id)),
      }),
    },
  };
}

function summary(Id: string, segments: readonly Segment[]) {
  const start = Math.min(...segments.map((s) => s.start_time));
  const end = Math.max(...segments.map((s) => s.end_time ?? s.start_time));
  return {
    Id,
    StartTime: start,
    Duration: end - start,
    ResponseTime: end - start,
    HasError: segments.some((s) => s.error === true),
    HasFault: segments.some((s) => s.fault === true),
    HasThrottle: segments.some((s) => s.throttle === true),
    IsPartial: segments.some((s) => s.end_time === undefined),
    ServiceIds: segments.map((s) => ({ Name: s.name, Type: s.origin })),
  };
}
