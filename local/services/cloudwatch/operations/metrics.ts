import { AwsError } from "../../../aws-error";
import type { AnyOperation, Json } from "../../../service";
import type { CloudWatchEngine } from "../engine";
import type { Metric } from "../metric-store";
import { evaluateQueries, labelsOf, periodOf } from "../queries";
import {
  combination,
  dimensionList,
  dimensionsOf,
  invalid,
  positionOf,
  timeOf,
  validation,
  type DimensionInput,
  type Scalar,
} from "../wire";
import { queriesOf, type MetricDataQueryInput } from "./query-input";

interface DatumInput {
  readonly MetricName: string;
  readonly Dimensions?: readonly DimensionInput[];
  readonly Timestamp?: Scalar;
  readonly Value?: Scalar;
  readonly Values?: readonly Scalar[];
  readonly Counts?: readonly Scalar[];
  readonly StatisticValues?: {
    readonly SampleCount: Scalar;
    readonly Sum: Scalar;
    readonly Minimum: Scalar;
    readonly Maximum: Scalar;
  };
  readonly Unit?: string;
}
interface StatisticsInput {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly DimensionInput[];
  readonly StartTime: Scalar;
  readonly EndTime: Scalar;
  readonly Period: Scalar;
  readonly Statistics?: readonly string[];
  readonly ExtendedStatistics?: readonly string[];
}
interface DataInput {
  readonly MetricDataQueries: readonly MetricDataQueryInput[];
  readonly StartTime: Scalar;
  readonly EndTime: Scalar;
  readonly ScanBy?: string;
}

/** Datapoints that GetMetricStatistics answers at most (API_GetMetricStatistics.html). */
const MOST_STATISTICS = 1_440;

