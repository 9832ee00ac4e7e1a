import { compileExpression, ExpressionError, type Expression, type Points } from "./math";
import type { Metric, MetricStore } from "./metric-store";
import { validation } from "./wire";

/** A metric or an expression of GetMetricData or of an alarm. */
export interface MetricQuery {
  readonly id: string;
  readonly label?: string;
  readonly returnData: boolean;
  readonly metric?: Metric & { readonly stat: string; /** Seconds. */ readonly period: number };
  readonly expression?: string;
  /** Seconds; of an expression. */
  readonly period?: number;
}

const compiled = new Map<string, Expression>();

/** Compiles an expression once. @throws ValidationError that names the query */
export function expressionOf(id: string, text: string): Expression {
  const known = compiled.get(text);
  if (known) return known;
  try {
    const expression = compileExpression(text);
    compiled.set(text, expression);
    return expression;
  } catch (error) {
    throw validation(`Error in expression '${id}': ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Evaluates queries at the starts of periods given in milliseconds; expressions may use those before and after them. */
export function evaluateQueries(
  store: MetricStore,
  queries: readonly MetricQuery[],
  starts: readonly number[],
  periodMs: number,
): ReadonlyMap<string, Points> {
  const series: Record<string, Points> = {};
  const metrics: Record<string, Points> = {};
  for (const { id, metric } of queries) {
    if (!metric) continue;
    metrics[id] = series[id] = starts.map((from) => store.statistic(metric, metric.stat, from, from + periodMs));
  }
  const pending = new Map(
    queries.flatMap(({ id, expression }) => (expression === undefined ? [] : [[id, expression] as const])),
  );
  while (pending.size > 0) {
    const before = pending.size;
    for (const [id, text] of pending) {
      const needs = [...text.matchAll(/[a-z]\w*/g)].map(([name]) => name);
      if (needs.some((name) => pending.has(name) && name !== id)) continue;
      try {
        // METRICS() means the metrics, not the other expressions.
        series[id] = expressionOf(id, text)(/\bMETRICS\b/.test(text) ? metrics : series, starts.length);
      } catch (error) {
        if (error instanceof ExpressionError) throw validation(`Error in expression '${id}': ${error.message}`);
        throw error;
      }
      pending.delete(id);
    }
    if (pending.size === before)
      throw validation(`Error in expression '${[...pending.keys()][0]}': circular dependency`);
  }
  return new Map(Object.entries(series));
}

/** The period of a set of queries: the shortest that any of them names, 60 s at least. */
export function periodOf(queries: readonly MetricQuery[]): number {
  const periods = queries.flatMap(({ metric, period }) =>
    metric ? [metric.period] : period === undefined ? [] : [period],
  );
  return Math.max(60, Math.min(...(periods.length === 0 ? [60] : periods)));
}

/** Without a label of its own a metric is called by its name and by what tells it from the others: statistic, period. */
export function labelsOf(queries: readonly MetricQuery[]): (query: MetricQuery) => string {
  const metrics = queries.flatMap(({ metric }) => (metric ? [metric] : []));
  const differ = (values: readonly unknown[]): boolean => new Set(values).size > 1;
  const stats = differ(metrics.map(({ stat }) => stat));
  const periods = differ(metrics.map(({ period }) => period));
  return ({ id, label, metric, expression }) => {
    if (label !== undefined) return label;
    if (!metric) return expression ?? id;
    return [metric.name, ...(stats ? [metric.stat] : []), ...(periods ? [metric.period] : [])].join(" ");
  };
}
