import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import * as path from "node:path";
import { SERIALIZED_FILE } from "./bundle";
import { sourceMapOf, type StoredMap } from "./cache";
import { functionAt, type FunctionAt } from "./function-at";

/** A place in a source file; line and column from 1. */
interface Position {
  /** As it is shown. */
  readonly file: string;
  /** Where it is. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

interface TsNode {
  compile(code: string, fileName: string): string;
}

/**
 * Rewrites the frames of a stack trace that lie in a bundle to the TypeScript lines that they came from. Serialized
 * text has lost its positions: the line is found by the function's text in its module. Frames that cannot be mapped
 * stay as they are; never throws. Functions are named as in the source, since bundles have shortened their names.
 * @param stack as V8 writes it.
 * @param archiveSha SHA-256 of the bundle's text.
 */
export function mapStack(stack: string, archiveSha: string): string {
  try {
    const stored = sourceMapOf(archiveSha);
    if (!stored) return stack;
    const map = new SourceMap(JSON.parse(stored.map) as SourceMapPayload);
    return stack
      .split("\n")
      .map((line) => mapLine(line, map, stored))
      .join("\n");
  } catch {
    return stack;
  }
}

function mapLine(line: string, map: SourceMap, stored: StoredMap): string {
  const frame = /^(\s*at .*?)([^\s(]*index\.(?:c?js|mjs)):(\d+):(\d+)(\)?)$/.exec(line);
  if (!frame) return line;
  const [, before = "", , row = "1", column = "1", after = ""] = frame;
  const position = sourceOf(map, Number(row), Number(column), stored);
  if (!position) return line;
  const place = `${shown(position.file)}:${position.line}:${position.column}`;
  const fn = functionOf(position);
  if (!fn) return `${before}${place}${after}`;
  const [start = ""] = /^\s*at (?:async )?/.exec(before) ?? [];
  return fn.name === undefined ? `${start}${place}` : `${start}${fn.name} (${place})`;
}

/** The function around a place, by the name that minifying took from it; undefined when the source does not tell. */
function functionOf({ path: file, line, column }: Position): FunctionAt | undefined {
  try {
    return functionAt(file, line, column);
  } catch {
    return undefined;
  }
}

function sourceOf(map: SourceMap, row: number, column: number, stored: StoredMap): Position | undefined {
  const entry = map.findEntry(row - 1, column - 1);
  if (!("originalSource" in entry) || entry.originalSource === undefined) return undefined;
  if (!entry.originalSource.endsWith(`:${SERIALIZED_FILE}`)) {
    const inside = entry.originalSource.split("node_modules/").pop() ?? entry.originalSource;
    const place = { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
    return { file: inside, path: path.resolve(entry.originalSource), ...place };
  }
  const fn = stored.functions.findLast((candidate) => candidate.line <= entry.originalLine);
  return fn && inItsModule(fn.code, entry.originalLine - fn.line, entry.originalColumn);
}

/** @param row line within the function, from 0. */
function inItsModule(code: string, row: number, column: number): Position | undefined {
  // A declaration's name is not part of its text here; from the parameters on it is as it was written.
  const open = code.startsWith("function") || code.startsWith("async function") ? code.indexOf("(") : 0;
  const text = code.slice(open);
  for (const { file, transpiled } of modulesWith(wordsOf(text))) {
    const at = transpiled.indexOf(text);
    if (at < 0) continue;
    const first = transpiled.slice(0, at).split("\n").length - 1;
    // Where the function's own line begins in its module is not where it begins here.
    const inLine = row === 0 ? at - transpiled.lastIndexOf("\n", at) - 1 : column;
    return original(file, transpiled, first + row, inLine);
  }
  return undefined;
}

function original(file: string, transpiled: string, line: number, column: number): Position {
  const found = mapOf(file, transpiled)?.findEntry(line, column);
  if (!found || !("originalLine" in found)) return { file, path: file, line: line + 1, column: column + 1 };
  const source = /\.[cm]?ts$/.test(file) ? file : path.resolve(path.dirname(file), found.originalSource);
  return { file: source, path: source, line: found.originalLine + 1, column: found.originalColumn + 1 };
}

function mapOf(file: string, transpiled: string): SourceMap | undefined {
  const comments = [...transpiled.matchAll(/^\/\/# sourceMappingURL=(.*)$/gm)];
  const url = comments.at(-1)?.[1];
  if (!url) return undefined;
  const inline = /^data:application\/json;[^,]*base64,(.*)$/.exec(url)?.[1];
  const json = inline
    ? Buffer.from(inline, "base64").toString()
    : readFileSync(path.resolve(path.dirname(file), url), "utf8");
  return new SourceMap(JSON.parse(json) as SourceMapPayload);
}

/** Words of a function that its source must hold too: what the compiler adds is left out. */
function wordsOf(text: string): string[] {
  const words = new Set(text.match(/[A-Za-z_$][\w$]{3,}/g));
  return [...words].filter((word) => !/^(exports|void)$|_\d+$/.test(word));
}

const compiled = new Map<string, { source: string; transpiled: string }>();

/** Loaded modules whose source holds all the words, as they run; those of libraries last. */
function* modulesWith(words: readonly string[]): Generator<{ file: string; transpiled: string }> {
  const files = Object.keys(require.cache).filter((file) => /\.[cm]?[jt]s$/.test(file));
  const isLibrary = (file: string): boolean => file.includes(`${path.sep}node_modules${path.sep}`);
  for (const file of [...files.filter((f) => !isLibrary(f)), ...files.filter(isLibrary)]) {
    const source = readOrEmpty(file);
    if (words.every((word) => source.includes(word))) yield { file, transpiled: transpile(file, source) };
  }
}

function transpile(file: string, source: string): string {
  const service = (process as unknown as Record<symbol, TsNode | undefined>)[Symbol.for("ts-node.register.instance")];
  if (!service || !/\.[cm]?ts$/.test(file)) return source;
  let known = compiled.get(file);
  if (known?.source !== source) compiled.set(file, (known = { source, transpiled: service.compile(source, file) }));
  return known.transpiled;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return path.isAbsolute(file) && !relative.startsWith("..") ? relative : file;
}
