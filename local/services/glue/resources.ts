import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import type { Catalog, Column, Database, StorageDescriptor, TableInput } from "./catalog";
import { defined } from "./defined";

/** The Pulumi types of the catalog. */
export function glueResources(catalog: Catalog): Readonly<Record<string, ResourceType>> {
  return {
    "aws:glue/catalogDatabase:CatalogDatabase": databaseType(catalog),
    "aws:glue/catalogTable:CatalogTable": tableType(catalog),
    "aws:glue/resourcePolicy:ResourcePolicy": policyType(catalog),
    "aws:glue/securityConfiguration:SecurityConfiguration": securityType(catalog),
  };
}

function databaseType(catalog: Catalog): ResourceType {
  const put = (name: string, inputs: Json): Created => {
    const database = catalog.putDatabase(
      defined<Omit<Database, "CreateTime" | "CatalogId">>({
        Name: name,
        Description: inputs["description"] as string | undefined,
        LocationUri: inputs["locationUri"] as string | undefined,
        Parameters: inputs["parameters"] as Record<string, string> | undefined,
      }),
    );
    const catalogId = catalog.cloud.accountId;
    const id = `${catalogId}:${database.Name}`;
    const arn = catalog.databaseArn(database.Name);
    const state = {
      ...inputs,
      id,
      name: database.Name,
      arn,
      catalogId,
      region: catalog.cloud.region,
      tagsAll: inputs["tags"] ?? {},
    };
    return { id, state };
  };
  return {
    create: (inputs, context) => put((inputs["name"] as string | undefined) ?? context.physicalName(), inputs),
    update: (id, inputs) => put(id.split(":")[1]!, inputs),
    delete: (id) => catalog.dropDatabase(id.split(":")[1]!),
  };
}

function tableType(catalog: Catalog): ResourceType {
  const put = (inputs: Json, context: ResourceContext): Created => {
    const database = String(inputs["databaseName"]);
    const table = catalog.putTable(
      database,
      defined<TableInput>({
        Name: (inputs["name"] as string | undefined) ?? context.physicalName(),
        Description: inputs["description"] as string | undefined,
        TableType: inputs["tableType"] as string | undefined,
        Parameters: inputs["parameters"] as Record<string, string> | undefined,
        PartitionKeys: columns(inputs["partitionKeys"]),
        StorageDescriptor: inputs["storageDescriptor"] ? descriptor(inputs["storageDescriptor"] as Json) : undefined,
      }),
    );
    const catalogId = catalog.cloud.accountId;
    const id = `${catalogId}:${table.DatabaseName}:${table.Name}`;
    const arn = catalog.tableArn(table.DatabaseName, table.Name);
    return { id, state: { ...inputs, id, name: table.Name, arn, catalogId, region: catalog.cloud.region } };
  };
  return {
    create: put,
    update: (_id, inputs, context) => put(inputs, context),
    delete(id) {
      const [, database, table] = id.split(":");
      catalog.dropTable(database!, table!);
    },
  };
}

/** One policy per account and region; creating a second one fails (Glue PutResourcePolicy, PolicyExistsCondition). */
function policyType(catalog: Catalog): ResourceType {
  const put = (inputs: Json): Created => {
    const text = typeof inputs["policy"] === "string" ? inputs["policy"] : JSON.stringify(inputs["policy"]);
    if (Buffer.byteLength(text) > 10 * 1024) {
      throw new Error(
        `Glue catalog policy: got ${Buffer.byteLength(text)} bytes; expected at most 10240. Merge or shorten its statements.`,
      );
    }
    catalog.cloud.resourcePolicies.set(catalog.arn, JSON.parse(text) as Json);
    const id = catalog.cloud.region;
    return { id, state: { ...inputs, id, policy: text, region: catalog.cloud.region } };
  };
  return {
    create(inputs) {
      const existing = catalog.cloud.resourcePolicies.get(catalog.arn);
      if (existing !== undefined && existing !== catalog.presetPolicy) {
        throw new Error(
          "Glue catalog policy: one exists in this account and region; expected none. Let one stack own all statements, or import it.",
        );
      }
      return put(inputs);
    },
    update: (_id, inputs) => put(inputs),
    delete: () => void catalog.cloud.resourcePolicies.delete(catalog.arn),
  };
}

function securityType(catalog: Catalog): ResourceType {
  const put = (inputs: Json, context: ResourceContext): Created => {
    const name = (inputs["name"] as string | undefined) ?? context.physicalName();
    return { id: name, state: { ...inputs, id: name, name, region: catalog.cloud.region } };
  };
  return { create: put, update: (_id, inputs, context) => put(inputs, context) };
}

function descriptor(inputs: Json): StorageDescriptor {
  const serde = inputs["serDeInfo"] as Json | undefined;
  return defined<StorageDescriptor>({
    Columns: columns(inputs["columns"]),
    Location: inputs["location"] as string | undefined,
    InputFormat: inputs["inputFormat"] as string | undefined,
    OutputFormat: inputs["outputFormat"] as string | undefined,
    SerdeInfo: serde
      ? defined<NonNullable<StorageDescriptor["SerdeInfo"]>>({
          SerializationLibrary: serde["serializationLibrary"] as string | undefined,
          Parameters: serde["parameters"] as Record<string, string> | undefined,
        })
      : undefined,
  });
}

function columns(inputs: unknown): Column[] {
  return ((inputs as readonly Json[] | undefined) ?? []).map((column) =>
    defined<Column>({
      Name: String(column["name"]),
      Type: (column["type"] as string | undefined) ?? "string",
      Comment: column["comment"] as string | undefined,
    }),
  );
}
