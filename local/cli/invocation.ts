/**
 * How a person calls a command here: by the project's own npm script where that, or its source, was called; else by the
 * package's command.
 * @example invocation("player", "ada") // npm run player -- ada
 */
export function invocation(command: string, ...args: readonly string[]): string {
  const script = process.env["npm_lifecycle_event"];
  const byScript = script !== undefined && (NAMES.has(script) || script === "cli");
  // TypeScript runs in the repository only, also without npm; the package's command is JavaScript.
  if (!byScript && !__filename.endsWith(".ts")) return ["npx games-messaging", command, ...args].join(" ");
  if (!NAMES.has(command)) return ["npm run cli --", command, ...args].join(" ");
  return ["npm run", command, ...(args.length > 0 ? ["--", ...args] : [])].join(" ");
}

/** Commands with a script of their own; the others go through `cli`. */
const NAMES = new Set(["local", "demo", "player", "send", "segment", "redrive", "players", "doctor"]);
