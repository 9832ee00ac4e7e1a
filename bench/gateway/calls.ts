import type { Cloud } from "../../local/cloud";
import type { TraceEvent } from "../../local/trace";

/** The calls of functions as the trace tells them. */
export class Calls {
  scans = 0;
  private readonly stop: () => void;

  constructor(private readonly cloud: Cloud) {
    this.stop = cloud.trace.on((event) => {
      if (event.kind === "call" && event.service === "dynamodb" && event.name === "Scan") this.scans++;
    });
  }

  close(): void {
    this.stop();
  }

  get last(): number {
    return this.cloud.trace.last;
  }

  /** Invocations of a function, by the end of its name, after position `from`. */
  invocations(name: string, from: number): readonly TraceEvent[] {
    return this.cloud.trace.since(from).filter((event) => event.kind === "invoke" && event.name.endsWith(`-${name}`));
  }

  /** What an invocation asked of AWS itself; what Lambda sends in its name (traces, logs) is left out. */
  of(invocation: TraceEvent): readonly TraceEvent[] {
    return this.cloud.trace
      .since(invocation.seq)
      .filter(
        (event) =>
          (event.kind === "call" || event.kind === "denied") &&
          event.cause === invocation.seq &&
          event.principal?.includes("assumed-role") === true &&
          event.service !== "xray" &&
          event.service !== "logs",
      );
  }

  /** The write to a table that came last before an event. */
  writeBefore(event: TraceEvent, table: string): TraceEvent | undefined {
    return this.cloud.trace
      .since(0)
      .filter((e) => e.seq < event.seq && e.resource?.endsWith(`table/${table}`) && units([e], "dynamodb.wru") > 0)
      .at(-1);
  }
}

/** Consumed units of one rate. */
export function units(events: readonly TraceEvent[], rate: string): number {
  return events.reduce((sum, event) => sum + (event.units?.[rate] ?? 0), 0);
}

/** How many records an invocation got. */
export function batchOf(invocation: TraceEvent): number {
  return Number(invocation.data?.["batchSize"] ?? 0);
}
