import * as athena from "@aws-sdk/client-athena";
import type { Captured } from "../shared/callback";

/** Where queries run. */
export interface QuerySettings {
  readonly workgroup: Captured<string>;
  readonly database: Captured<string>;
}

/** What runs ask of Athena. */
export function runQueries(client: athena.AthenaClient, { workgroup, database }: QuerySettings) {
  /** Starts a query, of one token only once. @returns its id. */
  async function start(text: string, token: string): Promise<string> {
    const { QueryExecutionId } = await client.send(
      new athena.StartQueryExecutionCommand({
        QueryString: text,
        ClientRequestToken: token,
        QueryExecutionContext: { Database: database.get(), Catalog: "AwsDataCatalog" },
        WorkGroup: workgroup.get(),
      }),
    );
    return QueryExecutionId ?? "";
  }

  async function execution(queryId: string | undefined): Promise<athena.QueryExecution> {
    const { QueryExecution } = await client.send(new athena.GetQueryExecutionCommand({ QueryExecutionId: queryId }));
    return QueryExecution ?? {};
  }

  /** The values of a result's first row, behind the names of its columns, which Athena gives as a row of their own. */
  async function firstRow(queryId: string | undefined): Promise<{
    readonly values: readonly (string | undefined)[];
    readonly columns: readonly athena.ColumnInfo[];
  }> {
    const { ResultSet } = await client.send(
      new athena.GetQueryResultsCommand({ QueryExecutionId: queryId, MaxResults: 2 }),
    );
    const row = ResultSet?.Rows?.[1]?.Data ?? [];
    return {
      values: row.map(({ VarCharValue }) => VarCharValue),
      columns: ResultSet?.ResultSetMetadata?.ColumnInfo ?? [],
    };
  }

  async function stop(queryId: string | undefined): Promise<void> {
    await client.send(new athena.StopQueryExecutionCommand({ QueryExecutionId: queryId }));
  }

  return { start, execution, firstRow, stop };
}
