/**
 * How a person calls a command here: by the project's own npm script where one called us, else by the package's command.
 * @example invocation("player", "ada") // npm run player -- ada
 */
export function invocation(command: string, ...args: readonly string[]): string {
  const script = process.env["npm_lifecycle_event"];
  const byScript = script !== undefined && (NAMES.has(script) || script === "cli");
  if (!byScript) return ["npx games-messaging", command, ...args].join(" ");
  return ["npm run", command, ...(args.length > 0 ? ["--", ...args] : [])].join(" ");
}

const NAMES = new Set(["local", "demo", "player", "send", "segment", "redrive", "players", "doctor"]);
