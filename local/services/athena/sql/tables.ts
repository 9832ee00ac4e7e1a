import { isNode, type Node, walk } from "./ast";

/** A table that a statement reads. */
export interface TableReference {
  /** Lower case; undefined for the query's own database. */
  readonly database: string | undefined;
  /** Lower case, without the suffix. */
  readonly table: string;
  /** Of an Iceberg table: `snapshots`, `files`, `history`. */
  readonly metadata: string | undefined;
}

interface Named {
  readonly name: { readonly name: string };
  readonly schema: { readonly name: string } | null;
  readonly catalog: { readonly name: string } | null;
  readonly alias: { readonly name: string } | null;
}

/** What a node refers to, when it is a table; names of WITH queries are no tables. */
export function tableOf(node: Node, withNames: ReadonlySet<string>): TableReference | undefined {
  const payload = node["table"];
  if (!isNode(payload) || !isNode(payload["name"]) || !("schema" in payload)) return undefined;
  const named = payload as unknown as Named;
  const name = named.name.name.toLowerCase();
  if (!named.schema && withNames.has(name)) return undefined;
  const [table, metadata] = name.split("$", 2);
  return { database: named.schema?.name.toLowerCase(), table: table!, metadata };
}

/** The node with the view in the table's place, which keeps its name. */
export function withView(node: Node, view: string): Node {
  const payload = node["table"] as Named & Node;
  const name = payload.name.name.toLowerCase();
  return {
    table: {
      ...payload,
      name: { ...payload.name, name: view, quoted: true },
      schema: null,
      catalog: null,
      alias: payload.alias ?? { ...payload.name, name, quoted: true },
      alias_explicit_as: true,
    },
  };
}

/** The names that WITH clauses define anywhere in a statement, in lower case. */
export function withNames(statement: Node): Set<string> {
  const names = new Set<string>();
  for (const { node } of walk(statement)) {
    const ctes = node["ctes"];
    if (!Array.isArray(ctes)) continue;
    for (const cte of ctes as { alias: { name: string } }[]) names.add(cte.alias.name.toLowerCase());
  }
  return names;
}
