import {
  callOf,
  expression,
  mapChildren,
  type Node,
  parseStatements,
  parserReady,
  SyntaxProblem,
  toDuckDb,
  walk,
} from "./ast";
import { rewriteFunction } from "./functions";
import { type TableReference, tableOf, withNames, withView } from "./tables";
import { readUtility, type Utility } from "./utility";
import { localArgument, zonedForms } from "./zones";

/** A statement as it was parsed. */
export interface Statement {
  readonly node: Node;
  /** Member of Athena's StatementType. */
  readonly type: "DML" | "DDL" | "UTILITY";
  /** First word in upper case, e.g. `SELECT`; of a statement about the catalog, what it is: `SHOW_TABLES`. */
  readonly verb: string;
  /** A statement about the catalog, which is not translated. */
  readonly utility?: Utility;
}

export interface Translation {
  readonly sql: string;
  /** The tables read, each with the name of the view that the text expects for it. */
  readonly tables: readonly (TableReference & { readonly view: string })[];
}

const queryKinds = ["select", "union", "intersect", "except", "values", "subquery", "with"];

/** @throws SyntaxProblem */
export async function parseStatement(sql: string): Promise<Statement> {
  const utility = readUtility(sql);
  if (utility) return { node: {}, type: "UTILITY", verb: utility.kind, utility };
  await parserReady();
  const statements = parseStatements(sql);
  if (statements.length !== 1) throw new SyntaxProblem("Only one sql statement is allowed", 1, 1);
  const node = statements[0]!;
  const verb = /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*\(*\s*([a-zA-Z]+)/.exec(sql)?.[1]?.toUpperCase() ?? "";
  const kind = Object.keys(node)[0] ?? "";
  return {
    node,
    verb,
    type: queryKinds.includes(kind) ? "DML" : ["SHOW", "DESCRIBE", "EXPLAIN"].includes(verb) ? "UTILITY" : "DDL",
  };
}

export function isQuery(statement: Statement): boolean {
  return statement.type === "DML";
}

/**
 * From Trino's dialect to DuckDB's.
 *
 * @param now milliseconds since the epoch, for `current_timestamp` and its like: the time at which the query starts.
 * @param parameters SQL text for each `?`.
 * @throws SyntaxProblem
 */
export function translate(statement: Statement, now: number, parameters: readonly string[]): Translation {
  const bound = bind(statement.node, parameters);
  const names = withNames(bound);
  const tables = new Map<string, TableReference & { view: string }>();
  const qualified = new Set<string>();
  for (const { node } of walk(bound)) {
    const reference = tableOf(node, names);
    if (reference) {
      const key = `${reference.database ?? ""}.${reference.table}$${reference.metadata ?? ""}`;
      if (!tables.has(key)) tables.set(key, { ...reference, view: `athena table ${tables.size}` });
      if (reference.database !== undefined) qualified.add(`${reference.database}.${reference.table}`);
    }
  }
  const rewrite = (node: Node): Node => {
    const reference = tableOf(node, names);
    if (reference) {
      const key = `${reference.database ?? ""}.${reference.table}$${reference.metadata ?? ""}`;
      return withView(node, tables.get(key)!.view);
    }
    const time = timeOf(node, now);
    if (time) return time;
    const local = localArgument(node, rewrite);
    if (local) return rewriteFunction(local) ?? local;
    const zoned = zonedForms(node, rewrite);
    if (zoned) return zoned.instant;
    const column = unqualified(node, qualified);
    if (column) return column;
    const inner = mapChildren(nameColumns(node), rewrite);
    return rewriteFunction(inner) ?? inner;
  };
  return { sql: toDuckDb(rewrite(bound)), tables: [...tables.values()] };
}

/** Puts the parameters' text in the place of each `?`, which Athena allows in WHERE only. */
function bind(statement: Node, parameters: readonly string[]): Node {
  let places = 0;
  for (const { node, path } of walk(statement)) {
    if (!("placeholder" in node)) continue;
    if (!path.includes("where_clause"))
      throw new SyntaxProblem("Parameters are allowed in the WHERE clause only", 1, 1);
    places++;
  }
  if (places !== parameters.length) {
    throw new SyntaxProblem(`Incorrect number of parameters: expected ${places} but found ${parameters.length}`, 1, 1);
  }
  let next = 0;
  const replace = (node: Node): Node =>
    "placeholder" in node ? parameter(parameters[next++]!) : mapChildren(node, replace);
  return replace(statement);
}

/** One value as SQL text: a text that is more than one expression is refused, so that none can break out of its place. */
function parameter(text: string): Node {
  const select = parseStatements(`SELECT ${text}`);
  const inner = select[0]?.["select"] as { expressions: Node[]; from: unknown; where_clause: unknown } | undefined;
  const single = select.length === 1 && inner?.expressions.length === 1 && !inner.from && !inner.where_clause;
  if (!single || "alias" in inner.expressions[0]!) throw new SyntaxProblem(`Invalid parameter value: ${text}`, 1, 1);
  return { paren: { this: inner.expressions[0]!, trailing_comments: [] } };
}

/** The functions of the current time stand still during a query, and follow the cloud's clock. */
function timeOf(node: Node, now: number): Node | undefined {
  const call = callOf(node);
  const name =
    call?.name ?? Object.keys(node).find((kind) => /^(current_timestamp|current_date|localtimestamp|now)$/.test(kind));
  const iso = new Date(now).toISOString();
  switch (name) {
    case "current_timestamp":
    case "now":
      return expression(`CAST('${iso}' AS TIMESTAMP WITH TIME ZONE)`);
    case "localtimestamp":
      return expression(`CAST('${iso.slice(0, -1)}' AS TIMESTAMP)`);
    case "current_date":
      return expression(`CAST('${iso.slice(0, 10)}' AS DATE)`);
    default:
      return undefined;
  }
}

/** Columns without a name are `_col0`, `_col1`, by their position, also for an outer query that uses them. */
function nameColumns(node: Node): Node {
  const expressions = node["expressions"];
  if (!Array.isArray(expressions) || !("where_clause" in node)) return node;
  const items = expressions as Node[];
  const star = items.findIndex((item) => "star" in item);
  const named = items.map((item, i) => {
    if (["alias", "column", "dot", "star"].some((kind) => kind in item)) return item;
    // Behind a star the position is known only when the columns of its table are.
    const name = star >= 0 && star < i ? `${unnamed}${i}` : `_col${i}`;
    return expression(`"$x" AS "${name}"`, { x: item });
  });
  return { ...node, expressions: named };
}

/** Begins the name of a column that is to be named by its position in the result. */
export const unnamed = "_col at ";

/** `db.table.column` as `table.column`, since the view stands under the table's name alone. */
function unqualified(node: Node, qualified: ReadonlySet<string>): Node | undefined {
  const dot = node["dot"] as { this: Node; field: Node } | undefined;
  const column = dot?.this["column"] as { name: { name: string }; table: { name: string } | null } | undefined;
  if (!dot || !column?.table) return undefined;
  if (!qualified.has(`${column.table.name}.${column.name.name}`.toLowerCase())) return undefined;
  return { column: { ...column, name: dot.field, table: column.name } };
}
