import { stripVTControlCharacters } from "node:util";
import { CliError } from "../../local/cli/errors";
import type { Ending } from "./command";

type Run = (args: readonly string[]) => Promise<number>;

/** Where and how a command runs. */
export interface Surroundings {
  /** Current folder. */
  readonly folder: string;
  /** Variables to set; undefined ones are unset. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a command in this process, which is much cheaper than one of its own, with its output caught. One at a time. */
export async function runInProcess(run: Run, args: readonly string[], around: Surroundings): Promise<Ending> {
  const output: string[] = [];
  const errors: string[] = [];
  const restore = [
    surround(around),
    replace(console, "log", (...words: unknown[]) => void output.push(`${words.join(" ")}\n`)),
    replace(console, "error", (...words: unknown[]) => void errors.push(`${words.join(" ")}\n`)),
    replace(process.stdout, "write", (text: string) => output.push(text) > 0),
    replace(process.stderr, "write", (text: string) => errors.push(text) > 0),
  ];
  const ending = (code: number): Ending => ({
    code,
    // Where it runs decides whether there are colours: with CI set, for one.
    output: stripVTControlCharacters(output.join("").trimEnd()),
    errors: stripVTControlCharacters(errors.join("").trimEnd()),
  });
  try {
    return ending(await run(args));
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    errors.push(`${error.message}\n`);
    return ending(1);
  } finally {
    for (const undo of restore.reverse()) undo();
  }
}

function surround({ folder, env = {} }: Surroundings): () => void {
  const cwd = process.cwd();
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  process.chdir(folder);
  setAll(env);
  return () => {
    process.chdir(cwd);
    setAll(before);
  };
}

function setAll(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

function replace<T extends object, K extends keyof T>(object: T, name: K, value: T[K]): () => void {
  const before = object[name];
  object[name] = value;
  return () => {
    object[name] = before;
  };
}
