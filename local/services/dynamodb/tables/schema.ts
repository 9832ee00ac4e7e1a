import { validation } from "../errors";
import { limits } from "../limits";
import type { IndexDefinition, Projection } from "../engine/index-store";
import type { KeySchema } from "../engine/keys";
import type { KeyType } from "../values";

export interface AttributeDefinitionInput {
  readonly AttributeName: string;
  readonly AttributeType: KeyType;
}

export interface KeySchemaInput {
  readonly AttributeName: string;
  readonly KeyType: string;
}

export interface ThroughputInput {
  readonly ReadCapacityUnits: number;
  readonly WriteCapacityUnits: number;
}

export interface IndexInput {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchemaInput[];
  readonly Projection: { readonly ProjectionType?: Projection["type"]; readonly NonKeyAttributes?: readonly string[] };
  readonly ProvisionedThroughput?: ThroughputInput;
}

export interface SchemaInput {
  readonly AttributeDefinitions: readonly AttributeDefinitionInput[];
  readonly KeySchema: readonly KeySchemaInput[];
  readonly LocalSecondaryIndexes?: readonly IndexInput[];
  readonly GlobalSecondaryIndexes?: readonly IndexInput[];
  readonly BillingMode?: string;
}

export interface Schema {
  readonly attributes: ReadonlyMap<string, KeyType>;
  readonly keys: KeySchema;
  readonly indexes: readonly IndexDefinition[];
}

/** Reads keys and indexes of a new table, checked in AWS's order. */
export function readSchema(input: SchemaInput): Schema {
  const attributes = new Map(input.AttributeDefinitions.map((a) => [a.AttributeName, a.AttributeType]));
  if (input.KeySchema.length > input.AttributeDefinitions.length) {
    throw validation("Invalid KeySchema: Some index key attribute have no definition");
  }
  const keys = readKeys(input.KeySchema, attributes);
  if (!input.LocalSecondaryIndexes && !input.GlobalSecondaryIndexes && input.KeySchema.length !== attributes.size) {
    throw invalid(
      "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    );
  }
  const names = new Set<string>();
  const local = readLocalIndexes(input, attributes, keys, names);
  const global = readGlobalIndexes(input, attributes, names);
  // Items are held against global indexes first.
  const indexes = [...global, ...local];
  checkAllUsed(attributes, keys, indexes);
  checkProjected(indexes);
  return { attributes, keys, indexes };
}

/** Reads the keys of a table or index. */
export function readKeys(input: readonly KeySchemaInput[], attributes: ReadonlyMap<string, KeyType>): KeySchema {
  const names = input.map((key) => key.AttributeName);
  if (names.some((name) => !attributes.has(name))) {
    throw invalid(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${names.join(", ")}], AttributeDefinitions: [${[...attributes.keys()].join(", ")}]`,
    );
  }
  const [hash, range] = input;
  if (hash!.AttributeName === range?.AttributeName) {
    throw validation("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  if (hash!.KeyType !== "HASH") {
    throw validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (range && range.KeyType !== "RANGE") {
    throw validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  const keyOf = (name: string): KeySchema["hash"] => ({ name, type: attributes.get(name)! });
  return { hash: keyOf(hash!.AttributeName), ...(range ? { range: keyOf(range.AttributeName) } : {}) };
}

export function readProjection({ Projection: projection }: IndexInput): Projection {
  const { ProjectionType: type, NonKeyAttributes: attributes } = projection;
  if (type == null) throw invalid("Unknown ProjectionType: null");
  if (attributes && type !== "INCLUDE") throw invalid(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  if (!attributes && type === "INCLUDE")
    throw invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  return { type, attributes: attributes ?? [] };
}

function readLocalIndexes(
  input: SchemaInput,
  attributes: ReadonlyMap<string, KeyType>,
  table: KeySchema,
  names: Set<string>,
): readonly IndexDefinition[] {
  const inputs = input.LocalSecondaryIndexes;
  if (!inputs) return [];
  if (inputs.length === 0) throw invalid("List of LocalSecondaryIndexes is empty");
  if (!table.range) {
    throw invalid("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
  }
  const indexes = inputs.map((index): IndexDefinition => {
    const keys = readKeys(index.KeySchema, attributes);
    if (!keys.range) throw invalid(`Index KeySchema does not have a range key for index: ${index.IndexName}`);
    if (keys.hash.name !== table.hash.name) {
      throw invalid(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${index.IndexName}. index hash key: ${keys.hash.name}, table hash key: ${table.hash.name}`,
      );
    }
    const projection = readProjection(index);
    claimName(index.IndexName, names);
    return { name: index.IndexName, kind: "local", keys, projection };
  });
  if (indexes.length > limits.localIndexes) {
    throw invalid("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  }
  return indexes;
}

function readGlobalIndexes(
  input: SchemaInput,
  attributes: ReadonlyMap<string, KeyType>,
  names: Set<string>,
): readonly IndexDefinition[] {
  const inputs = input.GlobalSecondaryIndexes;
  if (!inputs) return [];
  if (inputs.length === 0) throw invalid("List of GlobalSecondaryIndexes is empty");
  const indexes = inputs.map((index): IndexDefinition => {
    const keys = readKeys(index.KeySchema, attributes);
    const projection = readProjection(index);
    if (input.BillingMode === "PAY_PER_REQUEST" && index.ProvisionedThroughput) {
      throw invalid(
        `ProvisionedThroughput should not be specified for index: ${index.IndexName} when BillingMode is PAY_PER_REQUEST`,
      );
    }
    if (input.BillingMode !== "PAY_PER_REQUEST" && !index.ProvisionedThroughput) {
      throw invalid(`Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: ${index.IndexName}`);
    }
    claimName(index.IndexName, names);
    return { name: index.IndexName, kind: "global", keys, projection };
  });
  if (indexes.length > limits.globalIndexes) {
    throw invalid("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  }
  return indexes;
}

function claimName(name: string, names: Set<string>): void {
  if (names.has(name)) throw invalid(`Duplicate index name: ${name}`);
  names.add(name);
}

function checkAllUsed(
  attributes: ReadonlyMap<string, KeyType>,
  keys: KeySchema,
  indexes: readonly IndexDefinition[],
): void {
  const used = new Set([keys, ...indexes.map((index) => index.keys)].flatMap((k) => [k.hash.name, k.range?.name]));
  const unused = [...attributes.keys()].filter((name) => !used.has(name));
  if (unused.length === 0) return;
  throw invalid(
    `Some AttributeDefinitions are not used. AttributeDefinitions: [${[...attributes.keys()].join(", ")}], keys used: [${[...used].filter(Boolean).join(", ")}]`,
  );
}

function checkProjected(indexes: readonly IndexDefinition[]): void {
  const count = indexes.reduce((sum, index) => sum + index.projection.attributes.length, 0);
  if (count > limits.projectedAttributes) {
    throw invalid("The number of projected attributes across all indexes exceeds the limit of 100");
  }
}

export function invalid(message: string): Error {
  return validation(`One or more parameter values were invalid: ${message}`);
}
