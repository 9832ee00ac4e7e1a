import type { AccessRequest } from "../../service";
import type { Catalog } from "../glue/catalog";
import { literal } from "./duckdb";
import { tableMissing } from "./failures";
import { allColumns, databasesRights } from "./utility";

/** The schema that every catalog has, with the catalog's own entries as rows. */
export const INFORMATION_SCHEMA = "information_schema";

const CATALOG = "'awsdatacatalog'";

/** To see all that the catalog holds. https://docs.aws.amazon.com/athena/latest/ug/querying-glue-catalog.html */
export function informationRights(catalog: Catalog): AccessRequest[] {
  return [
    ...databasesRights(catalog),
    ...[...catalog.databases.keys()].flatMap((name) => catalog.rights("GetTables", name)),
  ];
}

/**
 * A relation of the information schema as a query of constants.
 * @throws QueryFailure for one that is not played.
 */
export function informationQuery(catalog: Catalog, relation: string): string {
  const tables = [...catalog.databases.keys()].sort().flatMap((name) => catalog.tablesOf(name));
  switch (relation) {
    case "schemata":
      return rows(
        ["catalog_name", "schema_name"],
        [...catalog.databases.keys()].sort().map((name) => [CATALOG, literal(name)]),
      );
    case "tables":
      return rows(
        ["table_catalog", "table_schema", "table_name", "table_type"],
        tables.map(({ DatabaseName, Name }) => [CATALOG, literal(DatabaseName), literal(Name), "'BASE TABLE'"]),
      );
    case "columns":
      return rows(
        [
          "table_catalog",
          "table_schema",
          "table_name",
          "column_name",
          "ordinal_position",
          "column_default",
          "is_nullable",
          "data_type",
          "comment",
          "extra_info",
        ],
        tables.flatMap((table) =>
          allColumns(table).map(({ Name, Type, Comment }, i) => [
            CATALOG,
            literal(table.DatabaseName),
            literal(table.Name),
            literal(Name),
            `CAST(${i + 1} AS BIGINT)`,
            "NULL",
            "'YES'",
            literal(trinoType(Type)),
            Comment === undefined ? "NULL" : literal(Comment),
            "NULL",
          ]),
        ),
      );
    default:
      throw tableMissing(INFORMATION_SCHEMA, relation);
  }
}

function rows(columns: readonly string[], values: readonly (readonly string[])[]): string {
  const named = columns.join(", ");
  const type = (name: string): string => (name === "ordinal_position" ? "BIGINT" : "VARCHAR");
  const empty = `SELECT ${columns.map((name) => `CAST(NULL AS ${type(name)}) AS ${name}`).join(", ")} WHERE false`;
  if (values.length === 0) return empty;
  return `${empty} UNION ALL SELECT * FROM (VALUES ${values.map((row) => `(${row.join(", ")})`).join(", ")}) AS v(${named})`;
}

/** A Hive type in Trino's words. */
function trinoType(hive: string): string {
  const name = hive.trim().toLowerCase();
  const array = /^array<(.*)>$/.exec(name);
  if (array) return `array(${trinoType(array[1]!)})`;
  const others: Readonly<Record<string, string>> = {
    string: "varchar",
    binary: "varbinary",
    int: "integer",
    float: "real",
    timestamp: "timestamp(3)",
  };
  return others[name] ?? name;
}
