import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { join, resolve } from "node:path";
import { until } from "./until";

/** The repository's root. */
export const ROOT = resolve(__dirname, "../..");

/** The command line as the repository's own npm scripts call it. */
export const CLI: readonly string[] = [
  process.execPath,
  "--no-deprecation",
  "-r",
  join(ROOT, "local/register.cjs"),
  join(ROOT, "local/cli/main.ts"),
];

/** How a process ended. */
export interface Ending {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A process of its own, as a person starts it in a terminal. */
export class Command {
  /** Lines of its standard output so far. */
  readonly lines: string[] = [];
  readonly ended: Promise<Ending>;
  private errors = "";

  private constructor(private readonly child: ChildProcess) {
    const { stdout, stderr } = child;
    if (!stdout || !stderr) throw new Error("A command's output must be piped.");
    createInterface({ input: stdout }).on("line", (line) => this.lines.push(line));
    stderr.on("data", (text: Buffer) => (this.errors += text.toString("utf8")));
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, output: this.lines.join("\n"), errors: this.errors }));
    });
  }

  /** @param words program and arguments. */
  static start(words: readonly string[], folder: string): Command {
    const [program = "", ...args] = words;
    const { npm_lifecycle_event: _, ...env } = process.env;
    // A group of its own tells at the end whether it left anything behind.
    return new Command(spawn(program, args, { cwd: folder, env: { ...env, NO_COLOR: "1" }, detached: true }));
  }

  /** Runs to the end. */
  static run(words: readonly string[], folder: string, input?: string): Promise<Ending> {
    const command = Command.start(words, folder);
    command.child.stdin?.end(input);
    return command.ended;
  }

  write(text: string): void {
    this.child.stdin?.write(text);
  }

  /** The first line that fits, now or later. @throws Error with all output when the process ends before, or in time. */
  async line<T>(wanted: (line: string) => T | undefined | false, what: string, timeoutMs = 60_000): Promise<T> {
    let seen = 0;
    const look = (): T | undefined => {
      for (; seen < this.lines.length; seen++) {
        const found = wanted(this.lines[seen] ?? "");
        if (found !== undefined && found !== false) return found;
      }
      if (this.child.exitCode !== null)
        throw new Error(`The command ended with ${this.child.exitCode}: ${this.errors}`);
      return undefined;
    };
    return until(look, `${what}; errors: ${this.errors}`, timeoutMs);
  }

  /** Asks it, or the process `pid` below it, to end; resolves when it has, to how. */
  async stop(signal: NodeJS.Signals, pid = this.child.pid): Promise<Ending> {
    if (pid !== undefined) process.kill(pid, signal);
    return this.ended;
  }

  /** Whether any process that it started is still there. */
  get leftBehind(): boolean {
    if (this.child.pid === undefined) return false;
    try {
      return process.kill(-this.child.pid, 0);
    } catch {
      return false;
    }
  }

  /** Ends it and all that it started, at once. */
  kill(): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, "SIGKILL");
    } catch {
      // gone already
    }
  }
}
