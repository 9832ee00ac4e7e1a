import * as esbuild from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { BUNDLE_OPTIONS, type Bundle } from "./bundle";
import { packageOf } from "./modules";
import type { Printed } from "./draft";

/** What a cache entry says of a bundle. */
interface Stored {
  readonly code: string;
  /** Hashes of the inputs that no lock file speaks for: files outside `node_modules`. */
  readonly loose: Readonly<Record<string, string>>;
}

/** What is kept beside an archive to explain its stack traces. */
export interface StoredMap {
  /** Source map of the bundle, version 3. */
  readonly map: string;
  readonly functions: Printed["functions"];
}

const LOCK_FILES = ["node_modules/.package-lock.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"];
const running = new Map<string, Promise<string>>();

/** SHA-256 of an archive's `index.js`, hexadecimal. */
export function archiveSha(code: string): string {
  return createHash("sha256").update(code).digest("hex");
}

/** Where bundles and their source maps are kept: `.cache/bundles` of the program's folder. */
export function cacheFolder(): string {
  return path.join(process.cwd(), ".cache", "bundles");
}

/**
 * A file with the text of an archive's `index.js`, named after its hash, relative to the program's folder: what the
 * engine gets in place of the text, which it would write into every checkpoint of the stack's state, twice a function.
 * Undefined where nothing can be written.
 */
export function codeFile(code: string): string | undefined {
  const file = path.join(cacheFolder(), `${archiveSha(code)}.js`);
  try {
    if (!existsSync(file)) {
      mkdirSync(cacheFolder(), { recursive: true });
      writeWhole(file, code);
    }
    return path.relative(process.cwd(), file);
  } catch {
    return undefined;
  }
}

/** The source map and functions of a bundle, by the SHA-256 of its text; undefined when none was kept. */
export function sourceMapOf(sha: string): StoredMap | undefined {
  return readJson<StoredMap>(path.join(cacheFolder(), `${sha}.map.json`));
}

/**
 * The bundle of a text: from this process, from the disk, or made by `bundle`.
 * @param files the captured modules' files.
 */
export async function cached(
  printed: Printed,
  files: ReadonlyMap<string, string>,
  bundle: () => Promise<Bundle>,
): Promise<string> {
  const key = keyOf(printed.text, files);
  const result = running.get(key) ?? fromDisk(key) ?? make(key, printed, bundle);
  if (typeof result === "string") return result;
  running.set(key, result);
  try {
    return await result;
  } finally {
    // From now on the disk answers, which also knows when a file outside of any lock file has changed.
    running.delete(key);
  }
}

function fromDisk(key: string): string | undefined {
  const stored = readJson<Stored>(path.join(cacheFolder(), `${key}.json`));
  if (!stored) return undefined;
  if (Object.entries(stored.loose).some(([file, hash]) => hashOfFile(file) !== hash)) return undefined;
  return existsSync(path.join(cacheFolder(), `${archiveSha(stored.code)}.map.json`)) ? stored.code : undefined;
}

async function make(key: string, printed: Printed, bundle: () => Promise<Bundle>): Promise<string> {
  const { code, map, inputs } = await bundle();
  const loose = inputs.filter((file) => !file.includes(`${path.sep}node_modules${path.sep}`));
  const stored: Stored = { code, loose: Object.fromEntries(loose.map((file) => [file, hashOfFile(file)])) };
  const kept: StoredMap = { map, functions: printed.functions };
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    writeWhole(path.join(cacheFolder(), `${archiveSha(code)}.map.json`), kept);
    writeWhole(path.join(cacheFolder(), `${key}.json`), stored);
  } catch {
    // A folder that cannot be written to costs time at the next start, and nothing else.
  }
  return code;
}

/** Everything that the bundle of a text depends on. */
function keyOf(text: string, files: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256").update(OWN_VERSION).update(text);
  for (const [specifier, file] of files) {
    const { root, json } = packageOf(file) ?? {};
    const inside = root ? path.relative(root, file) : file;
    hash.update(`\u0000${specifier}\u0000${json?.name}@${json?.version}\u0000${inside}`);
  }
  const folders = new Set([
    process.cwd(),
    ...[...files.values()].map((file) => file.split(`${path.sep}node_modules`)[0] ?? ""),
  ]);
  for (const folder of folders) hash.update(`\u0000${lockHash(folder)}`);
  return hash.digest("hex");
}

/** Changes whenever the packager itself does. */
const OWN_VERSION = (() => {
  const hash = createHash("sha256").update(esbuild.version).update(JSON.stringify(BUNDLE_OPTIONS));
  for (const file of readdirSync(__dirname).sort()) {
    if (/\.[jt]s$/.test(file) && !file.endsWith(".d.ts")) hash.update(readFileSync(path.join(__dirname, file)));
  }
  return hash.digest("hex");
})();

const lockHashes = new Map<string, string>();

/** Hash of the lock file that speaks for what is installed in a folder or above it. */
function lockHash(folder: string): string {
  const known = lockHashes.get(folder);
  if (known !== undefined) return known;
  const found = LOCK_FILES.map((name) => path.join(folder, name)).find((file) => existsSync(file));
  const above = path.dirname(folder);
  const result = found ? (hashOfFile(found) ?? "") : above === folder ? "" : lockHash(above);
  lockHashes.set(folder, result);
  return result;
}

function hashOfFile(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return "";
  }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}

/** Readers see a whole file or none, also when two processes write the same one. */
function writeWhole(file: string, content: object | string): void {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, typeof content === "string" ? content : JSON.stringify(content));
  renameSync(draft, file);
}
