import type { Trace } from "./trace";

/** Counts calls and consumed units as the trace reports them; cost = units x dated prices. */
export class Meter {
  private readonly units = new Map<string, number>();
  private readonly calls = new Map<string, number>();

  constructor(trace: Trace) {
    trace.on((event) => {
      if (event.kind === "call") add(this.calls, `${event.service}:${event.name}`, 1);
      for (const [rate, amount] of Object.entries(event.units ?? {})) add(this.units, rate, amount);
    });
  }

  snapshot(): { readonly calls: Record<string, number>; readonly units: Record<string, number> } {
    return { calls: Object.fromEntries(this.calls), units: Object.fromEntries(this.units) };
  }

  reset(): void {
    this.units.clear();
    this.calls.clear();
  }
}

function add(map: Map<string, number>, key: string, amount: number): void {
  map.set(key, (map.get(key) ?? 0) + amount);
}
