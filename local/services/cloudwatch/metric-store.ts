import type { Clock } from "../../clock";

/** Data of one minute. */
interface Minute {
  sum: number;
  count: number;
  minimum: number;
  maximum: number;
  /** For percentiles; a thousand are kept. */
  readonly values: number[];
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What goes with a value that is put. */
export interface DatumOptions {
  readonly unit?: string;
  /** Milliseconds since the epoch. @default now */
  readonly time?: number;
  /** How often the value was seen. @default 1 */
  readonly count?: number;
  /** The least and the greatest of those that the value is the mean of. @default the value */
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Series extends Metric {
  unit: string;
  readonly minutes: Map<number, Minute>;
  gauge?: () => number;
  /** What the gauge showed, oldest first and without a gap; a gauge that rests for weeks is one of them. */
  readonly spans: Span[];
}

/** Minutes in which a gauge showed the same. */
interface Span {
  /** First minute, and the one after the last. */
  readonly from: number;
  to: number;
  readonly each: Minute;
}

const minute = 60_000;
/** A metric's minutes kept in memory; AWS keeps 15 days of them, which is 21,600. */
const keptMinutes = 21_600;

/** Metrics by minute, and gauges that are read only when someone looks. */
export class MetricStore {
  private readonly series = new Map<string, Series>();

  constructor(private readonly clock: Clock) {}

  put(metric: Metric, value: number, options: DatumOptions = {}): void {
    const { unit, time = this.clock.now(), count = 1, minimum = value, maximum = value } = options;
    const series = this.ensure(metric);
    if (unit !== undefined) series.unit = unit;
    const at = Math.floor(time / minute) * minute;
    const known = series.minutes.get(at);
    if (!known) {
      series.minutes.set(at, { sum: value * count, count, minimum, maximum, values: [value] });
      if (series.minutes.size > keptMinutes) series.minutes.delete(series.minutes.keys().next().value!);
      return;
    }
    known.sum += value * count;
    known.count += count;
    known.minimum = Math.min(known.minimum, minimum);
    known.maximum = Math.max(known.maximum, maximum);
    if (known.values.length < 1000) known.values.push(value);
  }

  setGauge(metric: Metric, read: () => number): void {
    this.ensure(metric).gauge = read;
  }

  /**
   * Reads a metric's gauge into the minute that holds `time`; undefined if it has none. Minutes since it was last read
   * get what it showed then: had it moved, someone would have read it.
   */
  sample(metric: Metric, time: number): number | undefined {
    const series = this.series.get(knownKeyOf(metric));
    if (!series?.gauge) return undefined;
    const at = Math.floor(time / minute) * minute;
    const value = series.gauge();
    const { spans } = series;
    const last = spans.at(-1);
    if (last && at < last.from) return value;
    if (last?.each.sum === value) last.to = Math.max(last.to, at + minute);
    else {
      if (last?.from === at) spans.pop();
      else if (last) last.to = at;
      spans.push({ from: at, to: at + minute, each: single(value) });
    }
    while (spans[0] && spans[0].to < at - keptMinutes * minute) spans.shift();
    return value;
  }

  hasGauge(metric: Metric): boolean {
    return this.series.get(knownKeyOf(metric))?.gauge !== undefined;
  }

  /** The statistic over [from, to); undefined where there is no data. @throws RangeError for an unknown statistic */
  statistic(metric: Metric, stat: string, from: number, to: number): number | undefined {
    const series = this.series.get(knownKeyOf(metric));
    const found: Minute[] = [];
    for (let at = Math.floor(from / minute) * minute; series && at < to; at += minute) {
      const one = series.minutes.get(at) ?? shownAt(series.spans, at);
      if (one && at >= from) found.push(one);
    }
    if (found.length === 0) return undefined;
    const sum = found.reduce((total, one) => total + one.sum, 0);
    const count = found.reduce((total, one) => total + one.count, 0);
    switch (stat) {
      case "Sum":
        return sum;
      case "SampleCount":
        return count;
      case "Average":
        return sum / count;
      case "Minimum":
        return Math.min(...found.map((one) => one.minimum));
      case "Maximum":
        return Math.max(...found.map((one) => one.maximum));
      default:
        return percentile(
          found.flatMap((one) => one.values),
          stat,
        );
    }
  }

  unitOf(metric: Metric): string {
    return this.series.get(knownKeyOf(metric))?.unit ?? "None";
  }

  list(): readonly Metric[] {
    return [...this.series.values()];
  }

  private ensure(metric: Metric): Series {
    const key = keyOf(metric);
    let series = this.series.get(key);
    if (!series) this.series.set(key, (series = { ...metric, unit: "None", minutes: new Map(), spans: [] }));
    return series;
  }
}

/** A metric is its namespace, its name and all its dimensions. */
export function keyOf({ namespace, name, dimensions }: Metric): string {
  const pairs = Object.keys(dimensions)
    .sort()
    .map((dimension) => [dimension, dimensions[dimension]]);
  return JSON.stringify([namespace, name, pairs]);
}

const keys = new WeakMap<Metric, string>();

/** The key of a metric that is asked for again and again: an alarm's. */
function knownKeyOf(metric: Metric): string {
  let key = keys.get(metric);
  if (key === undefined) keys.set(metric, (key = keyOf(metric)));
  return key;
}

/** The minute of a gauge that begins at `at`; found by halves, because alarms of days look at thousands of them. */
function shownAt(spans: readonly Span[], at: number): Minute | undefined {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle]!;
    if (at < span.from) high = middle - 1;
    else if (at >= span.to) low = middle + 1;
    else return span.each;
  }
  return undefined;
}

function single(value: number): Minute {
  return { sum: value, count: 1, minimum: value, maximum: value, values: [value] };
}

function percentile(values: readonly number[], stat: string): number {
  const rank = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(stat);
  if (!rank) throw new RangeError(`The value ${stat} for parameter Stat is not supported.`);
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((Number(rank[1]) / 100) * sorted.length) - 1)]!;
}
