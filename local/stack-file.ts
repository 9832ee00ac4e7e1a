import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync, type FSWatcher } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What `.local/stack.json` tells outsiders; its JSON Schema is docs/reference/stack.schema.json. */
export interface StackFile {
  readonly version: 1;
  readonly pid: number;
  readonly startedAt: string;
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly operator: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly websocket: {
    readonly url: string;
    /** Subprotocols to offer; the second is this prefix and the token. */
    readonly protocol: string;
    readonly tokenPrefix: "bearer.";
    /** Actions that frames can name: the routes that the program declares, sorted. */
    readonly actions: readonly string[];
  };
  readonly inbox: string;
  readonly console: string;
  readonly players: readonly {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly token: string;
  }[];
}

/** Milliseconds that a running stack has to answer. */
const MOST_ANSWERING_MS = 500;

/**
 * The stack that runs in a folder, by its file, its process and its answer; undefined when none does: a stack that was
 * killed leaves its file behind, and another may have its port since.
 */
export async function runningStack(folder: string): Promise<Pick<StackFile, "pid" | "endpoint"> | undefined> {
  try {
    const { pid, endpoint } = JSON.parse(readFileSync(join(folder, "stack.json"), "utf8")) as StackFile;
    if (!isAlive(pid)) return undefined;
    const { ok } = await fetch(`${endpoint}/_local/health`, { signal: AbortSignal.timeout(MOST_ANSWERING_MS) });
    return ok ? { pid, endpoint } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine has this id. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process is alive too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The file of a stack that runs. */
export interface WrittenStackFile {
  /** Writes it anew, when the program has changed what it tells. */
  rewrite(stack: StackFile): void;
  /** Another stack that has taken the folder since keeps its own. */
  remove(): void;
}

/** Writes the file for this user only, since it holds keys; again when somebody deletes its folder while the stack runs. */
export function writeStackFile(folder: string, stack: StackFile): WrittenStackFile {
  const file = join(folder, "stack.json");
  let last = stack;
  let text = "";
  const write = (content: StackFile): void => {
    last = content;
    mkdirSync(folder, { recursive: true });
    text = `${JSON.stringify(content, null, 2)}\n`;
    // Written aside and renamed: whoever waits for the file never reads half of it, nor with another's rights.
    const aside = `${file}.${content.pid}`;
    writeFileSync(aside, text, { mode: 0o600 });
    renameSync(aside, file);
  };
  write(stack);
  const watcher = watchAbove(folder, () => {
    try {
      if (existsSync(dirname(folder)) && !existsSync(folder)) write(last);
    } catch {
      // the folder around it is going, too
    }
  });
  return {
    rewrite: write,
    remove: () => {
      watcher?.close();
      try {
        if (readFileSync(file, "utf8") === text) rmSync(file, { force: true });
      } catch {
        // removed already
      }
    },
  };
}

/** Tells of a folder that comes or goes; undefined where nothing can be watched. */
function watchAbove(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(folder), { persistent: false }, (_, name) => {
      if (name === basename(folder)) changed();
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
