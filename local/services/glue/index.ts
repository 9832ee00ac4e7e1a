import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
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
import { createTable, deleteTable, getPartitions, getTable, getTables, updateTable } from "./operations/tables";
import { glueResources } from "./resources";
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
      CreateDatabase: createDatabase(catalog),
      CreateIntegration: createIntegration(integrations),
      CreateIntegrationResourceProperty: createIntegrationResourceProperty(integrations),
      CreateIntegrationTableProperties: createIntegrationTableProperties(integrations),
      CreateTable: createTable(catalog),
      DeleteDatabase: deleteDatabase(catalog),
      DeleteIntegration: deleteIntegration(integrations),
      DeleteTable: deleteTable(catalog),
      DescribeInboundIntegrations: describeInboundIntegrations(integrations),
      DescribeIntegrations: describeIntegrations(integrations),
      GetDatabase: getDatabase(catalog),
      GetDatabases: getDatabases(catalog),
      GetIntegrationResourceProperty: getIntegrationResourceProperty(integrations),
      GetPartitions: getPartitions(catalog),
      GetTable: getTable(catalog),
      GetTables: getTables(catalog),
      UpdateTable: updateTable(catalog),
    },
    resourceTypes: glueResources(catalog),
    close: () => integrations.close(),
  };
}

/** Refreshes all zero-ETL integrations of a cloud at once, as `/_local/` offers it. */
export async function refreshIntegrations(cloud: Cloud): Promise<RefreshReport[]> {
  const glue = cloud.services.get("glue") as GlueService | undefined;
  return glue ? glue.refresh() : [];
}
