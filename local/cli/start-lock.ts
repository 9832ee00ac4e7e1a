import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { isAlive } from "../stack-file";
import { CliError } from "./errors";

/** The file that says so, by the id of the process. */
const NAME = "starting";

/** Milliseconds after which nothing is still starting, whatever process has the id by then. */
const MOST_STARTING_MS = 10 * 60_000;

/** Milliseconds for which the file may be empty. */
const MOST_WRITING_MS = 2_000;

/**
 * Takes a folder for a start, so that of two starts at once one is refused before it touches anything. The file goes
 * when the start has ended, well or not; one that was killed leaves it, and is told by its process.
 * @param folder where the local cloud keeps its data.
 * @returns how to let it go; also done when the process ends.
 * @throws CliError while another start has it.
 */
export function lockStart(folder: string): () => void {
  const file = join(folder, NAME);
  mkdirSync(folder, { recursive: true });
  while (!create(file)) {
    const holder = holderOf(file);
    if (holder !== undefined)
      throw new CliError(`A local stack is being started in this folder already (process ${holder}). Wait for it.`);
    setAside(file);
  }
  const release = (): void => {
    process.removeListener("exit", release);
    rmSync(file, { force: true });
  };
  process.once("exit", release);
  return release;
}

/** Whether a stack is being started in the folder that a local cloud keeps its data in. */
export function isStarting(folder: string): boolean {
  return holderOf(join(folder, NAME)) !== undefined;
}

/** @returns false when the file is there already. */
function create(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The process that is starting; undefined when the file was left behind by one that is no more. */
function holderOf(file: string): string | undefined {
  try {
    const age = Date.now() - statSync(file).mtimeMs;
    const holder = readFileSync(file, "utf8");
    if (age > MOST_STARTING_MS || age > uptime() * 1_000) return undefined;
    // Its holder is just writing it, or was killed at that very moment.
    if (holder === "") return age < MOST_WRITING_MS ? "not known" : undefined;
    return isAlive(Number(holder)) ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** Removes what was left behind; of several who find it, one may meet what another has made since, and puts it back. */
function setAside(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (holderOf(aside) === undefined) rmSync(aside, { force: true });
    else renameSync(aside, file);
  } catch {
    // another one did, or its holder has let it go
  }
}
