import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import type { GlueService } from "../glue";
import { Queries } from "./engine";
import { getQueryResults } from "./operations/get-query-results";
import {
  batchGetQueryExecution,
  getQueryExecution,
  listQueryExecutions,
  stopQueryExecution,
} from "./operations/query-executions";
import { startQueryExecution } from "./operations/start-query-execution";
import { createWorkGroup, getWorkGroup, listWorkGroups } from "./operations/work-groups";
import { athenaResources } from "./resources";
import { WorkGroups } from "./workgroups";

/** Amazon Athena, engine version 3: Trino's dialect on DuckDB, over the tables of the Glue catalog. */
export interface AthenaService extends Service {
  readonly queries: Queries;
}

/** Needs the services `glue` and `s3` in the same cloud, registered before it. */
export function athenaService(cloud: Cloud): AthenaService {
  const glue = cloud.services.get("glue") as GlueService | undefined;
  if (!glue)
    throw new Error(
      "Athena service: got a cloud without glue; expected it to be registered before. Register glueService first.",
    );
  const workGroups = new WorkGroups(cloud);
  const queries = new Queries(cloud, glue.catalog, workGroups);
  return {
    name: "athena",
    signingName: "athena",
    protocols: [{ kind: "json", target: "AmazonAthena", version: "1.1" }],
    throttling: "TooManyRequestsException",
    queries,
    operations: {
      BatchGetQueryExecution: batchGetQueryExecution(queries),
      CreateWorkGroup: createWorkGroup(workGroups),
      GetQueryExecution: getQueryExecution(queries),
      GetQueryResults: getQueryResults(queries),
      GetWorkGroup: getWorkGroup(workGroups),
      ListQueryExecutions: listQueryExecutions(queries),
      ListWorkGroups: listWorkGroups(workGroups),
      StartQueryExecution: startQueryExecution(queries),
      StopQueryExecution: stopQueryExecution(queries),
    },
    resourceTypes: athenaResources(workGroups, glue.catalog),
  };
}
