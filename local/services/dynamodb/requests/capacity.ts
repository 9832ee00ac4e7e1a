import type { CallContext } from "../../../service";
import type { IndexDefinition } from "../engine/index-store";
import type { Table, WriteUnits } from "../engine/table";

type Mode = string | undefined;

interface Used {
  readonly table: Table;
  own: number;
  readonly indexes: Map<IndexDefinition, number>;
}

/** Units that a call consumed: metered for the cost of it, and answered when asked for. */
export class Capacity {
  private readonly used = new Map<Table, Used>();

  constructor(
    private readonly kind: "read" | "write",
    private readonly context: CallContext,
    /** Transactions cost double. */
    private readonly factor: 1 | 2 = 1,
  ) {}

  write(table: Table, units: WriteUnits): void {
    this.add(table, undefined, units.table);
    for (const { index, units: own } of units.indexes) this.add(table, index, own);
  }

  /** @param bytes what was read; at least one unit is charged. */
  read(table: Table, index: IndexDefinition | undefined, bytes: number, consistent: boolean): void {
    this.add(table, index, Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5));
  }

  add(table: Table, index: IndexDefinition | undefined, units: number): void {
    const amount = units * this.factor;
    this.context.use(this.kind === "write" ? "dynamodb.wru" : "dynamodb.rru", amount);
    const used = this.used.get(table) ?? { table, own: 0, indexes: new Map<IndexDefinition, number>() };
    this.used.set(table, used);
    if (index) used.indexes.set(index, (used.indexes.get(index) ?? 0) + amount);
    else used.own += amount;
  }

  /** The ConsumedCapacity of a single-table operation. */
  one(mode: Mode): object | undefined {
    return this.all(mode)?.[0];
  }

  /** The ConsumedCapacity list of an operation over several tables. */
  all(mode: Mode): readonly object[] | undefined {
    if (mode !== "TOTAL" && mode !== "INDEXES") return undefined;
    return [...this.used.values()].map((used) => this.describe(used, mode));
  }

  private describe({ table, own, indexes }: Used, mode: "TOTAL" | "INDEXES"): object {
    const total = [...indexes.values()].reduce((sum, units) => sum + units, own);
    const figures = (units: number): object => ({
      CapacityUnits: units,
      ...(this.factor === 1 ? {} : { [this.kind === "write" ? "WriteCapacityUnits" : "ReadCapacityUnits"]: units }),
    });
    const ofKind = (kind: IndexDefinition["kind"]): Record<string, object> =>
      Object.fromEntries(
        [...indexes].flatMap(([index, units]) => (index.kind === kind ? [[index.name, figures(units)]] : [])),
      );
    const global = ofKind("global");
    const local = ofKind("local");
    return {
      TableName: table.name,
      ...figures(total),
      ...(mode === "INDEXES"
        ? {
            Table: figures(own),
            ...(Object.keys(global).length > 0 ? { GlobalSecondaryIndexes: global } : {}),
            ...(Object.keys(local).length > 0 ? { LocalSecondaryIndexes: local } : {}),
          }
        : {}),
    };
  }
}
