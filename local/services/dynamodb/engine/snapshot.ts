import type { Database, Remembered } from "./database";
import type { IndexDefinition } from "./index-store";
import type { Rows } from "./rows";
import type { Stream, StreamState } from "./stream";
import type { Schedule } from "./time-to-live";
import { Table, type TableDefinition } from "./table";

interface SavedTable {
  readonly definition: TableDefinition;
  readonly rows: Rows;
  readonly bytes: number;
  readonly indexes: readonly { readonly definition: IndexDefinition; readonly rows: Rows; readonly bytes: number }[];
  readonly streamArn: string | undefined;
  readonly schedule: Schedule | undefined;
}

/** The engine's state at one moment. */
export interface Snapshot {
  readonly tables: readonly SavedTable[];
  readonly streams: readonly { readonly stream: Stream; readonly state: StreamState }[];
  readonly tokens: readonly (readonly [string, Remembered])[];
}

export function capture(database: Database): Snapshot {
  const tables = [...database.tables.values()].filter((table) => table.status !== "DELETING");
  return {
    tables: tables.map((table) => ({
      definition: table.definition,
      rows: table.rows.clone(),
      bytes: table.bytes,
      indexes: [...table.indexes.values()].map(({ definition, rows, bytes }) => ({
        definition,
        rows: rows.clone(),
        bytes,
      })),
      streamArn: table.stream?.arn,
      schedule: table.timeToLive?.schedule.clone(),
    })),
    streams: [...database.streams.values()].map((stream) => ({ stream, state: stream.state() })),
    tokens: [...database.tokens],
  };
}

export function reinstate(database: Database, snapshot: Snapshot): void {
  for (const table of database.tables.values()) table.timeToLive?.stop();
  database.tables.clear();
  database.streams.clear();
  database.tokens.clear();
  for (const { stream, state } of snapshot.streams) {
    stream.restore(state);
    database.streams.set(stream.arn, stream);
  }
  for (const [token, remembered] of snapshot.tokens) database.tokens.set(token, remembered);
  for (const saved of snapshot.tables) {
    const table = new Table(saved.definition);
    for (const { definition, rows, bytes } of saved.indexes) {
      table.addIndex(definition);
      const index = table.indexes.get(definition.name)!;
      index.rows = rows.clone();
      index.bytes = bytes;
    }
    table.rows = saved.rows.clone();
    table.bytes = saved.bytes;
    table.stream = saved.streamArn === undefined ? undefined : database.streams.get(saved.streamArn);
    database.tables.set(table.name, table);
    database.setTimeToLive(table, saved.definition.timeToLive, saved.schedule?.clone());
  }
}
