import { type DuckDBMapType, type DuckDBStructType, type DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import { identifier } from "./duckdb";

/** How Athena names the type of a result's column, and how it writes its values as text. */
export interface ResultType {
  /** e.g. `varchar`, `timestamp with time zone`, `array`. */
  readonly name: string;
  readonly precision: number;
  readonly scale: number;
  readonly caseSensitive: boolean;
  /** SQL that turns an expression of the type into its text; NULL stays NULL. */
  readonly text: (expression: string) => string;
}

const whole = (name: string, precision: number): ResultType => ({
  name,
  precision,
  scale: 0,
  caseSensitive: false,
  text: (x) => `CAST(${x} AS VARCHAR)`,
});

/** Sizes as Athena's GetQueryResults reports them. */
export function resultType(type: DuckDBType): ResultType {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return whole("boolean", 0);
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.UTINYINT:
      return whole("tinyint", 3);
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.USMALLINT:
      return whole("smallint", 5);
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.UINTEGER:
      return whole("integer", 10);
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT:
      return whole("bigint", 19);
    case DuckDBTypeId.FLOAT:
      return {
        name: "float",
        precision: 17,
        scale: 0,
        caseSensitive: false,
        text: (x) => `trino_double(CAST(${x} AS DOUBLE))`,
      };
    case DuckDBTypeId.DOUBLE:
      return { name: "double", precision: 17, scale: 0, caseSensitive: false, text: (x) => `trino_double(${x})` };
    case DuckDBTypeId.DECIMAL: {
      const { width, scale } = type;
      return { name: "decimal", precision: width, scale, caseSensitive: false, text: (x) => `CAST(${x} AS VARCHAR)` };
    }
    case DuckDBTypeId.DATE:
      return whole("date", 0);
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
      return {
        name: "timestamp",
        precision: 3,
        scale: 0,
        caseSensitive: false,
        text: (x) => `strftime(CAST(${x} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')`,
      };
    case DuckDBTypeId.TIMESTAMP_TZ:
      return {
        name: "timestamp with time zone",
        precision: 3,
        scale: 0,
        caseSensitive: false,
        text: (x) => `strftime(CAST(${x} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g') || ' UTC'`,
      };
    case DuckDBTypeId.BLOB:
      return {
        name: "varbinary",
        precision: 1_073_741_824,
        scale: 0,
        caseSensitive: false,
        text: (x) => `rtrim(regexp_replace(lower(hex(${x})), '(..)', '\\1 ', 'g'))`,
      };
    case DuckDBTypeId.LIST:
      return nested("array", (x) => listText(type.valueType, x));
    case DuckDBTypeId.STRUCT:
      return nested("row", (x) => structText(type, x));
    case DuckDBTypeId.MAP:
      return nested("map", (x) => mapText(type, x));
    default:
      return {
        name: "varchar",
        precision: 2_147_483_647,
        scale: 0,
        caseSensitive: true,
        text: (x) => `CAST(${x} AS VARCHAR)`,
      };
  }
}

function nested(name: string, text: (x: string) => string): ResultType {
  return { name, precision: 0, scale: 0, caseSensitive: false, text };
}

function listText(element: DuckDBType, x: string): string {
  return `'[' || array_to_string(list_transform(${x}, lambda e: ${orNull(element, "e")}), ', ') || ']'`;
}

function mapText({ keyType, valueType }: DuckDBMapType, x: string): string {
  const entry = `${orNull(keyType, "e.key")} || '=' || ${orNull(valueType, "e.value")}`;
  return `'{' || array_to_string(list_transform(map_entries(${x}), lambda e: ${entry}), ', ') || '}'`;
}

function structText({ entryNames, entryTypes }: DuckDBStructType, x: string): string {
  const fields = entryNames.map(
    (name, i) => `'${name.replaceAll("'", "''")}=' || ${orNull(entryTypes[i]!, `(${x}).${identifier(name)}`)}`,
  );
  return `CASE WHEN ${x} IS NOT NULL THEN '{' || ${fields.join(" || ', ' || ")} || '}' END`;
}

/** Within a list or a row a missing value shows as `null`. */
function orNull(type: DuckDBType, x: string): string {
  return `coalesce(${resultType(type).text(x)}, 'null')`;
}
