import { readdirSync, realpathSync, watch, type FSWatcher } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { types } from "node:util";
import pc from "picocolors";
import { keepBuilders } from "../../components/shared/packaging";
import type { DeclaredResource } from "../program";
import type { LocalStack } from "../stack";

/** Milliseconds to wait after a change: editors write a file in several steps. */
const QUIET_MS = 60;

/** The local cloud's own modules, which go on as they are. */
const OWN = resolve(__dirname, "..") + sep;

/** How a reload went. */
export interface Reload {
  /** Functions that have new code, by name. */
  readonly functions: readonly string[];
  /** Functions that were not there before, by name. */
  readonly added: readonly string[];
  /** Resources that changed or came, functions included. */
  readonly changed: number;
  /** From the change to the new code being live, without the quiet time after it. */
  readonly milliseconds: number;
  /** Time that the processor spent on it in this process; less than `milliseconds` on a busy machine. */
  readonly cpuMilliseconds: number;
  /** Modules that were read anew: the changed ones and those that import them. */
  readonly modules: number;
  /** Why it failed; what ran before goes on. */
  readonly error?: string;
}

/**
 * Evaluates the program again when a source file of its folder changes. Functions whose code changed get new
 * environments; connections, tables and queues stay.
 * @param report hears of each reload that changed something, failed, or is the first to succeed after a failure.
 * @returns how to stop.
 */
export function watchProgram(stack: LocalStack, folder: string, report: (reload: Reload) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const changed = new Set<string>();
  let hasFailed = false;
  const tell = (result: Reload): void => {
    // A change back to what still runs is told only to whom a failure was told.
    if (result.error === undefined && result.changed === 0 && !hasFailed) return;
    hasFailed = result.error !== undefined;
    report(result);
  };
  const letBuildersGo = keepBuilders();
  const stop = watchSources(folder, (file) => {
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(async () => {
        const files = [...changed];
        changed.clear();
        if (files.length > 0) await reload(stack, folder, files, tell);
      });
    }, QUIET_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
    letBuildersGo();
  };
}

/**
 * Watches the folder itself and those below it that hold sources: the hundred thousand files of installed packages and
 * of caches are not even looked at.
 */
function watchSources(folder: string, changed: (file: string) => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  const watchBelow = (name: string): void => {
    if (watchers.has(name) || isIgnored(name)) return;
    try {
      const watcher = watch(join(folder, name), { recursive: true }, (_, file) => {
        if (file !== null && isSource(folder, join(name, file))) changed(join(folder, name, file));
      });
      watcher.on("error", () => {
        watcher.close();
        watchers.delete(name);
      });
      watchers.set(name, watcher);
    } catch {
      // no folder, or gone already
    }
  };
  const folders = (): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory() || entry.isSymbolicLink()) watchBelow(entry.name);
  };
  const root = watch(folder, (_, file) => {
    if (file === null) return;
    if (/\.\w+$/.test(file)) {
      if (isSource(folder, file)) changed(join(folder, file));
    } else folders();
  });
  folders();
  return () => {
    for (const watcher of [root, ...watchers.values()]) watcher.close();
  };
}

/** A reload as a line for people. */
export function reloadLine({
  functions,
  added,
  changed,
  milliseconds,
  cpuMilliseconds,
  modules,
  error,
}: Reload): string {
  if (error !== undefined) return `  ${pc.red("reload")} failed, what ran before goes on: ${error}`;
  const cost = `live after ${milliseconds} ms, ${cpuMilliseconds} ms of processor time, ${modules} modules read anew`;
  const others = changed === 0 ? "as before" : `${changed} ${changed === 1 ? "resource" : "resources"}`;
  const named = [...functions, ...added.map((name) => `${name} (new)`)];
  return `  ${pc.green("reload")} ${named.join(", ") || others}  ${pc.dim(cost)}`;
}

const IGNORED = ["node_modules", "tests", "bench", "dist", "docs"];

function isIgnored(part: string): boolean {
  return part.startsWith(".") || IGNORED.includes(part);
}

function isSource(folder: string, file: string): boolean {
  if (!/\.(ts|js|json|yaml|hbs|html)$/.test(file) || resolve(folder, file).startsWith(OWN)) return false;
  return !file.split(sep).some(isIgnored);
}

async function reload(
  stack: LocalStack,
  folder: string,
  files: readonly string[],
  report: (reload: Reload) => void,
): Promise<void> {
  const began = performance.now();
  const used = process.cpuUsage();
  const fixed = files.find((file) => types.isModuleNamespaceObject(require.cache[realPath(file)]?.exports));
  const modules = fixed === undefined ? forget(folder, files) : 0;
  const cost = (): Pick<Reload, "milliseconds" | "cpuMilliseconds" | "modules"> => {
    const { user, system } = process.cpuUsage(used);
    const milliseconds = Math.round(performance.now() - began);
    return { milliseconds, cpuMilliseconds: Math.round((user + system) / 1000), modules };
  };
  try {
    if (fixed !== undefined)
      throw new Error(
        `${relative(folder, fixed)} is an ES module, which Node.js reads once only. Restart to run it anew.`,
      );
    const { changed, added } = await stack.evaluate();
    report({
      functions: functionsIn(changed),
      added: functionsIn(added),
      changed: changed.length + added.length,
      ...cost(),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    report({ functions: [], added: [], changed: 0, ...cost(), error: message });
  }
}

function functionsIn(resources: readonly DeclaredResource[]): string[] {
  return resources.filter(({ type }) => type === "aws:lambda/function:Function").map(({ name }) => name);
}

/**
 * Drops the changed modules and those that import them, directly or not, so that the next evaluation reads them anew;
 * all of the program's own when something changed that is no module (a template, settings). The cloud's stay.
 * @returns how many were dropped.
 */
function forget(folder: string, files: readonly string[]): number {
  const own = Object.entries(require.cache).filter(
    ([file]) => file.startsWith(folder + sep) && !file.startsWith(OWN) && !file.includes(`${sep}node_modules${sep}`),
  );
  const importers = new Map<string, Set<string>>();
  for (const [file, module] of own)
    for (const { filename } of module?.children ?? [])
      importers.set(filename, (importers.get(filename) ?? new Set()).add(file));
  const real = files.map(realPath);
  const dropped = new Set<string>(
    real.every((file) => require.cache[file] !== undefined) ? real : own.map(([file]) => file),
  );
  for (const file of dropped) for (const importer of importers.get(file) ?? []) dropped.add(importer);
  for (const file of dropped) delete require.cache[file];
  return dropped.size;
}

/** Node.js knows modules by where they really are. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
