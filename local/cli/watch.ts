import { watch } from "node:fs";
import { join, sep } from "node:path";
import pc from "picocolors";
import type { LocalStack } from "../stack";

/** Milliseconds to wait after a change: editors write a file in several steps. */
const QUIET_MS = 60;

/**
 * Evaluates the program again when a source file of its folder changes. Functions whose code changed get new
 * environments; connections, tables and queues stay.
 * @returns how to stop.
 */
export function watchProgram(stack: LocalStack, folder: string, print: (line: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const watcher = watch(folder, { recursive: true }, (_, file) => {
    if (file === null || !isSource(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(() => reload(stack, folder, print));
    }, QUIET_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

function isSource(file: string): boolean {
  const parts = file.split(sep);
  const ignored = ["node_modules", "tests", "bench", "dist", "docs", "local"];
  return /\.(ts|js|json|yaml)$/.test(file) && !parts.some((part) => part.startsWith(".") || ignored.includes(part));
}

async function reload(stack: LocalStack, folder: string, print: (line: string) => void): Promise<void> {
  const began = performance.now();
  forget(folder);
  try {
    const { changed } = await stack.evaluate();
    if (changed.length === 0) return;
    const names = changed.filter(({ type }) => type === "aws:lambda/function:Function").map(({ name }) => name);
    print(
      `  ${pc.green("reload")} ${names.join(", ") || `${changed.length} resources`}  ${pc.dim(`${Math.round(performance.now() - began)} ms`)}`,
    );
  } catch (error) {
    print(
      `  ${pc.red("reload")} failed, what ran before goes on: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Drops the program's own modules, so that the next evaluation reads them anew. The cloud's stay. */
function forget(folder: string): void {
  for (const file of Object.keys(require.cache)) {
    if (!file.startsWith(folder + sep)) continue;
    if (file.includes(`${sep}node_modules${sep}`) || file.startsWith(join(folder, "local") + sep)) continue;
    delete require.cache[file];
  }
}
