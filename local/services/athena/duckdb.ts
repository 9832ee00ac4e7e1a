import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { macros } from "./sql/macros";

let shared: Promise<DuckDBInstance> | undefined;

/**
 * The one DuckDB of the process: in memory, two threads, so that it leaves the machine to the functions. All state of a
 * query lives in temporary objects of its own connection, so that clouds in one process do not see each other.
 */
function instance(): Promise<DuckDBInstance> {
  shared ??= start();
  return shared;
}

async function start(): Promise<DuckDBInstance> {
  const created = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "2GB" });
  const connection = await created.connect();
  try {
    await connection.run(
      "SET GLOBAL TimeZone = 'UTC'; SET GLOBAL integer_division = true; SET GLOBAL default_null_order = 'nulls_last'",
    );
    for (const macro of macros) await connection.run(macro);
  } finally {
    connection.closeSync();
  }
  return created;
}

/** Runs `work` on a connection of its own. */
export async function withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const connection = await (await instance()).connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

/** A string as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
