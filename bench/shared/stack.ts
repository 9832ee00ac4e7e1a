import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualClock } from "../../local/clock";
import { TestStack } from "../../tests/helpers/local-stack";

let started: Promise<TestStack> | undefined;

/**
 * The main program on a virtual clock, started with the first benchmark that asks for it and left to the end of the
 * process: benchmarks that count do not disturb each other as long as each has players of its own.
 */
export function countingStack(): Promise<TestStack> {
  started ??= TestStack.start({ clock: new VirtualClock(), data: scratchFolder() });
  return started;
}

/** A folder that goes with the process. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "games-messaging-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
