#!/usr/bin/env node
import { demoCommand } from "./demo";
import { followCommand } from "./follow";
import { localCommand } from "./local";
import { playerCommand } from "./player";
import { segmentCommand } from "./segment";
import { sendCommand } from "./send";
import { CliError } from "./errors";

interface Command {
  readonly summary: string;
  readonly run: (args: readonly string[]) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  local: { summary: "run the program in this folder on this machine", run: localCommand },
  demo: { summary: "play the first minute on a running local stack", run: demoCommand },
  player: { summary: "connect as a player, print what arrives, send frames", run: playerCommand },
  send: { summary: "enqueue a message and follow it to its end", run: sendCommand },
  follow: { summary: "follow a message's history to its end", run: followCommand },
  segment: { summary: "run a segment and follow it, or list past runs", run: segmentCommand },
};

/** The least Node.js that the dependencies run on. */
const LEAST_NODE = 20;

async function main(args: readonly string[]): Promise<number> {
  if (Number(process.versions.node.split(".")[0]) < LEAST_NODE) {
    throw new CliError(`Node.js ${process.versions.node} is too old; install Node.js ${LEAST_NODE} or newer.`);
  }
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(usage());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new CliError(`Unknown command "${name}"; expected one of ${Object.keys(COMMANDS).join(", ")}.`);
  return command.run(rest);
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return `Usage: games-messaging <command> [options]\n\n${lines.join("\n")}\n\nEach command explains itself with --help.`;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(
      error instanceof CliError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error),
    );
    process.exitCode = 1;
  },
);
