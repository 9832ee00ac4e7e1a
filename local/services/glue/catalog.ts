import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { AccessRequest, Json } from "../../service";
import type { IcebergTable } from "./iceberg";

export interface Column {
  readonly Name: string;
  /** Hive's name of the type, e.g. `array<string>`. */
  readonly Type: string;
  readonly Comment?: string;
}

export interface StorageDescriptor {
  readonly Columns?: readonly Column[];
  readonly Location?: string;
  readonly InputFormat?: string;
  readonly OutputFormat?: string;
  readonly SerdeInfo?: {
    readonly SerializationLibrary?: string;
    readonly Parameters?: Readonly<Record<string, string>>;
  };
}

export interface Database {
  readonly Name: string;
  readonly Description?: string;
  readonly LocationUri?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly CreateTime: Date;
  readonly CatalogId: string;
}

/** A table in the API's shape. */
export interface Table {
  readonly Name: string;
  readonly DatabaseName: string;
  readonly Description?: string;
  readonly CreateTime: Date;
  readonly UpdateTime: Date;
  readonly StorageDescriptor?: StorageDescriptor;
  readonly PartitionKeys?: readonly Column[];
  readonly TableType?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly VersionId: string;
  readonly CatalogId: string;
}

export type TableInput = Partial<Omit<Table, "Name">> & { readonly Name: string };

/** The account's Data Catalog: databases and tables; names are in lower case. */
export class Catalog {
  /** The policy that the account came with; a program's own takes its place. */
  presetPolicy: Json | undefined;
  readonly databases = new Map<string, Database>();
  private readonly tables = new Map<string, Map<string, Table>>();
  private readonly iceberg = new Map<string, IcebergTable>();

  constructor(readonly cloud: Cloud) {}

  get arn(): string {
    return this.cloud.arn("glue", "catalog");
  }

  databaseArn(name: string): string {
    return this.cloud.arn("glue", `database/${name}`);
  }

  tableArn(database: string, table: string): string {
    return this.cloud.arn("glue", `table/${database}/${table}`);
  }

  /** A right of the catalog: asked on the catalog itself and on what it concerns; the catalog's policy applies to all. */
  rights(action: string, database?: string, table?: string): AccessRequest[] {
    const arns = [this.arn];
    if (database !== undefined) arns.push(this.databaseArn(database));
    if (database !== undefined && table !== undefined) arns.push(this.tableArn(database, table));
    return arns.map((resource) => ({ action: `glue:${action}`, resource, policyOf: this.arn }));
  }

  database(name: string): Database {
    const database = this.databases.get(name.toLowerCase());
    if (!database) throw new AwsError("EntityNotFoundException", `Database ${name} not found.`);
    return database;
  }

  putDatabase(input: Omit<Database, "CreateTime" | "CatalogId">): Database {
    const name = input.Name.toLowerCase();
    const before = this.databases.get(name);
    const database = {
      ...input,
      Name: name,
      CreateTime: before?.CreateTime ?? this.now(),
      CatalogId: this.cloud.accountId,
    };
    this.databases.set(name, database);
    if (!this.tables.has(name)) this.tables.set(name, new Map());
    return database;
  }

  dropDatabase(name: string): void {
    this.database(name);
    this.databases.delete(name.toLowerCase());
    this.tables.delete(name.toLowerCase());
  }

  tablesOf(database: string): readonly Table[] {
    const tables = this.tables.get(this.database(database).Name)!;
    return [...tables.values()].sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }

  findTable(database: string, name: string): Table | undefined {
    return this.tables.get(database.toLowerCase())?.get(name.toLowerCase());
  }

  table(database: string, name: string): Table {
    this.database(database);
    const table = this.findTable(database, name);
    if (!table) throw new AwsError("EntityNotFoundException", `Table ${name} not found.`);
    return table;
  }

  putTable(database: string, input: TableInput): Table {
    const owner = this.database(database).Name;
    const name = input.Name.toLowerCase();
    const before = this.findTable(owner, name);
    const columns = input.StorageDescriptor?.Columns?.map((column) => ({ ...column, Name: column.Name.toLowerCase() }));
    const table: Table = {
      ...input,
      ...(input.StorageDescriptor
        ? { StorageDescriptor: { ...input.StorageDescriptor, ...(columns ? { Columns: columns } : {}) } }
        : {}),
      Name: name,
      DatabaseName: owner,
      CreateTime: before?.CreateTime ?? this.now(),
      UpdateTime: this.now(),
      VersionId: String(before ? Number(before.VersionId) + 1 : 0),
      CatalogId: this.cloud.accountId,
    };
    this.tables.get(owner)!.set(name, table);
    return table;
  }

  dropTable(database: string, name: string): void {
    const table = this.table(database, name);
    this.tables.get(table.DatabaseName)!.delete(table.Name);
    this.iceberg.delete(`${table.DatabaseName}.${table.Name}`);
  }

  /** The snapshot log of an Iceberg table that the local cloud writes itself. */
  icebergOf(table: Table): IcebergTable | undefined {
    return this.iceberg.get(`${table.DatabaseName}.${table.Name}`);
  }

  setIceberg(table: Table, log: IcebergTable): void {
    this.iceberg.set(`${table.DatabaseName}.${table.Name}`, log);
  }

  private now(): Date {
    return new Date(this.cloud.clock.now());
  }
}
