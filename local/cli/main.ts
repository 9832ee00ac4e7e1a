#!/usr/bin/env node
import { endOnBrokenPipe } from "./broken-pipe";
import { CliError } from "./errors";
import { checkNode } from "./node-version";

type Run = (args: readonly string[]) => Promise<number>;

interface Command {
  readonly summary: string;
  /** Module and name of what runs; loaded only when it is asked for, so that `player` does not load a cloud. */
  readonly module: string;
  readonly name: string;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  local: { summary: "run the program in this folder on this machine", module: "./local", name: "localCommand" },
  demo: { summary: "play the first minute on a running local stack", module: "./demo", name: "demoCommand" },
  player: {
    summary: "connect as a player, print what arrives, send frames",
    module: "./player",
    name: "playerCommand",
  },
  send: { summary: "enqueue a message and follow it to its end", module: "./send", name: "sendCommand" },
  follow: { summary: "follow a message's history to its end", module: "./follow", name: "followCommand" },
  segment: { summary: "run a segment and follow it", module: "./segment", name: "segmentCommand" },
  redrive: { summary: "show what was given up, and bring it back", module: "./redrive", name: "redriveCommand" },
  players: { summary: "find, show, export, erase or check a player", module: "./players", name: "playersCommand" },
  rights: { summary: "print the IAM policy that an operator needs", module: "./rights", name: "rightsCommand" },
  doctor: { summary: "check what only a person can do, and the traps", module: "./doctor", name: "doctorCommand" },
};

/** Pulumi handles rejections of inputs late; each of them is reported as the program's failure. */
const SILENT: ReadonlySet<string> = new Set(["DeprecationWarning", "PromiseRejectionHandledWarning"]);

/** Warnings of libraries to their users' authors; a person who starts a game's messaging can do nothing about them. */
function quietWarnings(): void {
  const emit = process.emitWarning.bind(process) as (warning: string | Error, ...rest: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    const type =
      typeof rest[0] === "string"
        ? rest[0]
        : ((rest[0] as { type?: string } | undefined)?.type ?? (warning as Error).name);
    const text = typeof warning === "string" ? warning : warning.message;
    // The AWS SDK gives its notice about old Node.js versions no type, but begins its text with the name.
    const isNotice = type === "NodeVersionSupportWarning" || text.startsWith("NodeVersionSupportWarning");
    if (!isNotice && !SILENT.has(type)) emit(warning, ...rest);
  };
}

async function main(args: readonly string[]): Promise<number> {
  checkNode(process.versions.node);
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(usage());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new CliError(`Unknown command "${name}"; expected one of ${Object.keys(COMMANDS).join(", ")}.`);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- CommonJS has no other way to load on demand
  const loaded = require(command.module) as Record<string, Run>;
  return loaded[command.name]!(rest);
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return `Usage: games-messaging <command> [options]\n\n${lines.join("\n")}\n\nEach command explains itself with --help.`;
}

/** One sentence for what a person can mend, the whole stack for what only we can. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CliError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  // Of AWS the commands have their own words; what is left is this machine.
  if (error.message === "fetch failed" || code === "ECONNREFUSED" || code === "ECONNRESET")
    return "The local stack that .local/stack.json names does not answer: it has ended, or was killed. Start it again.";
  return error.stack ?? error.message;
}

quietWarnings();
endOnBrokenPipe([process.stdout, process.stderr], () => process.exit());
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(textOf(error));
    process.exitCode = 1;
  },
);
