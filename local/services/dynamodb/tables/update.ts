import { AwsError } from "../../../aws-error";
import type { Cloud } from "../../../cloud";
import { inUse, validation } from "../errors";
import { waits } from "../limits";
import type { Database } from "../engine/database";
import type { OnDemandThroughput, Table, TableDefinition, Throughput } from "../engine/table";
import type { KeyType } from "../values";
import { checkBounds, readStreamSpecification, throughputOf, type StreamSpecification } from "./create";
import { readEncryption, type EncryptionInput } from "./encryption";
import {
  invalid,
  readKeys,
  readProjection,
  type AttributeDefinitionInput,
  type IndexInput,
  type ThroughputInput,
} from "./schema";

export interface IndexUpdate {
  readonly Create?: IndexInput;
  readonly Update?: { readonly IndexName: string; readonly ProvisionedThroughput: ThroughputInput };
  readonly Delete?: { readonly IndexName: string };
}

export interface UpdateTableInput {
  readonly TableName: string;
  readonly AttributeDefinitions?: readonly AttributeDefinitionInput[];
  readonly BillingMode?: TableDefinition["billing"];
  readonly ProvisionedThroughput?: ThroughputInput;
  readonly GlobalSecondaryIndexUpdates?: readonly IndexUpdate[];
  readonly OnDemandThroughput?: OnDemandThroughput;
  readonly StreamSpecification?: StreamSpecification;
  readonly SSESpecification?: EncryptionInput;
  readonly TableClass?: TableDefinition["tableClass"];
  readonly DeletionProtectionEnabled?: boolean;
}

/** Checks an UpdateTable and changes the table; what takes a while on AWS shows as UPDATING until it is through. */
export function updateTable(cloud: Cloud, database: Database, table: Table, input: UpdateTableInput): void {
  checkThroughput(input, table);
  if (table.status === "CREATING" || table.status === "DELETING" || table.status === "UPDATING") {
    const doing = { CREATING: "created", DELETING: "deleted", UPDATING: "updated" }[table.status];
    throw inUse(`Attempt to change a resource which is still in use: Table is being ${doing}: ${table.name}`);
  }
  const indexUpdates = input.GlobalSecondaryIndexUpdates ?? [];
  checkIndexUpdates(table, indexUpdates);
  const encryption = input.SSESpecification && readEncryption(cloud, input.SSESpecification);
  if (input.StreamSpecification) updateStream(database, table, input.StreamSpecification);
  updateDefinition(table, input, cloud.clock.now());
  if (encryption) {
    const { keyArn: _, ...rest } = table.definition;
    table.definition = { ...rest, ...encryption };
  }
  for (const update of indexUpdates) updateIndex(table, input, update);
  table.status = "UPDATING";
  const asked = input.ProvisionedThroughput && throughputOf(input.ProvisionedThroughput);
  cloud.clock.setTimer(waits.update, () => {
    if (asked && table.definition.billing === "PROVISIONED") {
      const throughput = { ...timesOf(table.definition.throughput, asked, cloud.clock.now()), ...asked };
      table.definition = { ...table.definition, throughput };
    }
    if (table.status === "UPDATING") table.status = "ACTIVE";
    for (const [name, status] of table.indexStatus) if (status === "DELETING") table.indexes.delete(name);
    table.indexStatus.clear();
  });
}

