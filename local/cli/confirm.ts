import { createInterface } from "node:readline/promises";
import { CliError } from "./errors";

/** Asks a person; only a typed "yes" is one. @throws CliError where nobody can be asked. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CliError(`${question} Nobody is there to ask: add --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(`${question} Type yes: `)).trim().toLowerCase() === "yes";
  } finally {
    terminal.close();
  }
}
