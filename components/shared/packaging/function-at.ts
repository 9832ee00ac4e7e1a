import { readFileSync, statSync } from "node:fs";
import type * as typescript from "typescript";

/** A function of a source file. */
export interface FunctionAt {
  /** As V8 writes it in a stack trace; undefined for a function that nothing names. */
  readonly name: string | undefined;
}

/** Files whose syntax is kept: errors come from the same few. */
const MOST_KEPT = 50;

const parsed = new Map<string, { readonly changed: number; readonly source: typescript.SourceFile }>();

/**
 * The innermost function around a place of a TypeScript or JavaScript file, which bundles have shortened the name of.
 * Loads the compiler, so it is for errors only.
 * @param line from 1.
 * @param column from 1.
 * @returns undefined for a place that is in no function.
 * @throws Error when the file cannot be read.
 */
export function functionAt(file: string, line: number, column: number): FunctionAt | undefined {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a quarter of a second, for those who meet an error
  const ts = require("typescript") as typeof typescript;
  const source = syntaxOf(ts, file);
  const last = source.getLineStarts().length - 1;
  const position = source.getPositionOfLineAndCharacter(Math.min(line - 1, last), 0) + column - 1;
  let innermost: typescript.Node | undefined;
  const look = (node: typescript.Node): void => {
    if (position < node.getStart(source) || position >= node.getEnd()) return;
    if (ts.isFunctionLike(node)) innermost = node;
    ts.forEachChild(node, look);
  };
  look(source);
  return innermost && { name: nameOf(ts, innermost, source) };
}

function syntaxOf(ts: typeof typescript, file: string): typescript.SourceFile {
  const changed = statSync(file).mtimeMs;
  const known = parsed.get(file);
  if (known?.changed === changed) return known.source;
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  if (parsed.size >= MOST_KEPT) parsed.clear();
  parsed.set(file, { changed, source });
  return source;
}

function nameOf(ts: typeof typescript, fn: typescript.Node, source: typescript.SourceFile): string | undefined {
  const text = (node: typescript.Node | undefined): string | undefined => node?.getText(source);
  const { parent } = fn;
  const owner = ts.isClassLike(parent) ? text(parent.name) : undefined;
  if (ts.isConstructorDeclaration(fn)) return owner === undefined ? undefined : `new ${owner}`;
  const own = text((fn as typescript.NamedDeclaration).name);
  if (own !== undefined) return owner === undefined ? own : `${owner}.${own}`;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent))
    return text(parent.name);
  return ts.isBinaryExpression(parent) ? text(parent.left) : undefined;
}
