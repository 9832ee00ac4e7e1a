import { parseArgs, type ParseArgsConfig } from "node:util";
import { CliError } from "./errors";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** What was given: a value of each option's type, and `help`, which every command has. */
export type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>["values"] & { help?: boolean };

/**
 * Reads a command's arguments.
 * @param most arguments beside the options.
 * @throws CliError for an unknown option, a missing value, or an argument too many.
 */
export function readOptions<const O extends Options>(
  args: readonly string[],
  options: O,
  usage: string,
  most = Number.POSITIVE_INFINITY,
): { readonly values: Values<O>; readonly positionals: string[] } {
  const { values, positionals } = parse(args, options, usage);
  const extra = positionals[most];
  if (extra !== undefined && !values.help) throw new CliError(`Unknown argument "${extra}".\n\n${usage}`);
  return { values, positionals };
}

function parse<const O extends Options>(args: readonly string[], options: O, usage: string) {
  try {
    const parsed = parseArgs({
      args: joinNegatives(args, options),
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    return {
      values: parsed.values as Values<O>,
      positionals: parsed.positionals,
    };
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/** `--players -1` is a wrong number, not an option named `-1`: what checks the number tells what is allowed. */
function joinNegatives(args: readonly string[], options: Options): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1) ?? "";
    const takesText = before.startsWith("--") && options[before.slice(2)]?.type === "string";
    if (takesText && /^-\d/.test(arg)) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
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
