import type { DuckDBConnection } from "@duckdb/node-api";
import { syntaxFailure } from "./failures";

/** DuckDB's names of the table functions that Trino has too. */
const admitted: ReadonlySet<string> = new Set(["unnest", "generate_series"]);

interface Serialized {
  readonly error?: boolean;
  readonly error_message?: string;
}

/**
 * Refuses what DuckDB would read beside the catalog's tables: its table functions (`read_csv`, `glob`, …) and names that
 * are paths reach every file of the machine, past the caller's rights; Athena knows neither. The engine's own parser
 * tells, so that nothing hides in a corner of the syntax.
 *
 * @param sql the translated statement.
 * @throws QueryFailure
 */
export async function refuseForeignRelations(connection: DuckDBConnection, sql: string): Promise<void> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql(?::VARCHAR)", [sql]);
  const tree = JSON.parse(String(reader.getRows()[0]?.[0])) as Serialized;
  if (tree.error === true) throw syntaxFailure(`line 1:1: ${tree.error_message ?? "the statement is not supported"}`);
  visit(tree);
}

function visit(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach(visit);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const node = value as Readonly<Record<string, unknown>>;
  if (node["type"] === "TABLE_FUNCTION") {
    const name = (node["function"] as { readonly function_name?: string } | undefined)?.function_name ?? "";
    if (!admitted.has(name)) throw syntaxFailure(`line 1:1: Table function '${name}' not registered`);
  }
  const table = node["table_name"];
  if (node["type"] === "BASE_TABLE" && typeof table === "string" && /[./\\:*]/.test(table))
    throw syntaxFailure(`line 1:1: Table '${table}' does not exist`);
  Object.values(node).forEach(visit);
}
