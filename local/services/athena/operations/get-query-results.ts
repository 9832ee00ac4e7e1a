import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import type { S3Service } from "../../s3";
import { onKey, onObject } from "../../s3/rights";
import type { Queries } from "../engine";
import { readCsvPage, readTextPage } from "../result-file";
import { s3Address } from "../sources";
import { onGroupOf } from "./query-executions";

interface GetQueryResultsInput {
  readonly QueryExecutionId: string;
  /** 1 to 1000. @default 1000 */
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** Pages of the result file; the first row of the first page is the header, which statements about the catalog have not. */
export function getQueryResults(queries: Queries): Operation<GetQueryResultsInput> {
  return {
    authorize(input, { cloud }) {
      const { bucket, prefix: key } = s3Address(queries.get(input.QueryExecutionId).output);
      const object = storeOf(queries).buckets.get(bucket)?.objects.get(key);
      return [
        onGroupOf(queries, "GetQueryResults", input.QueryExecutionId),
        onObject("GetObject", bucket, key),
        ...(object ? onKey(cloud, ["Decrypt"], object.encryption, bucket, key) : []),
      ];
    },
    async answer(input) {
      const execution = queries.get(input.QueryExecutionId);
      if (execution.state !== "SUCCEEDED") {
        const pending = execution.state === "QUEUED" || execution.state === "RUNNING";
        const message = pending
          ? `Query has not yet finished. Current state: ${execution.state}`
          : `Query did not finish successfully. Final query state: ${execution.state}`;
        throw invalid(message);
      }
      const most = input.MaxResults ?? 1000;
      if (!Number.isInteger(most) || most < 1 || most > 1000)
        throw invalid("MaxResults is more than maximum allowed length 1000.");
      const from = Number(input.NextToken ?? 0);
      if (!Number.isInteger(from) || from < 0) throw invalid("The NextToken is not valid");
      const { bucket, prefix: key } = s3Address(execution.output);
      const object = storeOf(queries).buckets.get(bucket)?.objects.get(key);
      if (!object) throw invalid("Could not find results");
      const page = await (execution.statement.utility ? readTextPage : readCsvPage)(object.file, from, most);
      return {
        UpdateCount: 0,
        ResultSet: {
          Rows: page.rows.map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
          ResultSetMetadata: {
            ColumnInfo: execution.columns.map((column) => ({
              CatalogName: "hive",
              SchemaName: "",
              TableName: "",
              Name: column.name,
              Label: column.name,
              Type: column.type,
              Precision: column.precision,
              Scale: column.scale,
              Nullable: "UNKNOWN",
              CaseSensitive: column.caseSensitive,
            })),
          },
        },
        ...(page.next === undefined ? {} : { NextToken: String(page.next) }),
      };
    },
  };

  function storeOf({ cloud }: Queries): S3Service["store"] {
    return (cloud.services.get("s3") as S3Service).store;
  }
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidRequestException", message, 400, { AthenaErrorCode: "INVALID_INPUT" });
}
