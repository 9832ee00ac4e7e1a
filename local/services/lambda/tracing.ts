import type { Cloud } from "../../cloud";
import type { RoleSession } from "../../principal";
import type { LambdaFunction } from "./function";
import { roleSession } from "./rights";

/** One invocation, as its trace shows it. */
export interface Segment {
  readonly traceId: string;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly failed: boolean;
}

/** X-Ray's default rule: the first request of each second, and this share of the others. https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html */
const share = 0.05;

/** ms between two reports of the daemon; the interval of AWS's own. https://github.com/aws/aws-xray-daemon */
const telemetryMs = 60_000;

/** Sends the segments of functions with active tracing, with their roles' rights. */
export class Tracing {
  private readonly seconds = new Map<string, number>();
  private readonly daemons = new Map<string, { sent: number; reportedAt: number }>();

  constructor(private readonly cloud: Cloud) {}

  /** e.g. `1-67890abc-0123456789abcdef01234567`. */
  traceId(requestId: string): string {
    const second = Math.floor(this.cloud.clock.now() / 1000);
    return `1-${second.toString(16).padStart(8, "0")}-${requestId.replace(/-/g, "").padEnd(24, "0").slice(0, 24)}`;
  }

  /** Records a segment if it is sampled. A refusal or a lost call is the trace's to show, never the function's. */
  record(fn: LambdaFunction, segment: Segment): void {
    if (fn.settings.tracing !== "Active" || !this.cloud.services.has("xray") || !this.sampled(fn)) return;
    const document = {
      trace_id: segment.traceId,
      id: segment.traceId.slice(-16),
      name: fn.settings.name,
      start_time: segment.startedAt / 1000,
      end_time: this.cloud.clock.now() / 1000,
      origin: "AWS::Lambda::Function",
      ...(segment.failed ? { fault: true } : {}),
    };
    const role = roleSession(fn.settings.role, fn.settings.name);
    const input = { TraceSegmentDocuments: [JSON.stringify(document)] };
    void this.cloud.call("xray", "PutTraceSegments", input, role).catch(() => undefined);
    this.report(fn, role);
  }

  /** The daemon beside the function says how much it sent, with its first segment and then at most once a minute. */
  private report(fn: LambdaFunction, role: RoleSession): void {
    const now = this.cloud.clock.now();
    const daemon = this.daemons.get(fn.arn) ?? { sent: 0, reportedAt: -Infinity };
    this.daemons.set(fn.arn, daemon);
    daemon.sent++;
    if (now - daemon.reportedAt < telemetryMs) return;
    const record = { Timestamp: now / 1000, SegmentsReceivedCount: daemon.sent, SegmentsSentCount: daemon.sent };
    Object.assign(daemon, { sent: 0, reportedAt: now });
    const input = { TelemetryRecords: [record], ResourceARN: fn.arn };
    void this.cloud.call("xray", "PutTelemetryRecords", input, role).catch(() => undefined);
  }

  private sampled(fn: LambdaFunction): boolean {
    const second = Math.floor(this.cloud.clock.now() / 1000);
    if (this.seconds.get(fn.arn) === second) return this.cloud.random() < share;
    this.seconds.set(fn.arn, second);
    return true;
  }
}
