import type { RunResult } from "./run";
import { count } from "./injector";

/** A run in a form that passes between processes. */
export interface Told {
  readonly seed: number;
  readonly problems: readonly string[];
  readonly digest: string;
  readonly calls: readonly (readonly [string, number])[];
  readonly hits: readonly (readonly [string, number])[];
  readonly others: readonly (readonly [string, number])[];
  readonly ends: readonly (readonly [string, number])[];
  readonly messages: number;
  readonly notices: number;
  readonly parked: number;
  /** Seconds of CPU. */
  readonly cpu: number;
}

export function told(result: RunResult, cpu: number): Told {
  const { seed, problems, digest, messages, notices, parked } = result;
  const list = (map: ReadonlyMap<string, number>) => [...map];
  return {
    seed,
    problems,
    digest,
    messages,
    notices,
    parked,
    cpu,
    calls: list(result.calls),
    hits: list(result.hits),
    others: list(result.others),
    ends: list(result.ends),
  };
}

/** The sums of many runs. */
export class Report {
  readonly calls = new Map<string, number>();
  readonly hits = new Map<string, number>();
  readonly others = new Map<string, number>();
  readonly ends = new Map<string, number>();
  readonly failures: { readonly seed: number; readonly problems: readonly string[] }[] = [];
  seeds = 0;
  messages = 0;
  notices = 0;
  parked = 0;
  cpu = 0;

  add(run: Told): void {
    this.seeds++;
    this.messages += run.messages;
    this.notices += run.notices;
    this.parked += run.parked;
    this.cpu += run.cpu;
    for (const name of ["calls", "hits", "others", "ends"] as const) {
      for (const [key, value] of run[name]) count(this[name], key, value);
    }
    if (run.problems.length > 0) this.failures.push({ seed: run.seed, problems: run.problems });
  }

  /** Faults of every kind. */
  get faults(): number {
    return sum(this.hits) + sum(this.others);
  }

  byKind(): Map<string, number> {
    const kinds = new Map<string, number>(this.others);
    for (const [key, value] of this.hits) count(kinds, key.split(" ")[2]!, value);
    return kinds;
  }

  /** One line per call: how often each kind of fault met it. */
  table(): string {
    const kinds = [...new Set([...this.hits.keys()].map((key) => key.split(" ")[2]!))].sort();
    const width = Math.max(...[...this.calls.keys()].map((key) => key.length));
    const head = ["call".padEnd(width), "calls".padStart(8), ...kinds.map((kind) => kind.padStart(16))].join("");
    const lines = [...this.calls]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([call, calls]) =>
        [
          call.padEnd(width),
          String(calls).padStart(8),
          ...kinds.map((kind) => String(this.hits.get(`${call} ${kind}`) ?? "").padStart(16)),
        ].join(""),
      );
    return [head, ...lines].join("\n");
  }
}

export function sum(map: ReadonlyMap<string, number>): number {
  return [...map.values()].reduce((a, b) => a + b, 0);
}