function periodOfStatistics(given: Scalar): number {
  const seconds = Number(given);
  if (seconds > 0 && ([1, 5, 10, 20, 30].includes(seconds) || seconds % 60 === 0)) return seconds;
  throw invalid("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
}

/** PutMetricData, GetMetricStatistics, GetMetricData, ListMetrics. */
export function metricOperations(engine: CloudWatchEngine): Readonly<Record<string, AnyOperation>> {
  const { store, cloud } = engine;
  /** A gauge shows its present value in the present minute. */
  const refresh = (metrics: readonly Metric[]): void =>
    metrics.forEach((metric) => void store.sample(metric, cloud.clock.now()));
  const startsOf = (StartTime: Scalar, EndTime: Scalar, periodMs: number): readonly number[] => {
    const from = Math.floor(timeOf(StartTime, 0) / periodMs) * periodMs;
    const count = Math.ceil((timeOf(EndTime, cloud.clock.now()) - from) / periodMs);
    if (count > 100_800)
      throw invalid("You have requested up to more than 100,800 datapoints, which exceeds the limit.");
    return Array.from({ length: Math.max(0, count) }, (_, i) => from + i * periodMs);
  };
  return {
    PutMetricData: {
      authorize: ({ Namespace }: { Namespace: string }) => [
        { action: "cloudwatch:PutMetricData", resource: "*", context: { "cloudwatch:namespace": Namespace } },
      ],
      answer: ({ Namespace, MetricData = [] }: { Namespace: string; MetricData?: readonly DatumInput[] }) => {
        if (!Namespace) throw new AwsError("MissingParameter", "The parameter Namespace is required.");
        if (Namespace.startsWith("AWS/")) throw invalid("The value AWS/ for parameter Namespace is invalid.");
        if (MetricData.length > 1000)
          throw invalid("The collection MetricData must not have a size greater than 1000.");
        MetricData.forEach((datum, i) => {
          putDatum(engine, Namespace, datum, `MetricData.member.${i + 1}`);
        });
        return {};
      },
    },
    GetMetricStatistics: {
      authorize: () => [{ action: "cloudwatch:GetMetricStatistics", resource: "*" }],
      answer: (input: StatisticsInput) => {
        if (timeOf(input.StartTime, 0) >= timeOf(input.EndTime, cloud.clock.now()))
          throw invalid("The parameter StartTime must be less than the parameter EndTime.");
        if (!input.Statistics?.length && !input.ExtendedStatistics?.length)
          throw combination("Must specify either Statistics or ExtendedStatistics");
        const metric = {
          namespace: input.Namespace,
          name: input.MetricName,
          dimensions: dimensionsOf(input.Dimensions),
        };
        const periodMs = periodOfStatistics(input.Period) * 1000;
        const asked = Math.ceil((timeOf(input.EndTime, cloud.clock.now()) - timeOf(input.StartTime, 0)) / periodMs);
        if (asked > MOST_STATISTICS)
          throw combination(
            `You have requested up to ${asked.toLocaleString("en-US")} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
          );
        refresh([metric]);
        const Datapoints = startsOf(input.StartTime, input.EndTime, periodMs).flatMap((from) => {
          if (store.statistic(metric, "SampleCount", from, from + periodMs) === undefined) return [];
          const value = (stat: string): number | undefined => store.statistic(metric, stat, from, from + periodMs);
          const plain = Object.fromEntries((input.Statistics ?? []).map((stat) => [stat, value(stat)]));
          const extended = Object.fromEntries((input.ExtendedStatistics ?? []).map((stat) => [stat, value(stat)]));
          return [
            {
              Timestamp: new Date(from),
              Unit: store.unitOf(metric),
              ...plain,
              ...(input.ExtendedStatistics ? { ExtendedStatistics: extended } : {}),
            },
          ];
        });
        return { Label: input.MetricName, Datapoints };
      },
    },
    GetMetricData: {
      authorize: () => [{ action: "cloudwatch:GetMetricData", resource: "*" }],
      answer: ({ MetricDataQueries, StartTime, EndTime, ScanBy }: DataInput) => {
        const [start, end] = [timeOf(StartTime, 0), timeOf(EndTime, cloud.clock.now())];
        if (start === end) throw validation("The parameter StartTime must not equal parameter EndTime.");
        if (start > end) throw validation("The parameter EndTime must be greater than StartTime.");
        const queries = queriesOf(MetricDataQueries);
        refresh(queries.flatMap(({ metric }) => (metric ? [metric] : [])));
        const labelOf = labelsOf(queries);
        // A metric has its own period; expressions join all that are asked for.
        const evaluate = (
          asked: typeof queries,
        ): { starts: readonly number[]; points: ReturnType<typeof evaluateQueries> } => {
          const periodMs = periodOf(asked) * 1000;
          const starts = startsOf(StartTime, EndTime, periodMs);
          return { starts, points: evaluateQueries(store, asked, starts, periodMs) };
        };
        const joined = queries.some(({ metric }) => !metric) ? evaluate(queries) : undefined;
        const MetricDataResults = queries
          .filter(({ returnData }) => returnData)
          .map((query) => {
            const { id, metric } = query;
            const { starts, points } = metric || !joined ? evaluate([query]) : joined;
            const values = points.get(id)!;
            const found = starts.flatMap((from, i) => {
              const value = values[i];
              return value === undefined ? [] : [{ from, value }];
            });
            if (ScanBy !== "TimestampAscending") found.reverse();
            return {
              Id: id,
              Label: labelOf(query),
              Timestamps: found.map(({ from }) => new Date(from)),
              Values: found.map(({ value }) => value),
              StatusCode: "Complete",
            };
          });
        return { MetricDataResults, Messages: [] };
      },
    },
    ListMetrics: {
      authorize: () => [{ action: "cloudwatch:ListMetrics", resource: "*" }],
      answer: ({
        Namespace,
        MetricName,
        Dimensions = [],
        NextToken,
      }: {
        Namespace?: string;
        MetricName?: string;
        Dimensions?: readonly Partial<DimensionInput>[];
        NextToken?: string;
      }) => {
        const found = store
          .list()
          .filter(
            ({ namespace, name, dimensions }) =>
              (Namespace === undefined || namespace === Namespace) &&
              (MetricName === undefined || name === MetricName) &&
              Dimensions.every(
                ({ Name, Value }) =>
                  dimensions[Name!] !== undefined && (Value === undefined || dimensions[Name!] === Value),
              ),
          );
        const from = positionOf(NextToken);
        const Metrics: Json[] = found.slice(from, from + 500).map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: dimensionList(dimensions),
        }));
        return { Metrics, ...(from + 500 < found.length ? { NextToken: String(from + 500) } : {}) };
      },
    },
  };
}

function putDatum(engine: CloudWatchEngine, namespace: string, datum: DatumInput, member: string): void {
  const now = engine.cloud.clock.now();
  const time = timeOf(datum.Timestamp, now);
  if (time < now - 14 * 86_400_000 || time > now + 2 * 3_600_000) {
    throw invalid(
      `The parameter ${member}.Timestamp must specify a time within the past two weeks and no more than two hours in the future.`,
    );
  }
  checkDatum(datum, member);
  const metric = { namespace, name: datum.MetricName, dimensions: dimensionsOf(datum.Dimensions) };
  const unit = datum.Unit === undefined ? {} : { unit: datum.Unit };
  const add = (value: Scalar, count: Scalar = 1): void => {
    const parsed = Number(value);
    if (!Number.isFinite(parsed)) throw invalid(`The value ${String(value)} for parameter ${member}.Value is invalid.`);
    engine.record(metric, parsed, { time, count: Number(count), ...unit });
  };
  if (datum.Value !== undefined) add(datum.Value);
  datum.Values?.forEach((value, i) => add(value, datum.Counts?.[i] ?? 1));
  if (datum.StatisticValues) {
    const { SampleCount, Sum, Minimum, Maximum } = datum.StatisticValues;
    const [count, sum, minimum, maximum] = [SampleCount, Sum, Minimum, Maximum].map(Number) as [
      number,
      number,
      number,
      number,
    ];
    // A set of statistics says nothing of single values: their mean stands for all, between the extremes.
    if (count > 0) engine.record(metric, sum / count, { time, count, minimum, maximum, ...unit });
  }
}

/** Refuses what a datum cannot say together. */
function checkDatum({ Value, Values, Counts, StatisticValues }: DatumInput, member: string): void {
  const excluded = [
    ["Value", Value, "Values", Values],
    ["Value", Value, "StatisticValues", StatisticValues],
    ["Values", Values, "StatisticValues", StatisticValues],
  ] as const;
  for (const [one, first, other, second] of excluded) {
    if (first === undefined || second === undefined) continue;
    throw combination(
      `The parameters ${member}.${one} and ${member}.${other} are mutually exclusive and you have specified both.`,
    );
  }
  if (Values && Counts && Values.length !== Counts.length)
    throw invalid(`The parameters ${member}.Values and ${member}.Counts must be of the same size.`);
}
