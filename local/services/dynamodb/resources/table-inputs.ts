import type { Json } from "../../../service";
import type { StreamViewType } from "../engine/stream";
import type { TableDefinition } from "../engine/table";
import type { CreateTableInput } from "../tables/create";
import type { IndexInput, KeySchemaInput } from "../tables/schema";
import type { KeyType } from "../values";

interface IndexProperties {
  readonly name: string;
  readonly hashKey?: string;
  readonly rangeKey?: string;
  readonly keySchemas?: readonly { readonly attributeName: string; readonly keyType: string }[];
  readonly projectionType: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly nonKeyAttributes?: readonly string[];
  readonly readCapacity?: number;
  readonly writeCapacity?: number;
}

/** Inputs of `aws.dynamodb.Table` that the local cloud reads. */
export interface TableProperties {
  readonly name?: string;
  readonly attributes?: readonly { readonly name: string; readonly type: KeyType }[];
  readonly hashKey?: string;
  readonly rangeKey?: string;
  readonly billingMode?: TableDefinition["billing"];
  readonly readCapacity?: number;
  readonly writeCapacity?: number;
  readonly globalSecondaryIndexes?: readonly IndexProperties[];
  readonly localSecondaryIndexes?: readonly Omit<IndexProperties, "hashKey">[];
  readonly ttl?: { readonly attributeName?: string; readonly enabled?: boolean };
  readonly streamEnabled?: boolean;
  readonly streamViewType?: StreamViewType;
  readonly pointInTimeRecovery?: { readonly enabled: boolean; readonly recoveryPeriodInDays?: number };
  readonly serverSideEncryption?: { readonly enabled: boolean; readonly kmsKeyArn?: string };
  readonly deletionProtectionEnabled?: boolean;
  readonly tableClass?: TableDefinition["tableClass"];
  readonly tags?: Readonly<Record<string, string>>;
}

export function propertiesOf(inputs: Json): TableProperties {
  return inputs;
}

/** The CreateTable call that the provider makes for these inputs. */
export function createInputOf(name: string, table: TableProperties): CreateTableInput {
  const provisioned = (table.billingMode ?? "PROVISIONED") === "PROVISIONED";
  return {
    TableName: name,
    AttributeDefinitions: (table.attributes ?? []).map((a) => ({ AttributeName: a.name, AttributeType: a.type })),
    KeySchema: keySchema(table.hashKey ?? "", table.rangeKey),
    BillingMode: provisioned ? "PROVISIONED" : "PAY_PER_REQUEST",
    ...(provisioned ? { ProvisionedThroughput: units(table) } : {}),
    ...(table.globalSecondaryIndexes?.length
      ? { GlobalSecondaryIndexes: table.globalSecondaryIndexes.map((index) => indexInputOf(index, provisioned)) }
      : {}),
    ...(table.localSecondaryIndexes?.length
      ? {
          LocalSecondaryIndexes: table.localSecondaryIndexes.map((index) =>
            indexInputOf({ ...index, hashKey: table.hashKey! }, false),
          ),
        }
      : {}),
    ...(table.streamEnabled
      ? { StreamSpecification: { StreamEnabled: true, StreamViewType: table.streamViewType ?? "NEW_AND_OLD_IMAGES" } }
      : {}),
    SSESpecification: encryptionOf(table),
    ...(table.tableClass ? { TableClass: table.tableClass } : {}),
    DeletionProtectionEnabled: table.deletionProtectionEnabled ?? false,
    Tags: Object.entries(table.tags ?? {}).map(([key, value]) => ({ Key: key, Value: value })),
  };
}

export function encryptionOf({ serverSideEncryption: encryption }: TableProperties): {
  Enabled: boolean;
  KMSMasterKeyId?: string;
} {
  if (!encryption?.enabled) return { Enabled: false };
  return { Enabled: true, ...(encryption.kmsKeyArn ? { KMSMasterKeyId: encryption.kmsKeyArn } : {}) };
}

export function indexInputOf(index: IndexProperties, provisioned: boolean): IndexInput {
  const keys = index.keySchemas?.map((key) => ({ AttributeName: key.attributeName, KeyType: key.keyType }));
  return {
    IndexName: index.name,
    KeySchema: keys ?? keySchema(index.hashKey ?? "", index.rangeKey),
    Projection: {
      ProjectionType: index.projectionType,
      ...(index.nonKeyAttributes?.length ? { NonKeyAttributes: index.nonKeyAttributes } : {}),
    },
    ...(provisioned ? { ProvisionedThroughput: units(index) } : {}),
  };
}

function keySchema(hash: string, range: string | undefined): readonly KeySchemaInput[] {
  return [
    { AttributeName: hash, KeyType: "HASH" },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: "RANGE" }]),
  ];
}

function units(of: { readonly readCapacity?: number; readonly writeCapacity?: number }): {
  ReadCapacityUnits: number;
  WriteCapacityUnits: number;
} {
  return { ReadCapacityUnits: of.readCapacity ?? 1, WriteCapacityUnits: of.writeCapacity ?? 1 };
}
