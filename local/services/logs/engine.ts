import type { Cloud } from "../../cloud";
import type { LogsPort } from "../../ports";
import { describePrincipal, type Principal } from "../../principal";
import type { AccessRequest } from "../../service";
import { embeddedMetrics } from "./embedded-metrics";
import { jsonOf } from "./filter-pattern";
import { GroupStore, type LogEvent, type LogGroup, type LogStream } from "./groups";
import { select } from "./json-pattern";

/** CloudWatch Logs adds 26 bytes to each event when it counts. */
const overhead = 26;

/** Log groups on the cloud's clock, in bounded memory. */
export class LogsEngine implements LogsPort {
  readonly store: GroupStore;
  private sequence = 0;

  /** @param keptBytes how much of each group stays in memory; the oldest events go first. */
  constructor(
    private readonly cloud: Cloud,
    private readonly keptBytes = 8 * 1024 * 1024,
  ) {
    this.store = new GroupStore(cloud);
  }

  write(principal: Principal, groupName: string, streamName: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    let group = this.store.groups.get(groupName);
    if (!group) {
      if (!this.may(principal, "logs:CreateLogGroup", groupName, "")) return;
      group = this.store.create(groupName);
    }
    if (!group.streams.has(streamName)) {
      if (!this.may(principal, "logs:CreateLogStream", groupName, streamName)) return;
      this.store.createStream(group, streamName);
    }
    if (!this.may(principal, "logs:PutLogEvents", groupName, streamName)) return;
    const now = this.cloud.clock.now();
    const bytes = this.append(
      group,
      group.streams.get(streamName)!,
      lines.map((message) => ({ timestamp: now, message })),
    );
    this.cloud.trace.emit({
      kind: "log",
      service: "logs",
      name: groupName,
      principal: describePrincipal(principal),
      resource: group.arn,
      units: { "cloudwatch.logsInGb": bytes / 1e9 },
      data: { stream: streamName, lines },
    });
  }

  /** Adds events and feeds the metric filters; returns the bytes that AWS would bill. */
  append(
    group: LogGroup,
    stream: LogStream,
    events: readonly { readonly timestamp: number; readonly message: string }[],
  ): number {
    const now = this.cloud.clock.now();
    let bytes = 0;
    for (const { timestamp, message } of events) {
      const id = String(++this.sequence).padStart(56, "0");
      group.events.push({ id, stream: stream.name, timestamp, ingestionTime: now, message });
      bytes += Buffer.byteLength(message) + overhead;
      stream.first = Math.min(stream.first ?? timestamp, timestamp);
      stream.last = Math.max(stream.last ?? timestamp, timestamp);
      stream.ingested = now;
      this.feedFilters(group, message);
    }
    group.bytes += bytes;
    this.shrink(group);
    return bytes;
  }

  /** What the group holds now: neither evicted nor past its retention, by time. */
  events(group: LogGroup): readonly LogEvent[] {
    if (group.retentionInDays !== undefined) {
      const oldest = this.cloud.clock.now() - group.retentionInDays * 86_400_000;
      if (group.events.some((event) => event.timestamp < oldest)) {
        group.events = group.events.filter((event) => event.timestamp >= oldest);
        group.bytes = group.events.reduce((sum, event) => sum + Buffer.byteLength(event.message) + overhead, 0);
      }
    }
    return [...group.events].sort((a, b) => a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1));
  }

  /** Every line of every group, for searches such as "no token is in any log". */
  *lines(): Iterable<{ readonly group: string; readonly stream: string; readonly message: string }> {
    for (const group of this.store.groups.values()) {
      for (const { stream, message } of this.events(group)) yield { group: group.name, stream, message };
    }
  }

  /** The right to act on a stream (or, with an empty stream name, on the group). */
  access(action: string, group: string, stream = ""): AccessRequest {
    return {
      action,
      resource: this.cloud.arn("logs", `log-group:${group}:log-stream:${stream}`),
      policyOf: this.store.policyArn,
    };
  }

  private may(principal: Principal, action: string, group: string, stream: string): boolean {
    const request = this.access(action, group, stream);
    const decision = this.cloud.ports.iam.evaluate(principal, request);
    if (!decision.allowed) {
      this.cloud.trace.emit({
        kind: "denied",
        service: "logs",
        name: action.slice("logs:".length),
        principal: describePrincipal(principal),
        resource: request.resource,
        error: "AccessDenied",
        data: { action, deniedResource: request.resource, reason: decision.reason },
      });
    }
    return decision.allowed;
  }

  private feedFilters(group: LogGroup, message: string): void {
    for (const datum of embeddedMetrics(message)) this.cloud.ports.metrics.put(...datum);
    if (group.filters.size === 0) return;
    const json = jsonOf(message);
    for (const filter of group.filters.values()) {
      const hit = filter.matches(message, json);
      for (const t of filter.transformations) {
        const chosen = t.metricValue.startsWith("$") ? select(json, t.metricValue) : t.metricValue;
        const value = hit && chosen !== undefined ? Number(chosen) : t.defaultValue;
        if (value === undefined || Number.isNaN(value)) continue;
        const dimensions = hit
          ? Object.fromEntries(
              Object.entries(t.dimensions ?? {}).map(([name, selector]) => [name, String(select(json, selector))]),
            )
          : {};
        this.cloud.ports.metrics.put(t.metricNamespace, t.metricName, dimensions, value, t.unit);
      }
    }
  }

  private shrink(group: LogGroup): void {
    if (group.bytes <= this.keptBytes) return;
    let drop = 0;
    // Down to seven eighths, so that a busy group is not cut at every line.
    while (drop < group.events.length - 1 && group.bytes > this.keptBytes * 0.875) {
      group.bytes -= Buffer.byteLength(group.events[drop++]!.message) + overhead;
    }
    group.events.splice(0, drop);
  }
}
