import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import type { Catalog, Database } from "../catalog";

interface NameInput {
  readonly Name: string;
}

export function getDatabase(catalog: Catalog): Operation<NameInput> {
  return {
    authorize: (input) => catalog.rights("GetDatabase", input.Name.toLowerCase()),
    answer(input, context) {
      context.use("glue.catalogRequest", 1);
      return { Database: catalog.database(input.Name) };
    },
  };
}

export function getDatabases(catalog: Catalog): Operation {
  return {
    authorize: () => [
      ...catalog.rights("GetDatabases"),
      ...[...catalog.databases.keys()].map((name) => ({
        action: "glue:GetDatabases",
        resource: catalog.databaseArn(name),
        policyOf: catalog.arn,
      })),
    ],
    answer(_input, context) {
      context.use("glue.catalogRequest", 1);
      return { DatabaseList: [...catalog.databases.values()] };
    },
  };
}

export function createDatabase(
  catalog: Catalog,
): Operation<{ readonly DatabaseInput: Omit<Database, "CreateTime" | "CatalogId"> }> {
  return {
    authorize: ({ DatabaseInput }) => catalog.rights("CreateDatabase", DatabaseInput.Name.toLowerCase()),
    answer({ DatabaseInput }, context) {
      context.use("glue.catalogRequest", 1);
      if (catalog.databases.has(DatabaseInput.Name.toLowerCase()))
        throw new AwsError("AlreadyExistsException", "Database already exists.");
      catalog.putDatabase(DatabaseInput);
      return {};
    },
  };
}

export function deleteDatabase(catalog: Catalog): Operation<NameInput> {
  return {
    authorize: (input) => catalog.rights("DeleteDatabase", input.Name.toLowerCase()),
    answer(input, context) {
      context.use("glue.catalogRequest", 1);
      catalog.dropDatabase(input.Name);
      return {};
    },
  };
}
