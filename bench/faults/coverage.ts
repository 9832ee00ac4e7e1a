import { CALLS } from "./calls";
import { CALL_FAULTS, PARTIAL, POLLER_FAULTS } from "./injector";
import type { Report } from "./report";

export interface Coverage {
  readonly missing: number;
  readonly unknown: number;
  readonly fewest: number;
  readonly rarest: string;
  readonly lines: readonly string[];
}

/** Kinds of faults that a call can meet. */
function kindsOf(call: string): readonly string[] {
  if (call.startsWith("poller:")) return POLLER_FAULTS;
  return PARTIAL.some((name) => call.endsWith(` ${name}`)) ? [...CALL_FAULTS, "partial"] : CALL_FAULTS;
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
