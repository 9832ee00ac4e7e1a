/** A column of an Iceberg table. */
export interface IcebergField {
  /** Iceberg's field id, from 1; never reused. */
  readonly id: number;
  readonly name: string;
  /** Hive's name of the type. */
  readonly type: string;
}

/** A Parquet file of a snapshot. */
export interface DataFile {
  /** `s3://bucket/key`. */
  readonly path: string;
  readonly recordCount: number;
  /** Bytes. */
  readonly size: number;
  /** Compressed bytes by field id. */
  readonly columnSizes: ReadonlyMap<number, number>;
  /** Values, nulls included, by field id. */
  readonly valueCounts: ReadonlyMap<number, number>;
}

export interface Snapshot {
  readonly id: bigint;
  readonly parentId: bigint | undefined;
  /** Milliseconds since the epoch. */
  readonly committedAt: number;
  readonly operation: "append" | "overwrite";
  readonly manifestList: string;
  readonly summary: Readonly<Record<string, string>>;
  readonly files: readonly DataFile[];
}

/**
 * An Iceberg table as far as a query sees it: its columns and its log of snapshots, kept in memory instead of in
 * metadata and manifest files.
 */
export interface IcebergTable {
  readonly fields: readonly IcebergField[];
  /** Oldest first. */
  readonly snapshots: readonly Snapshot[];
}

export function currentSnapshot(table: IcebergTable): Snapshot | undefined {
  return table.snapshots.at(-1);
}
