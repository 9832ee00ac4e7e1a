import type { Row } from "../benchmark";

/** A figure that must be at most `bar`. */
export function atMost(what: string, value: number, bar: number, detail?: string, unit = ""): Row {
  return {
    what,
    measured: `${round(value)}${unit}`,
    bar: `<= ${bar}${unit}`,
    ok: value <= bar,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** A figure that must be at least `bar`. */
export function atLeast(what: string, value: number, bar: number, detail?: string): Row {
  return {
    what,
    measured: round(value),
    bar: `>= ${bar}`,
    ok: value >= bar,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** A figure that must be exactly `bar`, at any size. */
export function exactly(what: string, value: number, bar: number, detail?: string): Row {
  return {
    what,
    measured: round(value),
    bar: `= ${bar}`,
    ok: value === bar,
    always: true,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** A figure without a bar. */
export function shown(what: string, measured: string, detail?: string): Row {
  return { what, measured, bar: "", ok: true, ...(detail === undefined ? {} : { detail }) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) throw new Error("No value to take the median of.");
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 100 ? 2 : 0);
}
