import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import type { Catalog, TableInput } from "../catalog";

interface TableName {
  readonly DatabaseName: string;
  readonly Name: string;
}

interface WriteInput {
  readonly DatabaseName: string;
  readonly TableInput: TableInput;
}

export function getTable(catalog: Catalog): Operation<TableName> {
  return {
    authorize: (input) => catalog.rights("GetTable", input.DatabaseName.toLowerCase(), input.Name.toLowerCase()),
    answer(input, context) {
      context.use("glue.catalogRequest", 1);
      return { Table: catalog.table(input.DatabaseName, input.Name) };
    },
  };
}

export function getTables(
  catalog: Catalog,
): Operation<{ readonly DatabaseName: string; readonly Expression?: string }> {
  return {
    authorize: (input) => catalog.rights("GetTables", input.DatabaseName.toLowerCase()),
    answer(input, context) {
      context.use("glue.catalogRequest", 1);
      const tables = catalog.tablesOf(input.DatabaseName);
      const pattern = input.Expression === undefined ? undefined : expression(input.Expression);
      return { TableList: pattern ? tables.filter((table) => pattern.test(table.Name)) : tables };
    },
  };
}

function expression(text: string): RegExp {
  try {
    return new RegExp(`^${text.replaceAll("*", ".*")}$`);
  } catch {
    throw new AwsError("InvalidInputException", `Expression ${text} is not a valid regular expression`);
  }
}

export function createTable(catalog: Catalog): Operation<WriteInput> {
  return {
    authorize: (input) =>
      catalog.rights("CreateTable", input.DatabaseName.toLowerCase(), input.TableInput.Name.toLowerCase()),
    answer(input, context) {
      context.use("glue.catalogRequest", 1);
      catalog.database(input.DatabaseName);
      if (catalog.findTable(input.DatabaseName, input.TableInput.Name))
        throw new AwsError("AlreadyExistsException", "Table already exists.");
      catalog.putTable(input.DatabaseName, input.TableInput);
      return {};
    },
  };
}

export function updateTable(catalog: Catalog): Operation<WriteInput> {
  return {
    authorize: (input) =>
      catalog.rights("UpdateTable", input.DatabaseName.toLowerCase(), input.TableInput.Name.toLowerCase()),
    answer(input, context) {
      context.use("glue.catalogRequest", 1);
      catalog.table(input.DatabaseName, input.TableInput.Name);
      catalog.putTable(input.DatabaseName, input.TableInput);
      return {};
    },
  };
}

export function deleteTable(catalog: Catalog): Operation<TableName> {
  return {
    authorize: (input) => catalog.rights("DeleteTable", input.DatabaseName.toLowerCase(), input.Name.toLowerCase()),
    answer(input, context) {
      context.use("glue.catalogRequest", 1);
      catalog.dropTable(input.DatabaseName, input.Name);
      return {};
    },
  };
}

/** The catalog keeps no partitions: Iceberg tables have theirs in their own metadata, as on AWS. */
export function getPartitions(
  catalog: Catalog,
): Operation<{ readonly DatabaseName: string; readonly TableName: string }> {
  return {
    authorize: (input) =>
      catalog.rights("GetPartitions", input.DatabaseName.toLowerCase(), input.TableName.toLowerCase()),
    answer(input, context) {
      context.use("glue.catalogRequest", 1);
      catalog.table(input.DatabaseName, input.TableName);
      return { Partitions: [] };
    },
  };
}
