import {
  type DuckDBType,
  type DuckDBValue,
  BLOB,
  blobValue,
  BOOLEAN,
  DOUBLE,
  LIST,
  listValue,
  VARCHAR,
} from "@duckdb/node-api";
import { type AttributeValue, type ColumnType, kindOf } from "./columns";

export const duckTypes: Readonly<Record<ColumnType, DuckDBType>> = {
  string: VARCHAR,
  double: DOUBLE,
  boolean: BOOLEAN,
  binary: BLOB,
  "array<string>": LIST(VARCHAR),
  "array<double>": LIST(DOUBLE),
  "array<binary>": LIST(BLOB),
};

/** An attribute's value in the type of its column. */
export function convert(value: AttributeValue, type: ColumnType): DuckDBValue {
  const kind = kindOf(value);
  switch (type) {
    case "string":
      return kind === "S" ? (value["S"] as string) : text(value);
    case "double":
      return Number(value["N"]);
    case "boolean":
      return value["BOOL"] as boolean;
    case "binary":
      return blob(value["B"]);
    case "array<double>":
      return listValue((value["NS"] as readonly string[]).map(Number));
    case "array<binary>":
      return listValue((value["BS"] as readonly unknown[]).map(blob));
    case "array<string>":
      return listValue(
        kind === "SS"
          ? (value["SS"] as readonly string[])
          : (value["L"] as readonly AttributeValue[]).map((entry) => (kindOf(entry) === "NULL" ? null : text(entry))),
      );
  }
}

/** A value as text: texts and numbers as they are, everything nested as JSON. */
function text(value: AttributeValue): string {
  const kind = kindOf(value);
  if (kind === "S" || kind === "N") return String(value[kind]);
  return typeof plain(value) === "boolean" ? String(plain(value)) : JSON.stringify(plain(value));
}

function plain(value: AttributeValue): unknown {
  const kind = kindOf(value);
  const held = value[kind];
  switch (kind) {
    case "N":
      return Number(held);
    case "NS":
      return (held as readonly string[]).map(Number);
    case "NULL":
      return null;
    case "L":
      return (held as readonly AttributeValue[]).map(plain);
    case "M":
      return Object.fromEntries(
        Object.entries(held as Record<string, AttributeValue>).map(([name, inner]) => [name, plain(inner)]),
      );
    default:
      return held;
  }
}

/** Binary is base64 on the wire. */
function blob(value: unknown): DuckDBValue {
  return blobValue(Buffer.from(String(value), "base64"));
}
