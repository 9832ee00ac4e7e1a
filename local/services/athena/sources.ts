import type { DuckDBConnection } from "@duckdb/node-api";
import { join } from "node:path";
import type { Cloud } from "../../cloud";
import type { Catalog, Table } from "../glue/catalog";
import { currentSnapshot, type IcebergTable } from "../glue/iceberg";
import { identifier, literal } from "./duckdb";
import { QueryFailure, schemaMissing, tableMissing } from "./failures";
import type { TableReference } from "./sql/tables";

/** A table of a query, found in the catalog: where its data lies. */
export interface Source {
  readonly view: string;
  readonly table: Table;
  readonly metadata: string | undefined;
  readonly iceberg: IcebergTable | undefined;
  /** Bucket and prefix of the data. */
  readonly location: { readonly bucket: string; readonly prefix: string };
  /** Objects with the data, as keys of the bucket. */
  readonly keys: readonly string[];
}

/** A relation that is no table: a query of its own. */
export interface Constants {
  readonly view: string;
  readonly text: string;
}

/** Bucket and key or prefix of an `s3://` address. */
export function s3Address(address: string): { readonly bucket: string; readonly prefix: string } {
  const match = /^s3a?:\/\/([^/]+)\/?(.*)$/.exec(address);
  if (!match) throw new QueryFailure(`Invalid S3 location: ${address}`, 2, 1006);
  return { bucket: match[1]!, prefix: match[2]! };
}

/** @throws QueryFailure when the catalog does not know the table. */
export async function findSource(
  cloud: Cloud,
  catalog: Catalog,
  reference: TableReference & { view: string },
  database: string,
): Promise<Source> {
  const owner = reference.database ?? database;
  if (!catalog.databases.has(owner)) throw schemaMissing(owner);
  const table = catalog.findTable(owner, reference.table);
  if (!table)
    throw tableMissing(
      owner,
      reference.metadata === undefined ? reference.table : `${reference.table}$${reference.metadata}`,
    );
  const iceberg = catalog.icebergOf(table);
  const location = s3Address(table.StorageDescriptor?.Location ?? "");
  const keys = iceberg
    ? (currentSnapshot(iceberg)?.files ?? []).map((file) => s3Address(file.path).prefix)
    : await listed(cloud, location.bucket, location.prefix);
  return { view: reference.view, table, metadata: reference.metadata, iceberg, location, keys };
}

/** Makes the view under which the translated text knows the source. */
export async function createView(
  cloud: Cloud,
  connection: DuckDBConnection,
  source: Source | Constants,
): Promise<void> {
  await connection.run(
    `CREATE TEMP VIEW ${identifier(source.view)} AS ${"text" in source ? source.text : source.metadata === undefined ? dataQuery(cloud, source) : metadataQuery(source)}`,
  );
}

export function paths(cloud: Cloud, source: Source): string[] {
  const folder = cloud.ports.objects.folder(source.location.bucket);
  return source.keys.map((key) => join(folder, key));
}

const types: Readonly<Record<string, string>> = {
  string: "VARCHAR",
  double: "DOUBLE",
  float: "FLOAT",
  boolean: "BOOLEAN",
  binary: "BLOB",
  bigint: "BIGINT",
  int: "INTEGER",
  integer: "INTEGER",
  smallint: "SMALLINT",
  tinyint: "TINYINT",
  date: "DATE",
  timestamp: "TIMESTAMP",
};

