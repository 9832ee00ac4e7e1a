import { watch } from "node:fs";
import { resolve, sep } from "node:path";
import pc from "picocolors";
import type { LocalStack } from "../stack";

/** Milliseconds to wait after a change: editors write a file in several steps. */
const QUIET_MS = 60;

/** The local cloud's own modules, which go on as they are. */
const OWN = resolve(__dirname, "..") + sep;

/** How a reload went. */
export interface Reload {
  /** Functions that have new code, by name. */
  readonly functions: readonly string[];
  /** Resources that changed, functions included. */
  readonly changed: number;
  readonly milliseconds: number;
  /** Why it failed; what ran before goes on. */
  readonly error?: string;
}

/**
 * Evaluates the program again when a source file of its folder changes. Functions whose code changed get new
 * environments; connections, tables and queues stay.
 * @param report hears of each reload that changed something or failed.
 * @returns how to stop.
 */
export function watchProgram(stack: LocalStack, folder: string, report: (reload: Reload) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const watcher = watch(folder, { recursive: true }, (_, file) => {
    if (file === null || !isSource(folder, file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(() => reload(stack, folder, report));
    }, QUIET_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

/** A reload as a line for people. */
export function reloadLine({ functions, changed, milliseconds, error }: Reload): string {
  if (error !== undefined) return `  ${pc.red("reload")} failed, what ran before goes on: ${error}`;
  return `  ${pc.green("reload")} ${functions.join(", ") || `${changed} resources`}  ${pc.dim(`${milliseconds} ms`)}`;
}

function isSource(folder: string, file: string): boolean {
  const ignored = ["node_modules", "tests", "bench", "dist", "docs"];
  if (!/\.(ts|js|json|yaml|hbs|html)$/.test(file) || resolve(folder, file).startsWith(OWN)) return false;
  return !file.split(sep).some((part) => part.startsWith(".") || ignored.includes(part));
}

async function reload(stack: LocalStack, folder: string, report: (reload: Reload) => void): Promise<void> {
  const began = performance.now();
  forget(folder);
  const took = (): number => Math.round(performance.now() - began);
  try {
    const { changed } = await stack.evaluate();
    if (changed.length === 0) return;
    const functions = changed.filter(({ type }) => type === "aws:lambda/function:Function").map(({ name }) => name);
    report({ functions, changed: changed.length, milliseconds: took() });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    report({ functions: [], changed: 0, milliseconds: took(), error: message });
  }
}

/** Drops the program's own modules, so that the next evaluation reads them anew. The cloud's stay. */
function forget(folder: string): void {
  for (const file of Object.keys(require.cache)) {
    if (!file.startsWith(folder + sep) || file.startsWith(OWN)) continue;
    if (!file.includes(`${sep}node_modules${sep}`)) delete require.cache[file];
  }
}