/** What is wrong with an UpdateTable whatever the table is; AWS says so before it looks for the table. */
export function checkChanges(input: UpdateTableInput): void {
  const { TableName: _, AttributeDefinitions: __, ...changes } = input;
  const isEmpty = (change: unknown): boolean => change == null || (Array.isArray(change) && change.length === 0);
  if (Object.values(changes).every(isEmpty)) {
    throw validation(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
    );
  }
  if (input.BillingMode === "PROVISIONED" && !input.ProvisionedThroughput) {
    throw invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  if (input.ProvisionedThroughput) checkBounds(input.ProvisionedThroughput);
  const names = new Set<string>();
  for (const { Create: create, Update: update, Delete: remove } of input.GlobalSecondaryIndexUpdates ?? []) {
    const change = update ?? create ?? remove;
    if (!change) {
      throw invalid(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
      );
    }
    if (names.has(change.IndexName)) {
      throw invalid(
        `Only one global secondary index update per index is allowed simultaneously. Index: ${change.IndexName}`,
      );
    }
    names.add(change.IndexName);
    const throughput = update?.ProvisionedThroughput;
    if (throughput) checkBounds(throughput, change.IndexName);
  }
}

function checkThroughput(input: UpdateTableInput, table: Table): void {
  const billing = input.BillingMode ?? table.definition.billing;
  const throughput = input.ProvisionedThroughput;
  if (!throughput) return;
  if (billing === "PAY_PER_REQUEST") {
    throw invalid(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  }
  if (table.definition.billing === "PAY_PER_REQUEST") checkIndexThroughput(input, table);
  const { read, write } = table.definition.throughput;
  if (read === throughput.ReadCapacityUnits && write === throughput.WriteCapacityUnits) {
    throw validation(
      "The provisioned throughput for the table will not change. The requested value equals the current value. " +
        `Current ReadCapacityUnits provisioned for the table: ${read}. Requested ReadCapacityUnits: ${read}. ` +
        `Current WriteCapacityUnits provisioned for the table: ${write}. Requested WriteCapacityUnits: ${write}. ` +
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    );
  }
}

/** A table that leaves the on-demand mode needs units for each of its global indexes, too. */
function checkIndexThroughput(input: UpdateTableInput, table: Table): void {
  const given = new Set(
    (input.GlobalSecondaryIndexUpdates ?? []).map(
      ({ Create, Update, Delete }) => (Update ?? Create ?? Delete)?.IndexName,
    ),
  );
  const global = [...table.indexes.values()].filter(({ definition }) => definition.kind === "global");
  const missing = global.map(({ definition }) => definition.name).filter((name) => !given.has(name));
  if (missing.length > 0) throw invalid(`ProvisionedThroughput must be specified for index: ${missing.join(",")}`);
}

function checkIndexUpdates(table: Table, updates: readonly IndexUpdate[]): void {
  if (updates.filter((update) => update.Create ?? update.Delete).length > 1) {
    throw new AwsError(
      "LimitExceededException",
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
  }
  for (const { Create: create, Update: update, Delete: remove } of updates) {
    if (create && table.indexes.has(create.IndexName)) {
      throw invalid(`Index already exists: ${create.IndexName}`);
    }
    const name = update?.IndexName ?? remove?.IndexName;
    if (name !== undefined && table.indexes.get(name)?.definition.kind !== "global") {
      throw new AwsError("ResourceNotFoundException", "Requested resource not found");
    }
  }
}

function updateStream(database: Database, table: Table, specification: StreamSpecification): void {
  const viewType = readStreamSpecification(specification);
  if (viewType && table.stream) throw validation(`Table already has an enabled stream: TableName: ${table.name}`);
  if (!viewType && !table.stream) throw validation(`Table has no stream to disable: TableName: ${table.name}`);
  if (viewType) database.enableStream(table, viewType);
  else database.disableStream(table);
}

/** The units as they are, with the time of the change that was asked for: the new ones count when the update is through. */
function timesOf(present: Throughput, asked: Throughput, now: number): Throughput {
  return {
    ...present,
    ...(asked.read > present.read || asked.write > present.write ? { increasedAt: now } : {}),
    ...(asked.read < present.read || asked.write < present.write ? { decreasedAt: now } : {}),
  };
}

function updateDefinition(table: Table, input: UpdateTableInput, now: number): void {
  const { definition } = table;
  const billing = input.BillingMode ?? definition.billing;
  const switched = billing === "PAY_PER_REQUEST" && definition.billing !== billing;
  const asked = input.ProvisionedThroughput && throughputOf(input.ProvisionedThroughput);
  const { onDemandThroughput: limits, ...rest } = definition;
  const onDemandThroughput = input.OnDemandThroughput ?? limits;
  table.definition = {
    ...rest,
    ...(onDemandThroughput && billing === "PAY_PER_REQUEST" ? { onDemandThroughput } : {}),
    billing,
    ...(switched ? { onDemandSince: now, indexThroughput: new Map() } : {}),
    throughput:
      billing === "PAY_PER_REQUEST"
        ? { read: 0, write: 0 }
        : definition.billing === "PAY_PER_REQUEST"
          ? (asked ?? definition.throughput)
          : asked
            ? timesOf(definition.throughput, asked, now)
            : definition.throughput,
    tableClass: input.TableClass ?? definition.tableClass,
    deletionProtection: input.DeletionProtectionEnabled ?? definition.deletionProtection,
  };
}

function updateIndex(table: Table, input: UpdateTableInput, update: IndexUpdate): void {
  const { Create: create, Update: change, Delete: remove } = update;
  if (create) {
    const attributes = new Map<string, KeyType>(table.definition.attributes);
    for (const { AttributeName: name, AttributeType: type } of input.AttributeDefinitions ?? []) {
      attributes.set(name, type);
    }
    const keys = readKeys(create.KeySchema, attributes);
    table.definition = { ...table.definition, attributes };
    table.addIndex({ name: create.IndexName, kind: "global", keys, projection: readProjection(create) });
    table.indexStatus.set(create.IndexName, "CREATING");
  }
  const throughput = create?.ProvisionedThroughput ?? change?.ProvisionedThroughput;
  const name = create?.IndexName ?? change?.IndexName;
  if (throughput && name !== undefined) {
    const indexThroughput = new Map(table.definition.indexThroughput).set(name, throughputOf(throughput));
    table.definition = { ...table.definition, indexThroughput };
  }
  if (change) table.indexStatus.set(change.IndexName, "UPDATING");
  if (remove) table.indexStatus.set(remove.IndexName, "DELETING");
}
