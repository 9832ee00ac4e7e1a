import type { Cloud } from "../../cloud";
import type { Operation, Service } from "../../service";
import { Catalog } from "./catalog";
import { createDatabase, deleteDatabase, getDatabase, getDatabases } from "./operations/databases";
import {
  createIntegration,
  createIntegrationResourceProperty,
  createIntegrationTableProperties,
  deleteIntegration,
  describeInboundIntegrations,
  describeIntegrations,
  getIntegrationResourceProperty,
} from "./operations/integrations";
import { getResourcePolicy } from "./operations/resource-policy";
import { createTable, deleteTable, getPartitions, getTable, getTables, updateTable } from "./operations/tables";
import { databaseInput, tableInput } from "./inputs";
import { glueResources } from "./resources";
import { type Members, shaped } from "./shape";
import { Integrations, type RefreshReport } from "./zero-etl/engine";

/** AWS Glue: the Data Catalog, and zero-ETL integrations from DynamoDB. */
export interface GlueService extends Service {
  readonly catalog: Catalog;
  readonly integrations: Integrations;
  /** Refreshes one integration, or all, now; resolves when their data is queryable. */
  refresh(integrationArn?: string): Promise<RefreshReport[]>;
}

export function glueService(cloud: Cloud): GlueService {
  const catalog = new Catalog(cloud);
  const integrations = new Integrations(cloud, catalog);
  return {
    name: "glue",
    signingName: "glue",
    protocols: [{ kind: "json", target: "AWSGlue", version: "1.1" }],
    catalog,
    integrations,
    refresh: (integrationArn) => integrations.refreshNow(integrationArn),
    operations: {
      CreateDatabase: checked({ "DatabaseInput!": databaseInput }, createDatabase(catalog)),
      CreateIntegration: createIntegration(integrations),
      CreateIntegrationResourceProperty: createIntegrationResourceProperty(integrations),
      CreateIntegrationTableProperties: checked(
        {
          "ResourceArn!": "text",
          "TableName!": "text",
          TargetTableConfig: { UnnestSpec: "text", TargetTableName: "text" },
        },
        createIntegrationTableProperties(integrations),
      ),
      CreateTable: checked({ "DatabaseName!": "text", "TableInput!": tableInput }, createTable(catalog)),
      DeleteDatabase: checked({ "Name!": "text" }, deleteDatabase(catalog)),
      DeleteIntegration: checked({ "IntegrationIdentifier!": "text" }, deleteIntegration(integrations)),
      DeleteTable: checked({ "DatabaseName!": "text", "Name!": "text" }, deleteTable(catalog)),
      DescribeInboundIntegrations: checked({ TargetArn: "text" }, describeInboundIntegrations(integrations)),
      DescribeIntegrations: checked({ IntegrationIdentifier: "text" }, describeIntegrations(integrations)),
      GetDatabase: checked({ "Name!": "text" }, getDatabase(catalog)),
      GetDatabases: getDatabases(catalog),
      GetIntegrationResourceProperty: checked({ "ResourceArn!": "text" }, getIntegrationResourceProperty(integrations)),
      GetPartitions: checked({ "DatabaseName!": "text", "TableName!": "text" }, getPartitions(catalog)),
      GetResourcePolicy: getResourcePolicy(catalog),
      GetTable: checked({ "DatabaseName!": "text", "Name!": "text" }, getTable(catalog)),
      GetTables: checked({ "DatabaseName!": "text", Expression: "text" }, getTables(catalog)),
      UpdateTable: checked({ "DatabaseName!": "text", "TableInput!": tableInput }, updateTable(catalog)),
    },
    resourceTypes: glueResources(catalog),
    close: () => integrations.close(),
  };
}

function checked<I>(members: Members, operation: Operation<I>): Operation<I> {
  return shaped("InvalidInputException", members, operation);
}

/** Refreshes all zero-ETL integrations of a cloud at once, as `/_local/` offers it. */
export async function refreshIntegrations(cloud: Cloud): Promise<RefreshReport[]> {
  const glue = cloud.services.get("glue") as GlueService | undefined;
  return glue ? glue.refresh() : [];
}
