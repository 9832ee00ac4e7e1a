import type { Cloud } from "../../cloud";
import type { AccessRequest } from "../../service";
import type { Catalog, Column, Table } from "../glue/catalog";
import type { S3Service } from "../s3";
import type { Execution, ResultColumn } from "./executions";
import { permissionMissing, schemaMissing, tableMissing } from "./failures";
import { metadataFile } from "./metadata-file";
import type { CallersRights } from "./rights";
import { s3Address } from "./sources";
import type { Utility } from "./sql/utility";

/**
 * Answers a statement about the catalog. Its result is text without a header, its columns parted by tabs.
 * https://docs.aws.amazon.com/athena/latest/ug/show-tables.html, …/describe-table.html
 *
 * @throws QueryFailure
 */
export async function runUtility(
  cloud: Cloud,
  catalog: Catalog,
  execution: Execution,
  utility: Utility,
  rights: CallersRights,
): Promise<void> {
  const database = utility.database ?? execution.database;
  const denied = rights.missing(neededFor(catalog, utility, database));
  if (denied !== undefined) throw permissionMissing(`PERMISSION_DENIED: ${denied}`);
  const lines = linesOf(catalog, utility, database);
  execution.columns = columnsOf(utility);
  const { store } = cloud.services.get("s3") as S3Service;
  const { bucket: name, prefix: key } = s3Address(execution.output);
  const encryption = rights.resultEncryption(name, execution.resultConfiguration);
  const kept = { encryption, contentType: "text/plain" };
  await store.put(store.bucket(name), key, Buffer.from(lines.map((line) => `${line}\n`).join("")), kept);
  await store.put(store.bucket(name), `${key}.metadata`, metadataFile(execution.columns), kept);
}

function neededFor(catalog: Catalog, { kind, table }: Utility, database: string): AccessRequest[] {
  if (kind === "SHOW_DATABASES") return databasesRights(catalog);
  const own = catalog.rights("GetDatabase", database);
  return [
    ...own,
    ...(table === undefined ? catalog.rights("GetTables", database) : catalog.rights("GetTable", database, table)),
  ];
}

/** To list the databases: on the catalog and on each of them. */
export function databasesRights(catalog: Catalog): AccessRequest[] {
  const each = [...catalog.databases.keys()].flatMap((name) => catalog.rights("GetDatabases", name).slice(1));
  return [...catalog.rights("GetDatabases"), ...each];
}

function linesOf(catalog: Catalog, utility: Utility, database: string): string[] {
  const fits = utility.pattern ?? /^/;
  if (utility.kind === "SHOW_DATABASES") return [...catalog.databases.keys()].sort().filter((name) => fits.test(name));
  if (!catalog.databases.has(database)) throw schemaMissing(database);
  if (utility.table === undefined) {
    return catalog.tablesOf(database).flatMap(({ Name }) => (fits.test(Name) ? [Name] : []));
  }
  const table = catalog.findTable(database, utility.table);
  if (!table) throw tableMissing(database, utility.table);
  const columns = allColumns(table);
  const padded = (text: string): string => text.padEnd(20);
  return utility.kind === "SHOW_COLUMNS"
    ? columns.map(({ Name }) => padded(Name))
    : columns.map(({ Name, Type, Comment }) => [Name, Type, Comment ?? ""].map(padded).join("\t"));
}

/** Columns, those of the partitions last. */
export function allColumns(table: Table): readonly Column[] {
  return [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])];
}

function columnsOf({ kind }: Utility): readonly ResultColumn[] {
  const names = {
    SHOW_DATABASES: ["database_name"],
    SHOW_TABLES: ["tab_name"],
    SHOW_COLUMNS: ["field"],
    DESCRIBE_TABLE: ["col_name", "data_type", "comment"],
  }[kind];
  return names.map((name) => ({ name, type: "string", precision: 0, scale: 0, caseSensitive: false }));
}
