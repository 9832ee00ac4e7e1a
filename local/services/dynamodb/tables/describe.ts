import type { Json } from "../../../service";
import type { IndexStore } from "../engine/index-store";
import type { KeySchema } from "../engine/keys";
import type { Table, Throughput } from "../engine/table";

/** A table in the API's shape: TableDescription. */
export function describeTable(table: Table): Json {
  const { definition, stream } = table;
  const local = indexesOf(table, "local");
  const global = indexesOf(table, "global");
  return {
    TableName: definition.name,
    TableArn: definition.arn,
    TableId: definition.id,
    TableStatus: table.status,
    CreationDateTime: definition.createdAt / 1000,
    AttributeDefinitions: [...definition.attributes].map(([name, type]) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    KeySchema: describeKeys(definition.keys),
    ItemCount: table.rows.size,
    TableSizeBytes: table.bytes,
    ProvisionedThroughput: describeThroughput(definition.throughput),
    ...(definition.billing === "PAY_PER_REQUEST" ? onDemand(table) : {}),
    ...(definition.onDemandThroughput ? { OnDemandThroughput: definition.onDemandThroughput } : {}),
    ...(local.length > 0 ? { LocalSecondaryIndexes: local.map((index) => describeIndex(table, index)) } : {}),
    ...(global.length > 0
      ? {
          GlobalSecondaryIndexes: global.map((index) => ({
            ...describeIndex(table, index),
            ...describeStatus(table, index),
            ProvisionedThroughput: describeThroughput(
              definition.indexThroughput.get(index.definition.name) ?? { read: 0, write: 0 },
            ),
          })),
        }
      : {}),
    ...(stream
      ? {
          StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType },
          LatestStreamLabel: stream.label,
          LatestStreamArn: stream.arn,
        }
      : {}),
    ...(definition.keyArn
      ? { SSEDescription: { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: definition.keyArn } }
      : {}),
    ...(definition.tableClass === "STANDARD" ? {} : { TableClassSummary: { TableClass: definition.tableClass } }),
    DeletionProtectionEnabled: definition.deletionProtection,
  };
}

export function describeKeys({ hash, range }: KeySchema): readonly Json[] {
  return [
    { AttributeName: hash.name, KeyType: "HASH" },
    ...(range ? [{ AttributeName: range.name, KeyType: "RANGE" }] : []),
  ];
}

function indexesOf(table: Table, kind: "global" | "local"): readonly IndexStore[] {
  return [...table.indexes.values()].filter((index) => index.definition.kind === kind);
}

function describeIndex(table: Table, { definition, rows, bytes }: IndexStore): Json {
  const { type, attributes } = definition.projection;
  return {
    IndexName: definition.name,
    IndexArn: `${table.definition.arn}/index/${definition.name}`,
    KeySchema: describeKeys(definition.keys),
    Projection: { ProjectionType: type, ...(type === "INCLUDE" ? { NonKeyAttributes: attributes } : {}) },
    IndexSizeBytes: bytes,
    ItemCount: rows.size,
  };
}

function describeStatus(table: Table, { definition }: IndexStore): Json {
  const status = table.indexStatus.get(definition.name);
  if (table.status === "CREATING") return { IndexStatus: "CREATING" };
  return { IndexStatus: status ?? "ACTIVE", ...(status === "CREATING" ? { Backfilling: true } : {}) };
}

function describeThroughput({ read, write, increasedAt, decreasedAt }: Throughput): Json {
  return {
    ...(increasedAt === undefined ? {} : { LastIncreaseDateTime: increasedAt / 1000 }),
    ...(decreasedAt === undefined ? {} : { LastDecreaseDateTime: decreasedAt / 1000 }),
    NumberOfDecreasesToday: 0,
    ReadCapacityUnits: read,
    WriteCapacityUnits: write,
  };
}

function onDemand({ definition, status }: Table): Json {
  const since =
    status === "CREATING"
      ? {}
      : { LastUpdateToPayPerRequestDateTime: (definition.onDemandSince ?? definition.createdAt) / 1000 };
  return {
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST", ...since },
    TableThroughputModeSummary: { TableThroughputMode: "PAY_PER_REQUEST", ...since },
  };
}
