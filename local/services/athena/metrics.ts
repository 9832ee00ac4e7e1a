import type { Cloud } from "../../cloud";
import { type Execution, statisticsOf } from "./executions";

/**
 * Publishes the metrics of a query that is over: each once, at its end, under the three dimensions together. AWS's page
 * names the dimensions and not how they are combined; `CapacityReservation` and the DPUs belong to reservations.
 * https://docs.aws.amazon.com/athena/latest/ug/query-metrics-viewing.html
 */
export function measureQuery(cloud: Cloud, execution: Execution): void {
  // A cloud of a few services may have no CloudWatch.
  const { metrics } = cloud.ports as Partial<Cloud["ports"]>;
  if (!metrics) return;
  const { state, statement, workGroup } = execution;
  const dimensions = {
    // The page writes this state with one L; the API has two.
    QueryState: state === "CANCELLED" ? "CANCELED" : state,
    QueryType: statement.type,
    WorkGroup: workGroup,
  };
  const statistics = statisticsOf(execution);
  const put = (name: string, value: number, unit: string): void =>
    metrics.put("AWS/Athena", name, dimensions, value, unit);
  put("TotalExecutionTime", statistics.TotalExecutionTimeInMillis, "Milliseconds");
  put("QueryQueueTime", statistics.QueryQueueTimeInMillis, "Milliseconds");
  put("ServicePreProcessingTime", statistics.ServicePreProcessingTimeInMillis, "Milliseconds");
  put("EngineExecutionTime", statistics.EngineExecutionTimeInMillis, "Milliseconds");
  put("ServiceProcessingTime", statistics.ServiceProcessingTimeInMillis, "Milliseconds");
  if (statement.type === "DML") put("ProcessedBytes", statistics.DataScannedInBytes, "Bytes");
}
