import { parseArgs, type ParseArgsConfig } from "node:util";
import { CliError } from "./errors";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Reads a command's arguments. @throws CliError for an unknown option or a missing value. */
export function readOptions<const O extends Options>(args: readonly string[], options: O, usage: string) {
  try {
    const parsed = parseArgs({
      args: [...args],
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    return {
      values: parsed.values as ReturnType<typeof parseArgs<{ options: O }>>["values"] & { help?: boolean },
      positionals: parsed.positionals,
    };
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/** A whole number given as an option. @throws CliError when it is none, or out of bounds. */
export function readInteger(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least || value > most) {
    throw new CliError(`--${name}: got "${text}"; expected a whole number from ${least} to ${most}.`);
  }
  return value;
}
