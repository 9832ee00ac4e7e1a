import { GetQueryExecutionCommand, GetQueryResultsCommand, StartQueryExecutionCommand } from "@aws-sdk/client-athena";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import type { SegmentOperations } from "../../../components/operations/operations";
import { explainDenial } from "../access/aws-failure";
import { CliError } from "../errors";
import type { StackAccess } from "../stack-access";

/** Milliseconds within which a small query has to end. */
const MOST_MS = 120_000;
const LOOK_EVERY_MS = 250;

/** The rows of a query, each as a value per column; `columns` in lower case. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (string | undefined)[][];
}

/** Runs a small query in the stack's workgroup, and deletes its result file, which may name players. */
export async function query(access: StackAccess, segments: SegmentOperations, sql: string): Promise<Rows> {
  const athena = access.aws.get("athena");
  const { QueryExecutionId: id } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: segments.workgroup,
      QueryExecutionContext: { Database: segments.database, Catalog: "AwsDataCatalog" },
    }),
  );
  const location = await ended(access, id ?? "");
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1000 }));
  const [header = [], ...rows] = (ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map((cell) => cell.VarCharValue));
  await forget(access, location);
  return { columns: header.map((column) => (column ?? "").toLowerCase()), rows };
}

async function ended(access: StackAccess, id: string): Promise<string> {
  const deadline = Date.now() + MOST_MS;
  for (;;) {
    const { QueryExecution } = await access.aws
      .get("athena")
      .send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    const state = QueryExecution?.Status?.State;
    if (state === "SUCCEEDED") return QueryExecution?.ResultConfiguration?.OutputLocation ?? "";
    if (state === "FAILED" || state === "CANCELLED") {
      const reason = QueryExecution?.Status?.StateChangeReason ?? "";
      throw explainDenial(reason) ?? new QueryFailed(`Athena: the query ${state}: ${reason}`);
    }
    if (Date.now() > deadline)
      throw new QueryFailed(`Athena: the query has not ended within ${MOST_MS / 1000} s; it is ${String(state)}.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** The copy could not be asked; whoever asks may go on without it. */
export class QueryFailed extends CliError {}

async function forget(access: StackAccess, location: string): Promise<void> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
  if (Bucket === undefined || Key === undefined) return;
  for (const name of [Key, `${Key}.metadata`]) {
    await access.aws.get("s3").send(new DeleteObjectCommand({ Bucket, Key: name }));
  }
}
