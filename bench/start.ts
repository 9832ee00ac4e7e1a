import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Benchmark, Row } from "./benchmark";
import { cpuSecondsOf } from "./shared/cpu";
import { atMost, median } from "./shared/rows";

/** Starts `npm run local` in fresh processes, with the caches that a start leaves and without. */
const benchmark: Benchmark = {
  name: "start",
  summary: "seconds until `npm run local` is ready, with a warm cache of bundles and without",
  async run({ smoke }) {
    const rows: Row[] = [];
    const folder = workspace();
    try {
      const detail = (starts: readonly Start[]): string =>
        `median of ${starts.length} on ${cpus().length} cores; CPU ${median(starts.map((s) => s.cpu)).toFixed(1)} s`;
      if (!smoke) {
        const cold: Start[] = [];
        for (let i = 0; i < 3; i++) {
          rmSync(join(folder, ".cache"), { recursive: true, force: true });
          cold.push(await start(folder));
        }
        rows.push(atMost("ready without a cache", median(cold.map((s) => s.seconds)), 12, detail(cold), " s"));
      }
      const warm: Start[] = [];
      // The first one of a smoke run fills the cache, as a person's first start does.
      for (let i = 0; i < (smoke ? 1 : 5); i++) warm.push(await start(folder));
      const bar = smoke ? 12 : 5;
      rows.push(
        atMost(
          `ready${smoke ? "" : " with a warm cache"}`,
          median(warm.map((s) => s.seconds)),
          bar,
          detail(warm),
          " s",
        ),
      );
      return rows;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Start {
  /** Seconds from the process's start until its banner. */
  readonly seconds: number;
  /** CPU seconds of the process and of those that it started. */
  readonly cpu: number;
}

const ROOT = resolve(__dirname, "..");

/** The repository by links, with caches of its own: those of the person at this machine stay as they are. */
function workspace(): string {
  const folder = mkdtempSync(join(tmpdir(), "games-messaging-start-"));
  for (const name of readdirSync(ROOT)) {
    if (![".cache", ".local", ".git"].includes(name)) symlinkSync(join(ROOT, name), join(folder, name));
  }
  return folder;
}

/** What `npm run local` runs, on a free port; ended as soon as it is ready. */
async function start(folder: string): Promise<Start> {
  const began = performance.now();
  const args = ["--no-deprecation", "-r", "./local/register.cjs", "local/cli/main.ts", "local"];
  const child = spawn(process.execPath, [...args, "--port", "0", "--json", "--no-watch"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString("utf8")));
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  await Promise.race([
    new Promise<void>((ready) => child.stdout.once("data", () => ready())),
    ended.then(() => {
      throw new Error(`npm run local ended before it was ready: ${errors}`);
    }),
  ]);
  const seconds = (performance.now() - began) / 1_000;
  const { own, children } = cpuSecondsOf(child.pid);
  child.kill("SIGTERM");
  await ended;
  return { seconds, cpu: own + children };
}

export default benchmark;
