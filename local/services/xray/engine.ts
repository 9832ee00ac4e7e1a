import type { Cloud } from "../../cloud";

/** A segment or subsegment as the X-Ray SDK writes it. */
export interface Segment {
  readonly trace_id: string;
  readonly id: string;
  readonly name: string;
  /** Seconds since the epoch. */
  readonly start_time: number;
  readonly end_time?: number;
  readonly error?: boolean;
  readonly fault?: boolean;
  readonly throttle?: boolean;
  readonly origin?: string;
}

/** Traces kept; the oldest go first. */
const keptTraces = 10_000;

/** What a daemon says of its own work. https://docs.aws.amazon.com/xray/latest/api/API_TelemetryRecord.html */
export interface TelemetryRecord {
  /** Seconds since the epoch. */
  readonly Timestamp: number;
  readonly SegmentsReceivedCount?: number;
  readonly SegmentsSentCount?: number;
  readonly SegmentsSpilloverCount?: number;
  readonly SegmentsRejectedCount?: number;
}

/** Segments by trace, in bounded memory. */
export class XrayEngine {
  readonly traces = new Map<string, Segment[]>();
  /** The last record of each daemon, by the ARN of the resource that it runs beside. */
  readonly telemetry = new Map<string, TelemetryRecord>();

  constructor(readonly cloud: Cloud) {}

  /** Takes a segment document; returns why it cannot be processed, if so. */
  put(document: string): { readonly id?: string; readonly code: string; readonly message: string } | undefined {
    let segment: Partial<Segment> | null;
    try {
      segment = JSON.parse(document) as Partial<Segment> | null;
    } catch {
      segment = null;
    }
    if (segment === null) return { code: "ParseError", message: "Invalid segment. ErrorCode: ParseError" };
    const { id, name, trace_id: trace, start_time: start } = segment;
    const own = id === undefined ? {} : { id };
    if (typeof id !== "string" || !/^[0-9a-f]{16}$/.test(id))
      return { ...own, code: "InvalidId", message: "Invalid segment. ErrorCode: InvalidId" };
    if (typeof trace !== "string" || !/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(trace))
      return { ...own, code: "InvalidTraceId", message: "Invalid segment. ErrorCode: InvalidTraceId" };
    if (typeof name !== "string" || typeof start !== "number")
      return { ...own, code: "MissingField", message: "Invalid segment. ErrorCode: MissingField" };
    const segments = this.traces.get(trace);
    if (segments) segments.push(segment as Segment);
    else this.traces.set(trace, [segment as Segment]);
    if (this.traces.size > keptTraces) this.traces.delete(this.traces.keys().next().value!);
    return undefined;
  }
}
