import { AwsError } from "../../../aws-error";
import type { MetricQuery } from "../queries";
import { dimensionsOf, isTrue, type DimensionInput, type Scalar } from "../wire";

export interface MetricDataQueryInput {
  readonly Id: string;
  readonly Label?: string;
  readonly ReturnData?: boolean | string;
  readonly Expression?: string;
  readonly Period?: Scalar;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly DimensionInput[];
    };
    readonly Period: Scalar;
    readonly Stat: string;
  };
}

/** From the API's metric queries to ours. */
export function queriesOf(list: readonly MetricDataQueryInput[]): readonly MetricQuery[] {
  const ids = new Set<string>();
  for (const { Id, Expression, MetricStat } of list) {
    if (ids.has(Id)) throw invalid(`The values for parameter Id in MetricDataQueries are not unique: ${Id}`);
    if ((Expression === undefined) === (MetricStat === undefined))
      throw invalid(`MetricDataQuery ${Id} must have exactly one of Expression and MetricStat.`);
    ids.add(Id);
  }
  return list.map(({ Id, Label, ReturnData, Expression, Period, MetricStat }) => ({
    id: Id,
    returnData: isTrue(ReturnData, true),
    ...(Label === undefined ? {} : { label: Label }),
    ...(Expression === undefined ? {} : { expression: Expression }),
    ...(Period === undefined ? {} : { period: Number(Period) }),
    ...(MetricStat
      ? {
          metric: {
            namespace: MetricStat.Metric.Namespace,
            name: MetricStat.Metric.MetricName,
            dimensions: dimensionsOf(MetricStat.Metric.Dimensions),
            period: Number(MetricStat.Period),
            stat: MetricStat.Stat,
          },
        }
      : {}),
  }));
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message);
}
