import { join } from "node:path";
import type { Cloud } from "../../../cloud";
import { s3Address } from "../../athena/sources";
import type { S3Service } from "../../s3";
import type { Catalog } from "../catalog";
import { currentSnapshot, type DataFile, type IcebergTable, type Snapshot } from "../iceberg";
import { Columns, type Item } from "./columns";
import type { Integration } from "./integration";
import { writeParquet } from "./writer";

/** What a refresh did, as the integration's metrics count it. */
export interface Refreshed {
  readonly rows: number;
  readonly files: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly snapshotId: string;
}

/** Snapshots that are kept in the log; older ones expire. */
const SNAPSHOTS_KEPT = 100;

/**
 * Copies the source table as it is at this moment to Parquet files and commits them as a snapshot. Files of the snapshot
 * before stay for queries that read them; older ones go. An unchanged table commits a snapshot with the same files, so that
 * the age of the data is known.
 */
export async function refreshTable(cloud: Cloud, catalog: Catalog, integration: Integration): Promise<Refreshed> {
  const description = cloud.ports.tables.describe(integration.sourceArn) as unknown as TableDescription;
  const items = Array.from(cloud.ports.tables.items(integration.sourceArn)) as Item[];
  const keys = description.KeySchema.map(({ AttributeName: name }) => name);
  const changes = difference(integration.items, items, keys);
  const database = catalog.database(integration.targetArn.split(":database/")[1]!);
  const { bucket, prefix } = s3Address(database.LocationUri!);
  const base = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const known = catalog.findTable(database.Name, integration.tableName);
  const log = known && catalog.icebergOf(known);
  const last = log && currentSnapshot(log);
  const id = snapshotId(cloud);
  const unchanged = last !== undefined && changes.inserted + changes.updated + changes.deleted === 0;
  const types = new Map(
    description.AttributeDefinitions.map((attribute) => [attribute.AttributeName, attribute.AttributeType]),
  );
  const columns = new Columns(
    keys.map((name) => ({ name, type: types.get(name)! })),
    log?.fields,
  );
  if (!unchanged) await learn(columns, items);
  const fields = unchanged ? log!.fields : columns.fields();
  const files = unchanged ? last.files : await write(cloud, bucket, base, id, items, columns, fields);
  const snapshot: Snapshot = {
    id,
    parentId: last?.id,
    committedAt: cloud.clock.now(),
    operation: last ? "overwrite" : "append",
    manifestList: `s3://${bucket}/${base}metadata/snap-${id}-1-${cloud.uuid()}.avro`,
    summary: {
      "added-data-files": unchanged ? "0" : String(files.length),
      "added-records": String(unchanged ? 0 : items.length),
      "total-data-files": String(files.length),
      "total-records": String(items.length),
      "total-files-size": String(files.reduce((sum, { size }) => sum + size, 0)),
    },
    files,
  };
  commit(catalog, integration, `s3://${bucket}/${base}`, {
    fields,
    snapshots: [...(log?.snapshots ?? []), snapshot].slice(-SNAPSHOTS_KEPT),
  });
  await expire(cloud, bucket, log, snapshot);
  integration.items = items;
  return { ...changes, rows: items.length, files: files.length, snapshotId: String(id) };
}

/** A large table takes seconds: the rest of the cloud must go on meanwhile. */
async function learn(columns: Columns, items: readonly Item[]): Promise<void> {
  for (const [i, item] of items.entries()) {
    columns.learn(item);
    if (i % 32_768 === 32_767) await new Promise((resolve) => setImmediate(resolve));
  }
}

interface TableDescription {
  readonly KeySchema: readonly { readonly AttributeName: string }[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
}

/** DynamoDB replaces an item as a whole, so that an unchanged one is the very object of the refresh before. */
function difference(
  before: readonly Item[] | undefined,
  after: readonly Item[],
  keys: readonly string[],
): { inserted: number; updated: number; deleted: number } {
  if (!before) return { inserted: after.length, updated: 0, deleted: 0 };
  if (before.length === after.length && before.every((item, i) => item === after[i]))
    return { inserted: 0, updated: 0, deleted: 0 };
  const same = new Set(before);
  const changed = after.filter((item) => !same.has(item));
  const left = new Set(after);
  const gone = before.filter((item) => !left.has(item));
  const keyOf = (item: Item): string => JSON.stringify(keys.map((key) => item[key]));
  const replaced = new Set(gone.map(keyOf));
  const updated = changed.filter((item) => replaced.has(keyOf(item))).length;
  return { inserted: changed.length - updated, updated, deleted: gone.length - updated };
}

async function write(
  cloud: Cloud,
  bucket: string,
  base: string,
  id: bigint,
  items: readonly Item[],
  columns: Columns,
  fields: IcebergTable["fields"],
): Promise<DataFile[]> {
  const { store } = cloud.services.get("s3") as S3Service;
  const target = store.bucket(bucket);
  const written = await writeParquet(items, columns, fields, () => store.prepareDraft(target));
  const files: DataFile[] = [];
  for (const [number, { file, ...rest }] of written.entries()) {
    const key = join(base, "data", `${String(number).padStart(5, "0")}-${id}.parquet`);
    await store.take(target, key, file);
    files.push({ path: `s3://${bucket}/${key}`, ...rest });
  }
  return files;
}

function commit(catalog: Catalog, integration: Integration, location: string, log: IcebergTable): void {
  const database = integration.targetArn.split(":database/")[1]!;
  const version = log.snapshots.length;
  const table = catalog.putTable(database, {
    Name: integration.tableName,
    TableType: "EXTERNAL_TABLE",
    Parameters: {
      table_type: "ICEBERG",
      metadata_location: `${location}metadata/${String(version).padStart(5, "0")}-${log.snapshots.at(-1)!.id}.metadata.json`,
    },
    StorageDescriptor: {
      Columns: log.fields.map(({ name, type }) => ({ Name: name, Type: type })),
      Location: location,
    },
  });
  catalog.setIceberg(table, log);
}

async function expire(cloud: Cloud, bucket: string, log: IcebergTable | undefined, now: Snapshot): Promise<void> {
  const last = log && currentSnapshot(log);
  const kept = new Set([...(last?.files ?? []), ...now.files].map(({ path }) => path));
  const old = new Set(
    (log?.snapshots ?? []).flatMap(({ files }) => files.map(({ path }) => path)).filter((path) => !kept.has(path)),
  );
  for (const path of old) await cloud.ports.objects.remove(bucket, s3Address(path).prefix);
}

/** A positive 63-bit number, as Iceberg's ids are. */
function snapshotId(cloud: Cloud): bigint {
  const high = Math.floor(cloud.random() * 2 ** 31);
  const low = Math.floor(cloud.random() * 2 ** 32);
  return (BigInt(high) << 32n) | BigInt(low);
}