/** A Hive type in DuckDB's words. */
export function duckType(hive: string): string {
  const name = hive.trim().toLowerCase();
  const array = /^array<(.*)>$/.exec(name);
  if (array) return `${duckType(array[1]!)}[]`;
  if (/^(decimal|varchar|char)\(/.test(name)) return name.toUpperCase();
  return types[name] ?? "VARCHAR";
}

/** Columns by name, as Athena reads Parquet and Iceberg: one that a file has not is NULL. */
function dataQuery(cloud: Cloud, source: Source): string {
  const columns =
    source.iceberg?.fields.map(({ name, type }) => ({ Name: name, Type: type })) ??
    source.table.StorageDescriptor?.Columns ??
    [];
  if (columns.length === 0) throw new QueryFailure(`Table ${source.table.Name} has no columns`, 2, 1006);
  if (source.keys.length === 0) {
    return `SELECT ${columns.map(({ Name, Type }) => `CAST(NULL AS ${duckType(Type)}) AS ${identifier(Name)}`).join(", ")} WHERE false`;
  }
  const files = paths(cloud, source).map(literal).join(", ");
  if (source.iceberg)
    return `SELECT ${columns.map(({ Name }) => identifier(Name)).join(", ")} FROM read_parquet([${files}], union_by_name = false)`;
  const declared = columns.map(({ Name, Type }) => `${literal(Name)}: ${literal(duckType(Type))}`).join(", ");
  const format =
    `${source.table.StorageDescriptor?.InputFormat ?? ""} ${source.table.StorageDescriptor?.SerdeInfo?.SerializationLibrary ?? ""}`.toLowerCase();
  if (format.includes("json")) return `SELECT * FROM read_json([${files}], columns = {${declared}}, format = 'auto')`;
  return `SELECT ${columns.map(({ Name }) => identifier(Name)).join(", ")} FROM read_parquet([${files}], union_by_name = true)`;
}

function metadataQuery(source: Source): string {
  const { iceberg, metadata } = source;
  if (!iceberg) throw tableMissing(source.table.DatabaseName, `${source.table.Name}$${metadata}`);
  switch (metadata) {
    case "snapshots":
      return rows(
        "committed_at TIMESTAMPTZ, snapshot_id BIGINT, parent_id BIGINT, operation VARCHAR, manifest_list VARCHAR, summary MAP(VARCHAR, VARCHAR)",
        iceberg.snapshots.map((s) => [
          time(s.committedAt),
          String(s.id),
          s.parentId === undefined ? "NULL" : String(s.parentId),
          literal(s.operation),
          literal(s.manifestList),
          mapOf(Object.entries(s.summary).map(([k, v]) => [literal(k), literal(v)])),
        ]),
      );
    case "history":
      return rows(
        "made_current_at TIMESTAMPTZ, snapshot_id BIGINT, parent_id BIGINT, is_current_ancestor BOOLEAN",
        iceberg.snapshots.map((s) => [
          time(s.committedAt),
          String(s.id),
          s.parentId === undefined ? "NULL" : String(s.parentId),
          "true",
        ]),
      );
    case "files":
      return rows(
        "content INTEGER, file_path VARCHAR, file_format VARCHAR, record_count BIGINT, file_size_in_bytes BIGINT, column_sizes MAP(INTEGER, BIGINT), value_counts MAP(INTEGER, BIGINT), null_value_counts MAP(INTEGER, BIGINT), nan_value_counts MAP(INTEGER, BIGINT), lower_bounds MAP(INTEGER, VARCHAR), upper_bounds MAP(INTEGER, VARCHAR), key_metadata BLOB, split_offsets BIGINT[], equality_ids INTEGER[]",
        (currentSnapshot(iceberg)?.files ?? []).map((file) => {
          const counts = (map: ReadonlyMap<number, number>): string =>
            mapOf([...map].map(([id, n]) => [String(id), String(n)]));
          return [
            "0",
            literal(file.path),
            "'PARQUET'",
            String(file.recordCount),
            String(file.size),
            counts(file.columnSizes),
            counts(file.valueCounts),
            ...Array<string>(7).fill("NULL"),
          ];
        }),
      );
    default:
      throw tableMissing(source.table.DatabaseName, `${source.table.Name}$${metadata}`);
  }
}

function rows(columns: string, values: readonly (readonly string[])[]): string {
  const declared = columns.split(/, (?=\w+ [A-Z])/).map((column) => column.split(/ (.*)/s) as [string, string]);
  const select = (row: readonly string[]): string =>
    `SELECT ${declared.map(([name, type], i) => `CAST(${row[i]} AS ${type}) AS ${name}`).join(", ")}`;
  if (values.length === 0) return `${select(declared.map(() => "NULL"))} WHERE false`;
  return values.map(select).join(" UNION ALL ");
}

function mapOf(entries: readonly (readonly [string, string])[]): string {
  return `MAP([${entries.map(([key]) => key).join(", ")}], [${entries.map(([, value]) => value).join(", ")}])`;
}

function time(ms: number): string {
  return literal(new Date(ms).toISOString());
}

/** Data objects below a location; names that start with `_` or `.` are hidden, as for Hive. */
async function listed(cloud: Cloud, bucket: string, prefix: string): Promise<string[]> {
  const below = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const objects = await cloud.ports.objects.list(bucket, below);
  return objects.filter(({ key, size }) => size > 0 && !/(^|\/)[_.][^/]*$/.test(key)).map(({ key }) => key);
}
