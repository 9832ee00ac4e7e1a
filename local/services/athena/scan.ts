import type { DuckDBConnection } from "@duckdb/node-api";
import type { Cloud } from "../../cloud";
import { currentSnapshot } from "../glue/iceberg";
import { literal } from "./duckdb";
import { paths, type Source } from "./sources";

interface PlanNode {
  readonly name: string;
  readonly children: readonly PlanNode[];
  readonly extra_info?: {
    readonly Function?: string;
    readonly Projections?: string | readonly string[];
    readonly Filters?: string | readonly string[];
  };
}

/**
 * The bytes that a query reads: the compressed chunks of the columns that the plan really reads, as Athena counts them
 * for Parquet. Known before the query runs.
 */
export async function bytesScanned(
  cloud: Cloud,
  connection: DuckDBConnection,
  sql: string,
  sources: readonly Source[],
): Promise<number> {
  const explained = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`);
  const plan = JSON.parse(String(explained.getRows()[0]?.[1])) as PlanNode[];
  const data = sources.filter((source) => source.metadata === undefined && source.keys.length > 0);
  let total = 0;
  for (const scan of plan.flatMap(scansOf)) {
    // Scans do not tell their table: where several have all the columns, the dearest one counts.
    const costs = await Promise.all(data.map((source) => cost(cloud, connection, source, scan)));
    total += Math.max(0, ...costs.filter((bytes) => bytes !== undefined));
  }
  return total;
}

interface Scan {
  readonly function: string;
  readonly projected: readonly string[];
  readonly filters: string;
}

function scansOf(node: PlanNode): Scan[] {
  const below = node.children.flatMap(scansOf);
  const info = node.extra_info;
  const name = (info?.Function ?? node.name).trim();
  if (!/^READ_(PARQUET|JSON)/.test(name)) return below;
  return [{ function: name, projected: lines(info?.Projections), filters: lines(info?.Filters).join("\n") }, ...below];
}

function lines(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === "string" ? (value === "" ? [] : value.split("\n")) : (value ?? []);
}

async function cost(
  cloud: Cloud,
  connection: DuckDBConnection,
  source: Source,
  scan: Scan,
): Promise<number | undefined> {
  if (!scan.function.includes("PARQUET")) return wholeFiles(cloud, source);
  const sizes = await columnBytes(cloud, connection, source);
  if (scan.projected.some((name) => !sizes.has(name))) return undefined;
  const read = new Set(scan.projected);
  for (const name of sizes.keys()) if (mentions(scan.filters, name)) read.add(name);
  return [...read].reduce((sum, name) => sum + sizes.get(name)!, 0);
}

/** Whether a filter's text names the column: as a whole name, not as a part of a longer one. */
function mentions(filters: string, column: string): boolean {
  const escaped = column.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w.])${escaped}(?![\\w.])`).test(filters);
}

async function wholeFiles(cloud: Cloud, source: Source): Promise<number> {
  const objects = await cloud.ports.objects.list(source.location.bucket, source.location.prefix);
  return objects.filter(({ key }) => source.keys.includes(key)).reduce((sum, { size }) => sum + size, 0);
}

/** Compressed bytes by column name, over all files. */
async function columnBytes(cloud: Cloud, connection: DuckDBConnection, source: Source): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  if (source.iceberg) {
    for (const { id, name } of source.iceberg.fields) {
      sizes.set(
        name,
        (currentSnapshot(source.iceberg)?.files ?? []).reduce((sum, file) => sum + (file.columnSizes.get(id) ?? 0), 0),
      );
    }
    return sizes;
  }
  const files = paths(cloud, source).map(literal).join(", ");
  const read = await connection.runAndReadAll(
    `SELECT split_part(path_in_schema, ', ', 1), CAST(sum(total_compressed_size) AS DOUBLE) FROM parquet_metadata([${files}]) GROUP BY 1`,
  );
  for (const [name, bytes] of read.getRows()) sizes.set(String(name), Number(bytes));
  return sizes;
}
