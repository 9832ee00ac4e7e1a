import { type DuckDBConnection, DuckDBDataChunk, type DuckDBValue } from "@duckdb/node-api";
import { stat } from "node:fs/promises";
import { identifier, literal, withConnection } from "../../athena/duckdb";
import { duckType } from "../../athena/sources";
import type { IcebergField } from "../iceberg";
import type { Columns, ColumnType, Item } from "./columns";
import { convert, duckTypes } from "./values";

/** A Parquet file that was written, before it is an object. */
export interface WrittenFile {
  readonly file: string;
  readonly recordCount: number;
  readonly size: number;
  readonly columnSizes: ReadonlyMap<number, number>;
  readonly valueCounts: ReadonlyMap<number, number>;
}

/** Rows of one file: a refresh of a large table makes several, and holds no more rows than this in memory. */
const ROWS_PER_FILE = 262_144;
const ROWS_PER_GROUP = 131_072;
/** Rows that DuckDB takes at once. */
const ROWS_PER_CHUNK = 2_048;

/** Writes items as Parquet files, in their order. `draft` names a fresh file each time. */
export async function writeParquet(
  items: readonly Item[],
  columns: Columns,
  fields: readonly IcebergField[],
  draft: () => Promise<string>,
): Promise<WrittenFile[]> {
  return withConnection(async (connection) => {
    const written: WrittenFile[] = [];
    for (let from = 0; from < items.length; from += ROWS_PER_FILE) {
      written.push(
        await writeFile(connection, items.slice(from, from + ROWS_PER_FILE), columns, fields, await draft()),
      );
    }
    return written;
  });
}

async function writeFile(
  connection: DuckDBConnection,
  items: readonly Item[],
  columns: Columns,
  fields: readonly IcebergField[],
  file: string,
): Promise<WrittenFile> {
  const declared = fields.map(({ name, type }) => `${identifier(name)} ${duckType(type)}`).join(", ");
  await connection.run(`CREATE OR REPLACE TEMP TABLE zero_etl (${declared})`);
  await append(connection, items, columns, fields);
  await connection.run(
    `COPY zero_etl TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROWS_PER_GROUP})`,
  );
  await connection.run("DROP TABLE zero_etl");
  const metadata = await connection.runAndReadAll(
    `SELECT split_part(path_in_schema, ', ', 1), CAST(sum(total_compressed_size) AS DOUBLE), CAST(sum(num_values) AS DOUBLE) FROM parquet_metadata(${literal(file)}) GROUP BY 1`,
  );
  const ids = new Map(fields.map(({ name, id }) => [name, id]));
  const columnSizes = new Map<number, number>();
  const valueCounts = new Map<number, number>();
  for (const [name, size, count] of metadata.getRows()) {
    const id = ids.get(String(name));
    if (id === undefined) continue;
    columnSizes.set(id, Number(size));
    valueCounts.set(id, Number(count));
  }
  return { file, recordCount: items.length, size: (await stat(file)).size, columnSizes, valueCounts };
}

async function append(
  connection: DuckDBConnection,
  items: readonly Item[],
  columns: Columns,
  fields: readonly IcebergField[],
): Promise<void> {
  const types = fields.map(({ type }) => type as ColumnType);
  const chunk = DuckDBDataChunk.create(types.map((type) => duckTypes[type]));
  const appender = await connection.createAppender("zero_etl");
  for (let from = 0; from < items.length; from += ROWS_PER_CHUNK) {
    const rows = Math.min(ROWS_PER_CHUNK, items.length - from);
    const values = fields.map(() => new Array<DuckDBValue>(rows).fill(null));
    for (let row = 0; row < rows; row++) {
      columns.leaves(items[from + row]!, "", (index, value) => (values[index]![row] = convert(value, types[index]!)));
    }
    chunk.reset();
    chunk.rowCount = rows;
    for (const [index, column] of values.entries()) chunk.setColumnValues(index, column);
    appender.appendDataChunk(chunk);
    // A large table takes seconds: the rest of the cloud must go on meanwhile.
    if ((from / ROWS_PER_CHUNK) % 16 === 15) await new Promise((resolve) => setImmediate(resolve));
  }
  appender.closeSync();
}
