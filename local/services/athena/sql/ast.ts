import { setFlagsFromString } from "node:v8";
import { Dialect, generate, init, parse, transpile } from "@polyglot-sql/sdk";

/** A node of the parser's syntax tree: plain JSON, one member that names its kind. */
export type Node = { [kind: string]: unknown };

/** A statement that cannot be parsed, with the place. */
export class SyntaxProblem extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(`line ${line}:${column}: ${message}`);
    this.name = "SyntaxProblem";
  }
}

let ready: Promise<void> | undefined;

/** The parser is a WebAssembly module that is loaded once. */
export function parserReady(): Promise<void> {
  if (!ready) {
    // The module has 22 MB: V8's optimizing compiler would work on it for several seconds after the first query, on all
    // cores, to save a millisecond per statement. The code of its baseline compiler is fast enough.
    setFlagsFromString("--liftoff-only");
    ready = init();
  }
  return ready;
}

/** @throws SyntaxProblem in the words of the parser. */
export function parseStatements(sql: string): Node[] {
  const result = parse(sql, Dialect.Trino);
  if (!result.success) {
    const message = result.error.replace(/^Parse error at line \d+, column \d+: /, "");
    throw new SyntaxProblem(message, result.errorLine ?? 1, result.errorColumn ?? 1);
  }
  return result.ast;
}

/** The statement in DuckDB's dialect. */
export function toDuckDb(statement: Node): string {
  const trino = generateTrino(statement);
  const result = transpile(trino, Dialect.Trino, Dialect.DuckDB);
  if (!result.success || !result.sql) throw new SyntaxProblem(result.error ?? "the statement is not supported", 1, 1);
  return result.sql.join(";");
}

function generateTrino(statement: Node): string {
  const result = generate([statement], Dialect.Trino);
  if (!result.success || !result.sql) throw new SyntaxProblem(result.error ?? "the statement is not supported", 1, 1);
  return result.sql.join(";");
}

const templates = new Map<string, Node>();

/** An expression from Trino text in which `"$name"` stands for the node `parts.name`. */
export function expression(text: string, parts: Readonly<Record<string, Node>> = {}): Node {
  let template = templates.get(text);
  if (!template) {
    const select = parseStatements(`SELECT ${text}`)[0]!["select"] as { expressions: Node[] };
    template = select.expressions[0]!;
    templates.set(text, template);
  }
  return fill(template, parts) as Node;
}

function fill(value: unknown, parts: Readonly<Record<string, Node>>): unknown {
  if (Array.isArray(value)) return value.map((item) => fill(item, parts));
  if (!isNode(value)) return value;
  const name = columnName(value);
  if (name?.startsWith("$") && parts[name.slice(1)]) return parts[name.slice(1)];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, parts)]));
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The name of an unqualified column reference. */
export function columnName(node: Node): string | undefined {
  const column = node["column"];
  if (!isNode(column) || column["table"]) return undefined;
  return (column["name"] as { name: string }).name;
}

/** Name (lower case) and arguments of a function call that the parser does not know better. */
export function callOf(node: Node): { readonly name: string; readonly args: readonly Node[] } | undefined {
  const call = (node["function"] ?? node["aggregate_function"]) as { name: string; args?: Node[] } | undefined;
  return isNode(call) ? { name: call.name.toLowerCase(), args: call["args"] ?? [] } : undefined;
}

/** The text of a string literal. */
export function stringOf(node: Node | undefined): string | undefined {
  const literal = node?.["literal"] as { literal_type: string; value: string } | undefined;
  return literal?.literal_type === "string" ? literal.value : undefined;
}

/** Rebuilds a tree with `map` applied to each child. */
export function mapChildren(node: Node, map: (child: Node) => Node): Node {
  return mapValue(node, map, true) as Node;
}

function mapValue(value: unknown, map: (child: Node) => Node, top = false): unknown {
  if (Array.isArray(value)) return value.map((item) => mapValue(item, map));
  if (!isNode(value)) return value;
  if (!top) return map(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapValue(item, map)]));
}

/** Every object of a tree, parents first, with the keys that lead to it. */
export function* walk(
  value: unknown,
  path: readonly string[] = [],
): Generator<{ node: Node; path: readonly string[] }> {
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item, path);
  } else if (isNode(value)) {
    yield { node: value, path };
    for (const [key, item] of Object.entries(value)) yield* walk(item, [...path, key]);
  }
}
