import type { Cloud } from "../../cloud";
import type { Operation, Service } from "../../service";
import type { GlueService } from "../glue";
import { Queries } from "./engine";
import {
  getDataCatalog,
  getDatabase,
  getTableMetadata,
  listDatabases,
  listDataCatalogs,
  listTableMetadata,
} from "./operations/data-catalogs";
import { getQueryResults } from "./operations/get-query-results";
import {
  batchGetQueryExecution,
  getQueryExecution,
  listQueryExecutions,
  stopQueryExecution,
} from "./operations/query-executions";
import { startQueryExecution } from "./operations/start-query-execution";
import { createWorkGroup, getWorkGroup, listWorkGroups } from "./operations/work-groups";
import { type Members, shaped } from "../glue/shape";
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
      BatchGetQueryExecution: checked({ "QueryExecutionIds!": ["text"] }, batchGetQueryExecution(queries)),
      CreateWorkGroup: checked({ "Name!": "text", Description: "text" }, createWorkGroup(workGroups)),
      GetDataCatalog: getDataCatalog(glue.catalog),
      GetDatabase: getDatabase(glue.catalog),
      GetQueryExecution: checked({ "QueryExecutionId!": "text" }, getQueryExecution(queries)),
      GetQueryResults: checked(
        { "QueryExecutionId!": "text", MaxResults: "number", NextToken: "text" },
        getQueryResults(queries),
      ),
      GetTableMetadata: getTableMetadata(glue.catalog),
      GetWorkGroup: checked({ "WorkGroup!": "text" }, getWorkGroup(workGroups)),
      ListDataCatalogs: listDataCatalogs(),
      ListDatabases: listDatabases(glue.catalog),
      ListQueryExecutions: checked(
        { WorkGroup: "text", MaxResults: "number", NextToken: "text" },
        listQueryExecutions(queries),
      ),
      ListTableMetadata: listTableMetadata(glue.catalog),
      ListWorkGroups: listWorkGroups(workGroups),
      StartQueryExecution: checked(startInput, startQueryExecution(queries)),
      StopQueryExecution: checked({ "QueryExecutionId!": "text" }, stopQueryExecution(queries)),
    },
    resourceTypes: athenaResources(workGroups, glue.catalog),
  };
}

const startInput: Members = {
  "QueryString!": "text",
  ClientRequestToken: "text",
  QueryExecutionContext: { Database: "text", Catalog: "text" },
  ResultConfiguration: { OutputLocation: "text" },
  WorkGroup: "text",
  ExecutionParameters: ["text"],
};

function checked<I>(members: Members, operation: Operation<I>): Operation<I> {
  return shaped("InvalidRequestException", members, operation);
}
