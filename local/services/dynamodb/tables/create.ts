import type { Cloud } from "../../../cloud";
import { inUse, validation } from "../errors";
import type { Database } from "../engine/database";
import type { StreamViewType } from "../engine/stream";
import { Table, type OnDemandThroughput, type TableDefinition, type Throughput } from "../engine/table";
import { invalid, readSchema, type SchemaInput, type ThroughputInput } from "./schema";
import { readEncryption, type EncryptionInput } from "./encryption";

export interface StreamSpecification {
  readonly StreamEnabled?: boolean;
  readonly StreamViewType?: StreamViewType;
}

export interface CreateTableInput extends SchemaInput {
  readonly TableName: string;
  readonly ProvisionedThroughput?: ThroughputInput;
  readonly OnDemandThroughput?: OnDemandThroughput;
  readonly StreamSpecification?: StreamSpecification;
  readonly SSESpecification?: EncryptionInput;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly TableClass?: TableDefinition["tableClass"];
  readonly DeletionProtectionEnabled?: boolean;
}

/** Checks a CreateTable in AWS's order and makes the table. It is active at once; the caller says if it takes a while. */
export function createTable(cloud: Cloud, database: Database, input: CreateTableInput): Table {
  checkThroughput(input);
  const schema = readSchema(input);
  const viewType = readStreamSpecification(input.StreamSpecification);
  if (database.tables.has(input.TableName)) throw inUse(`Table already exists: ${input.TableName}`);
  const now = cloud.clock.now();
  const onDemand = input.BillingMode === "PAY_PER_REQUEST";
  const table = new Table({
    name: input.TableName,
    arn: cloud.arn("dynamodb", `table/${input.TableName}`),
    id: cloud.uuid(),
    createdAt: now,
    attributes: schema.attributes,
    keys: schema.keys,
    billing: onDemand ? "PAY_PER_REQUEST" : "PROVISIONED",
    ...(onDemand ? { onDemandSince: now } : {}),
    throughput: throughputOf(input.ProvisionedThroughput),
    indexThroughput: new Map(
      (input.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, throughputOf(index.ProvisionedThroughput)]),
    ),
    ...(input.OnDemandThroughput ? { onDemandThroughput: input.OnDemandThroughput } : {}),
    ...readEncryption(cloud, input.SSESpecification),
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    tableClass: input.TableClass ?? "STANDARD",
    tags: new Map((input.Tags ?? []).map((tag) => [tag.Key, tag.Value])),
    recoveryDays: 35,
  });
  for (const index of schema.indexes) table.addIndex(index);
  database.tables.set(table.name, table);
  if (viewType) database.enableStream(table, viewType);
  return table;
}

export function throughputOf(input: ThroughputInput | undefined): Throughput {
  return { read: input?.ReadCapacityUnits ?? 0, write: input?.WriteCapacityUnits ?? 0 };
}

/** The view type of a stream that is to be on; undefined when it is to be off or nothing is said. */
export function readStreamSpecification(input: StreamSpecification | undefined): StreamViewType | undefined {
  if (!input) return undefined;
  if (input.StreamEnabled && !input.StreamViewType) {
    throw invalid("StreamViewType must be specified when StreamEnabled is true");
  }
  if (!input.StreamEnabled && input.StreamViewType) {
    throw invalid("StreamViewType cannot be specified when StreamEnabled is false");
  }
  return input.StreamEnabled ? input.StreamViewType : undefined;
}

/** AWS's upper bound of a throughput. */
const mostUnits = 1_000_000_000_000;

function checkThroughput(input: CreateTableInput): void {
  const throughput = input.ProvisionedThroughput;
  if (input.BillingMode === "PAY_PER_REQUEST") {
    if (throughput) {
      throw invalid(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      );
    }
    return;
  }
  if (!throughput) {
    throw invalid("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
  }
  checkBounds(throughput);
}

/** @param index the index whose throughput it is, if it is not the table's. */
export function checkBounds(throughput: ThroughputInput, index?: string): void {
  for (const name of ["ReadCapacityUnits", "WriteCapacityUnits"] as const) {
    if (throughput[name] <= mostUnits) continue;
    const where = index === undefined ? "" : ` for index ${index}`;
    throw validation(`Given value ${throughput[name]} for ${name} is out of bounds${where}`);
  }
}
