import type { IcebergField } from "../iceberg";

/** An attribute value as DynamoDB stores it. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

export type ColumnType =
  "string" | "double" | "boolean" | "binary" | "array<string>" | "array<double>" | "array<binary>";

/** A table shape that the real service refuses; the message names the attribute. */
export class ShapeProblem extends Error {
  constructor(
    message: string,
    /** What the integration ends in: FAILED needs a new one, NEEDS_ATTENTION heals with the data. */
    readonly status: "FAILED" | "NEEDS_ATTENTION",
  ) {
    super(message);
    this.name = "ShapeProblem";
  }
}

/** 1,000 columns; more make the integration fail (Glue, zero-ETL limitations). */
const MOST_COLUMNS = 1_000;

const typeOf: Readonly<Record<string, ColumnType>> = {
  S: "string",
  N: "double",
  BOOL: "boolean",
  B: "binary",
  SS: "array<string>",
  NS: "array<double>",
  BS: "array<binary>",
  L: "array<string>",
};

/**
 * The columns that items of a table make under unnesting FULL: each leaf of a map is a column `a.b.c`, in lower case;
 * a leaf that is NULL everywhere makes none. https://docs.aws.amazon.com/glue/latest/dg/zero-etl-ddb-schema-unnesting.html
 * Columns that the table had before keep their place; where an attribute has several types, its column is a string.
 */
export class Columns {
  private readonly byPath = new Map<string, { readonly index: number; path: string }>();
  private readonly names: string[] = [];
  private readonly types: (ColumnType | undefined)[] = [];

  /**
   * @param keys the table's key attributes, which come first.
   * @param before fields of the last snapshot.
   */
  constructor(
    keys: readonly { readonly name: string; readonly type: string }[],
    private readonly before: readonly IcebergField[] = [],
  ) {
    for (const key of keys) this.types[this.place(key.name)] = typeOf[key.type];
    for (const { name } of before) if (!this.byPath.has(name)) this.place(name);
  }

  /** Takes the attributes of an item into account. */
  learn(item: Item): void {
    this.leaves(item, "", (index, value) => {
      const type = typeOf[kindOf(value)];
      const known = this.types[index];
      if (known === undefined) this.types[index] = type;
      else if (known !== type) this.types[index] = "string";
    });
  }

  /** The columns in order, with Iceberg's ids: old ones keep theirs. */
  fields(): readonly IcebergField[] {
    const old = new Map(this.before.map((field) => [field.name, field]));
    let next = Math.max(0, ...this.before.map(({ id }) => id));
    if (this.names.length > MOST_COLUMNS)
      throw new ShapeProblem(
        `The source has ${this.names.length} columns; at most ${MOST_COLUMNS} are supported`,
        "FAILED",
      );
    return this.names.map((name, i) => ({
      id: old.get(name)?.id ?? ++next,
      name,
      type: this.types[i] ?? (old.get(name)?.type as ColumnType | undefined) ?? "string",
    }));
  }

  /** Calls `put` with the place of each leaf of an item that is not NULL. */
  leaves(item: Item, prefix: string, put: (index: number, value: AttributeValue) => void): void {
    for (const name in item) {
      const value = item[name]!;
      const path = prefix === "" ? name : `${prefix}.${name}`;
      if (value["M"] !== undefined) this.leaves(value["M"] as Item, path, put);
      else if (value["NULL"] === undefined) put(this.place(path), value);
    }
  }

  private place(path: string): number {
    const known = this.byPath.get(path);
    if (known) {
      if (known.path !== path) throw clash(known.path, path);
      return known.index;
    }
    if (path.includes(":"))
      throw new ShapeProblem(`The attribute name ${path} contains a colon, which is not supported`, "FAILED");
    const name = path.toLowerCase();
    const folded = this.byPath.get(name);
    // The name of an earlier snapshot's column does not tell how its attribute was written.
    if (folded && folded.path !== name) throw clash(folded.path, path);
    const place = folded ?? { index: this.names.push(name) - 1, path };
    if (folded) folded.path = path;
    this.byPath.set(path, place);
    this.byPath.set(name, place);
    return place.index;
  }
}

export function kindOf(value: AttributeValue): string {
  for (const kind in value) return kind;
  return "NULL";
}

function clash(a: string, b: string): ShapeProblem {
  return new ShapeProblem(
    `The attributes ${a} and ${b} differ in case only and would be one column`,
    "NEEDS_ATTENTION",
  );
}
