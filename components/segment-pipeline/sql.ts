/** What every query says alike, in the SQL of Athena (engine version 3, Trino). */

/** A name, which quoted may be any text. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A literal: text in single quotes, numbers as DOUBLE, since zero-ETL makes every DynamoDB number a double. */
export function literal(value: string | number | boolean): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  return (Object.is(value, -0) ? 0 : value).toExponential().toUpperCase().replace("E+", "E");
}
