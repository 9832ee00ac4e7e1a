import type { Created, Json, ResourceType } from "../../../service";
import type { Dependencies } from "../access";
import { validation } from "../errors";
import type { Table } from "../engine/table";
import { setPointInTimeRecovery } from "../operations/continuous-backups";
import { createTable } from "../tables/create";
import { readEncryption } from "../tables/encryption";
import { readKeys, readProjection, readSchema } from "../tables/schema";
import { createInputOf, encryptionOf, indexInputOf, propertiesOf, type TableProperties } from "./table-inputs";

/** `aws.dynamodb.Table`: active as soon as it is made. */
export function tableType(dependencies: Dependencies): ResourceType {
  const { cloud, database } = dependencies;
  return {
    create(inputs, context) {
      const properties = propertiesOf(inputs);
      const table = createTable(cloud, database, createInputOf(properties.name ?? context.physicalName(), properties));
      settle(dependencies, table, properties);
      return created(dependencies, table, inputs);
    },
    update(id, inputs) {
      const table = database.active(id);
      const properties = propertiesOf(inputs);
      change(dependencies, table, properties);
      settle(dependencies, table, properties);
      return created(dependencies, table, inputs);
    },
    delete(id) {
      const table = database.find(id);
      if (!table) return;
      if (table.definition.deletionProtection) {
        throw validation(
          "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
        );
      }
      database.drop(table);
      cloud.resourcePolicies.delete(table.definition.arn);
    },
  };
}

/** What the provider sets by calls of their own, after the table is there. */
function settle({ cloud, database }: Dependencies, table: Table, properties: TableProperties): void {
  const attribute = properties.ttl?.enabled ? properties.ttl.attributeName : undefined;
  if (attribute !== table.definition.timeToLive) database.setTimeToLive(table, attribute);
  const recovery = properties.pointInTimeRecovery;
  setPointInTimeRecovery(table, recovery?.enabled ?? false, recovery?.recoveryPeriodInDays, cloud.clock.now());
}

/** Brings a table to new inputs; what AWS cannot change in place is replaced by the engine before this is asked. */
function change({ cloud, database }: Dependencies, table: Table, properties: TableProperties): void {
  const input = createInputOf(table.name, properties);
  const schema = readSchema(input);
  const provisioned = input.BillingMode === "PROVISIONED";
  const { keyArn: _, ...rest } = table.definition;
  table.definition = {
    ...rest,
    ...readEncryption(cloud, encryptionOf(properties)),
    attributes: schema.attributes,
    billing: provisioned ? "PROVISIONED" : "PAY_PER_REQUEST",
    ...(provisioned ? {} : { onDemandSince: rest.onDemandSince ?? cloud.clock.now() }),
    throughput: provisioned
      ? { read: properties.readCapacity ?? 1, write: properties.writeCapacity ?? 1 }
      : { read: 0, write: 0 },
    deletionProtection: properties.deletionProtectionEnabled ?? false,
    tableClass: properties.tableClass ?? "STANDARD",
    tags: new Map(Object.entries(properties.tags ?? {})),
  };
  const viewType = input.StreamSpecification?.StreamViewType;
  if (table.stream?.viewType !== viewType) {
    database.disableStream(table);
    if (viewType) database.enableStream(table, viewType);
  }
  changeIndexes(table, properties, provisioned);
}

function changeIndexes(table: Table, properties: TableProperties, provisioned: boolean): void {
  const wanted = new Map(
    (properties.globalSecondaryIndexes ?? []).map((index) => {
      const input = indexInputOf(index, provisioned);
      const keys = readKeys(input.KeySchema, table.definition.attributes);
      return [index.name, { name: index.name, kind: "global" as const, keys, projection: readProjection(input) }];
    }),
  );
  for (const { definition } of [...table.indexes.values()]) {
    if (definition.kind !== "global") continue;
    const same = JSON.stringify(wanted.get(definition.name)) === JSON.stringify(definition);
    if (same) wanted.delete(definition.name);
    else table.indexes.delete(definition.name);
  }
  for (const definition of wanted.values()) table.addIndex(definition);
}

function created({ cloud }: Dependencies, table: Table, inputs: Json): Created {
  const { definition, stream } = table;
  const encryption = propertiesOf(inputs).serverSideEncryption;
  const state: Json = {
    ...inputs,
    id: table.name,
    name: table.name,
    arn: definition.arn,
    region: cloud.region,
    billingMode: definition.billing,
    readCapacity: definition.throughput.read,
    writeCapacity: definition.throughput.write,
    streamEnabled: stream !== undefined,
    streamArn: stream?.arn ?? "",
    streamLabel: stream?.label ?? "",
    streamViewType: stream?.viewType ?? "",
    tableClass: definition.tableClass,
    tagsAll: Object.fromEntries(definition.tags),
    ttl: { attributeName: definition.timeToLive ?? "", enabled: definition.timeToLive !== undefined },
    pointInTimeRecovery: {
      enabled: definition.recoverableSince !== undefined,
      recoveryPeriodInDays: definition.recoverableSince === undefined ? 0 : definition.recoveryDays,
    },
    ...(encryption?.enabled ? { serverSideEncryption: { enabled: true, kmsKeyArn: definition.keyArn } } : {}),
  };
  return { id: table.name, state };
}
