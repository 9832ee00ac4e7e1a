import { AwsError } from "../../../aws-error";
import type { AccessRequest, Json, Operation } from "../../../service";
import type { Catalog, Database, Table } from "../../glue/catalog";
import { type Members, shaped } from "../../glue/shape";
import { databasesRights } from "../utility";

/** The one data catalog of an account that nobody has to make: Glue's. */
const NAME = "AwsDataCatalog";

interface InCatalog {
  readonly CatalogName: string;
}

export function listDataCatalogs(): Operation {
  return {
    authorize: () => [{ action: "athena:ListDataCatalogs", resource: "*" }],
    answer: () => ({ DataCatalogsSummary: [{ CatalogName: NAME, Type: "GLUE", Status: "CREATE_COMPLETE" }] }),
  };
}

export function getDataCatalog(catalog: Catalog): Operation<{ readonly Name: string }> {
  return checked(
    { "Name!": "text" },
    {
      authorize: ({ Name }) => own(catalog, "GetDataCatalog", Name),
      answer: () => ({
        DataCatalog: { Name: NAME, Type: "GLUE", Parameters: { "catalog-id": catalog.cloud.accountId } },
      }),
    },
  );
}

export function listDatabases(catalog: Catalog): Operation<InCatalog & Page> {
  return checked(
    { "CatalogName!": "text", ...PAGE },
    {
      authorize: ({ CatalogName }) => [...own(catalog, "ListDatabases", CatalogName), ...via(databasesRights(catalog))],
      answer(input) {
        const names = [...catalog.databases.values()].sort((a, b) => (a.Name < b.Name ? -1 : 1));
        return paged("DatabaseList", names.map(databaseShape), input);
      },
    },
  );
}

export function getDatabase(catalog: Catalog): Operation<InCatalog & { readonly DatabaseName: string }> {
  return checked(
    { "CatalogName!": "text", "DatabaseName!": "text" },
    {
      authorize: ({ CatalogName, DatabaseName }) => [
        ...own(catalog, "GetDatabase", CatalogName),
        ...via(catalog.rights("GetDatabase", DatabaseName.toLowerCase())),
      ],
      answer: ({ DatabaseName }) => ({ Database: databaseShape(found(() => catalog.database(DatabaseName))) }),
    },
  );
}

interface TablesInput extends InCatalog, Page {
  readonly DatabaseName: string;
  /** A regular expression for the names. @default all tables */
  readonly Expression?: string;
}

export function listTableMetadata(catalog: Catalog): Operation<TablesInput> {
  return checked(
    { "CatalogName!": "text", "DatabaseName!": "text", Expression: "text", ...PAGE },
    {
      authorize: ({ CatalogName, DatabaseName }) => [
        ...own(catalog, "ListTableMetadata", CatalogName),
        ...via(catalog.rights("GetTables", DatabaseName.toLowerCase())),
      ],
      answer(input) {
        const pattern = expression(input.Expression);
        const tables = found(() => catalog.tablesOf(input.DatabaseName)).filter(({ Name }) => pattern.test(Name));
        return paged("TableMetadataList", tables.map(tableShape), input);
      },
    },
  );
}

export function getTableMetadata(
  catalog: Catalog,
): Operation<InCatalog & { readonly DatabaseName: string; readonly TableName: string }> {
  return checked(
    { "CatalogName!": "text", "DatabaseName!": "text", "TableName!": "text" },
    {
      authorize: ({ CatalogName, DatabaseName, TableName }) => [
        ...own(catalog, "GetTableMetadata", CatalogName),
        ...via(catalog.rights("GetTable", DatabaseName.toLowerCase(), TableName.toLowerCase())),
      ],
      answer: ({ DatabaseName, TableName }) => ({
        TableMetadata: tableShape(found(() => catalog.table(DatabaseName, TableName))),
      }),
    },
  );
}

interface Page {
  /** 1 to 50. @default 50 */
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

const PAGE: Members = { MaxResults: "number", NextToken: "text" };

function checked<I>(members: Members, operation: Operation<I>): Operation<I> {
  return shaped("InvalidRequestException", members, operation);
}

function own(catalog: Catalog, action: string, name: string): AccessRequest[] {
  // Catalogs other than Glue's are connectors to other sources, which are not played.
  if (name.toLowerCase() !== NAME.toLowerCase())
    throw new AwsError("InvalidRequestException", `Data catalog ${name} was not found`);
  return [{ action: `athena:${action}`, resource: catalog.cloud.arn("athena", `datacatalog/${NAME}`) }];
}

/** Athena asks Glue in its caller's name. */
function via(requests: readonly AccessRequest[]): AccessRequest[] {
  const context = { "aws:CalledVia": ["athena.amazonaws.com"], "aws:ViaAWSService": "true" };
  return requests.map((request) => ({ ...request, context }));
}

/** @throws AwsError MetadataException, in which Athena wraps what Glue says. */
function found<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError("MetadataException", `Unable to fetch metadata. ${error.code}: ${error.message}`);
  }
}

function expression(text: string | undefined): RegExp {
  try {
    return new RegExp(text ?? "");
  } catch {
    throw new AwsError("InvalidRequestException", `Expression ${text} is not a valid regular expression`);
  }
}

function paged(name: string, items: readonly Json[], { MaxResults: most = 50, NextToken: token }: Page): Json {
  if (!Number.isInteger(most) || most < 1 || most > 50)
    throw new AwsError("InvalidRequestException", "MaxResults must be between 1 and 50");
  const from = Number(token ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new AwsError("InvalidRequestException", "The NextToken is not valid");
  const next = from + most;
  return { [name]: items.slice(from, next), ...(next < items.length ? { NextToken: String(next) } : {}) };
}

function databaseShape({ Name, Description, Parameters }: Database): Json {
  return {
    Name,
    ...(Description === undefined ? {} : { Description }),
    ...(Parameters === undefined ? {} : { Parameters }),
  };
}

function tableShape({ Name, CreateTime, TableType, StorageDescriptor, PartitionKeys, Parameters }: Table): Json {
  return {
    Name,
    CreateTime,
    TableType: TableType ?? "EXTERNAL_TABLE",
    Columns: StorageDescriptor?.Columns ?? [],
    PartitionKeys: PartitionKeys ?? [],
    Parameters: Parameters ?? {},
  };
}
