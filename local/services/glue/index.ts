import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { Catalog } from "./catalog";
import { createDatabase, deleteDatabase, getDatabase, getDatabases } from "./operations/databases";
import { createTable, deleteTable, getPartitions, getTable, getTables, updateTable } from "./operations/tables";
import { glueResources } from "./resources";

/** AWS Glue: the Data Catalog. */
export interface GlueService extends Service {
  readonly catalog: Catalog;
}

export function glueService(cloud: Cloud): GlueService {
  const catalog = new Catalog(cloud);
  return {
    name: "glue",
    signingName: "glue",
    protocols: [{ kind: "json", target: "AWSGlue", version: "1.1" }],
    catalog,
    operations: {
      CreateDatabase: createDatabase(catalog),
      CreateTable: createTable(catalog),
      DeleteDatabase: deleteDatabase(catalog),
      DeleteTable: deleteTable(catalog),
      GetDatabase: getDatabase(catalog),
      GetDatabases: getDatabases(catalog),
      GetPartitions: getPartitions(catalog),
      GetTable: getTable(catalog),
      GetTables: getTables(catalog),
      UpdateTable: updateTable(catalog),
    },
    resourceTypes: glueResources(catalog),
  };
}
