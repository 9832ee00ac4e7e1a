import { CALLS } from "./calls";
import { kindsOf } from "./injector";
import type { Report } from "./report";

export interface Coverage {
  readonly missing: number;
  readonly unknown: number;
  readonly fewest: number;
  readonly rarest: string;
  readonly lines: readonly string[];
}

/** Holds what was hit against the list of every call that the functions make. */
export function coverage(report: Report): Coverage {
  const lines: string[] = [];
  const missing = CALLS.filter((call) => !report.calls.has(call));
  const unknown = [...report.calls.keys()].filter((call) => !CALLS.includes(call));
  for (const call of missing) lines.push(`never called: ${call}`);
  for (const call of unknown) lines.push(`not in bench/faults/calls.ts: ${call}`);
  let fewest = Infinity;
  let rarest = "";
  for (const call of CALLS) {
    for (const kind of kindsOf(call)) {
      const hits = report.hits.get(`${call} ${kind}`) ?? 0;
      if (hits < fewest) {
        fewest = hits;
        rarest = `${call} ${kind}`;
      }
    }
  }
  return { missing: missing.length, unknown: unknown.length, fewest: fewest === Infinity ? 0 : fewest, rarest, lines };
}
