import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { VirtualClock } from "../../../local/clock";
import type { Principal } from "../../../local/principal";
import type { Json } from "../../../local/service";
import { type AthenaService, athenaService } from "../../../local/services/athena";
import { literal, withConnection } from "../../../local/services/athena/duckdb";
import { type GlueService, glueService } from "../../../local/services/glue";
import { type S3Service, s3Service } from "../../../local/services/s3";
import { ServedCloud } from "../s3/served-cloud";

/** A cloud with S3, Glue and Athena, a data bucket, a results bucket and the workgroup `segments`. */
export class AnalyticsWorld extends ServedCloud {
  readonly s3: S3Service;
  readonly glue: GlueService;
  readonly athena: AthenaService;
  readonly events: { readonly source: string; readonly detailType: string; readonly detail: Json }[] = [];
  readonly virtual: VirtualClock;

  constructor() {
    const clock = new VirtualClock(Date.UTC(2026, 5, 15, 12));
    super(clock);
    this.virtual = clock;
    this.cloud.ports.events = { emit: (event) => void this.events.push(event) };
    this.s3 = this.add(s3Service(this.cloud));
    this.glue = this.add(glueService(this.cloud));
    this.athena = this.add(athenaService(this.cloud));
  }

  async prepare(workgroup: Json = {}): Promise<this> {
    await this.declare("aws:s3/bucket:Bucket", "data", { bucket: "data" });
    await this.declare("aws:s3/bucket:Bucket", "results", { bucket: "results" });
    await this.declare("aws:glue/catalogDatabase:CatalogDatabase", "game", {
      name: "game",
      locationUri: "s3://data/players/",
    });
    await this.declare("aws:athena/workgroup:Workgroup", "segments", {
      name: "segments",
      configuration: { resultConfiguration: { outputLocation: "s3://results/segments/" }, ...workgroup },
    });
    return this;
  }

  /** Writes what `select` yields as a Parquet table of the database `game`. */
  async table(name: string, select: string, columns: Readonly<Record<string, string>>): Promise<void> {
    const folder = join(this.cloud.ports.objects.folder("data"), name);
    await mkdir(folder, { recursive: true });
    await withConnection((connection) =>
      connection.run(`COPY (${select}) TO ${literal(join(folder, "part-0.parquet"))} (FORMAT parquet)`),
    );
    await this.cloud.ports.objects.adopt("data", `${name}/part-0.parquet`);
    await this.declare("aws:glue/catalogTable:CatalogTable", name, {
      databaseName: "game",
      name,
      tableType: "EXTERNAL_TABLE",
      storageDescriptor: {
        location: `s3://data/${name}/`,
        inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
      },
    });
  }

  /** Runs a query to its end; answers its description. */
  async run(
    query: string,
    more: Json = {},
    principal: Principal = this.cloud.operator,
  ): Promise<{ id: string; execution: Execution }> {
    const input = { QueryString: query, WorkGroup: "segments", QueryExecutionContext: { Database: "game" }, ...more };
    const { QueryExecutionId: id } = await this.call<{ QueryExecutionId: string }>(
      "athena",
      "StartQueryExecution",
      input,
      principal,
    );
    await this.virtual.advance(1_000);
    const { QueryExecution: execution } = await this.call<{ QueryExecution: Execution }>(
      "athena",
      "GetQueryExecution",
      { QueryExecutionId: id },
    );
    return { id, execution };
  }

  /** The text of the result file of a query that must succeed. */
  async csv(query: string, more: Json = {}): Promise<string> {
    const { id, execution } = await this.run(query, more);
    if (execution.Status.State !== "SUCCEEDED")
      throw new Error(`${execution.Status.State}: ${execution.Status.StateChangeReason}`);
    return (await this.cloud.ports.objects.get("results", `segments/${id}.csv`)).toString("utf8");
  }

  /** The one value of the one row that an expression yields, as the result file shows it; null for NULL. */
  async value(expression: string): Promise<string | null> {
    const text = await this.csv(`SELECT ${expression} AS v`);
    const line = text.slice('"v"\n'.length, -1);
    return line === "" ? null : line.slice(1, -1).replaceAll('""', '"');
  }
}

export interface Execution {
  readonly Status: { readonly State: string; readonly StateChangeReason?: string; readonly AthenaError?: Json };
  readonly Statistics: { readonly DataScannedInBytes: number };
  readonly ResultConfiguration: { readonly OutputLocation: string };
  readonly StatementType: string;
}
