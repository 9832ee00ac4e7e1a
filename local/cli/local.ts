import "../lighten";
import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { ProgramError } from "../program";
import { SettingsError } from "../settings";
import { LocalStack } from "../stack";
import { VirtualClock } from "../clock";
import { writeStackFile, type StackFile } from "../stack-file";
import { operatorCredentials } from "../services/iam";
import type { LambdaService } from "../services/lambda";
import { banner } from "./banner";
import { CliError } from "./errors";
import { eventLines } from "./event-lines";
import { stackExplainer } from "./explain-stack";
import { invocation } from "./invocation";
import { readInteger, readOptions } from "./options";
import { samplePlayers, seedPlayers } from "./sample-players";
import { reloadLine, watchProgram } from "./watch";

const USAGE = `Usage: ${invocation("local", "[options]")}

Runs the Pulumi program of this folder on this machine: no AWS account, no Docker.

  --port N          port of the AWS APIs and the console; 0 takes a free one (default 4566)
  --players N       how many sample players to make, 0 to 100000 (default 2)
  --seed N          the same ids and chances in every run
  --stack NAME      whose settings to take: Pulumi.<NAME>.yaml (default local)
  --virtual-clock   time stands still until it is moved through /_local/clock
  --quiet           no line per event
  --json            one JSON object per line: first the stack, then every event
  --no-watch        do not reload changed handlers
  --help            this text

Ctrl-C ends everything.`;

/** `local`: starts the stack, prints the banner, then a line per event, until it is told to stop. */
export async function localCommand(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const { values, positionals } = readOptions(
    args,
    {
      port: { type: "string" },
      players: { type: "string" },
      seed: { type: "string" },
      stack: { type: "string" },
      "virtual-clock": { type: "boolean" },
      quiet: { type: "boolean" },
      json: { type: "boolean" },
      "no-watch": { type: "boolean" },
    },
    USAGE,
  );
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (positionals.length > 0) throw new CliError(`Unknown argument "${positionals[0] ?? ""}".\n\n${USAGE}`);
  const folder = process.cwd();
  if (!existsSync(join(folder, "Pulumi.yaml")))
    throw new CliError(`There is no Pulumi.yaml in ${folder}; run the command in a program's folder.`);
  const port = readInteger("port", values.port, 0, 65_535) ?? 4566;
  const count = readInteger("players", values.players, 0, 100_000) ?? 2;
  const seed = readInteger("seed", values.seed, 0, 2 ** 32 - 1);
  loadTypeScript();
  const stack = await start({ folder, port, seed, stack: values.stack, virtual: values["virtual-clock"] === true });
  const lambda = stack.cloud.services.get("lambda") as LambdaService;
  lambda.engine.explain = stackExplainer();
  const players = samplePlayers(count);
  await seedPlayers(stack, players);
  const file = await describe(stack, players.slice(0, 10));
  const removeFile = writeStackFile(join(folder, ".local"), file);
  process.once("exit", removeFile);
  const asJson = values.json === true;
  // Before anybody is told that it runs.
  const stopped = stopSignal();
  if (asJson) console.log(JSON.stringify(file));
  else console.log(banner(file, stack.evaluation, (performance.now() - started) / 1000, !values["no-watch"]));
  const stopLines = values.quiet
    ? () => undefined
    : eventLines(stack.cloud, asJson, (line) => {
        console.log(line);
      });
  const stopWatching = values["no-watch"]
    ? () => undefined
    : watchProgram(stack, folder, (reload) => {
        console.log(asJson ? JSON.stringify({ kind: "reload", ...reload }) : reloadLine(reload));
      });
  await stopped;
  // Whatever a library still holds open, nobody waits for it.
  setTimeout(() => process.exit(), MOST_CLOSING_MS).unref();
  stopWatching();
  stopLines();
  removeFile();
  await stack.close();
  return 0;
}

/** Milliseconds in which everything has to end. */
const MOST_CLOSING_MS = 1_500;

/** The package's own command runs JavaScript; the program that it is to load is TypeScript. */
function loadTypeScript(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports, @typescript-eslint/no-deprecated -- the one way to load modules of another language
  if (require.extensions[".ts"] === undefined) require("../register.cjs");
}

interface StartArgs {
  readonly folder: string;
  readonly port: number;
  readonly seed: number | undefined;
  readonly stack: string | undefined;
  readonly virtual: boolean;
}

async function start({ folder, port, seed, stack, virtual }: StartArgs): Promise<LocalStack> {
  try {
    return await LocalStack.start({
      folder,
      port,
      ...(seed === undefined ? {} : { seed }),
      ...(stack === undefined ? {} : { stack }),
      ...(virtual ? { clock: new VirtualClock(Date.now()) } : {}),
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      const other = invocation("local", "--port", "0");
      throw new CliError(`Port ${port} is in use. Stop what runs there, or take a free one: ${other}`);
    }
    if (code === "EACCES" && port > 0 && port < 1024)
      throw new CliError(`Port ${port} is not open to this user; expected one from 1024 to 65535.`);
    if (error instanceof SettingsError) throw new CliError(error.message.replace(folder + sep, ""));
    if (error instanceof ProgramError)
      throw new CliError(`The program could not be started:\n  ${error.message.replaceAll("\n", "\n  ")}`);
    throw error;
  }
}

async function describe(stack: LocalStack, players: ReturnType<typeof samplePlayers>): Promise<StackFile> {
  const { cloud, issuer, evaluation } = stack;
  const protocol = evaluation.outputs["protocol"];
  return {
    version: 1,
    pid: process.pid,
    startedAt: new Date(cloud.clock.now()).toISOString(),
    endpoint: cloud.endpoint,
    region: cloud.region,
    accountId: cloud.accountId,
    operator: operatorCredentials(cloud),
    outputs: evaluation.outputs,
    websocket: {
      url: typeof evaluation.outputs["url"] === "string" ? evaluation.outputs["url"] : "",
      protocol: typeof protocol === "string" ? protocol : "games-messaging.v1",
      tokenPrefix: "bearer.",
    },
    inbox: `${cloud.endpoint}/inbox`,
    console: `${cloud.endpoint}/`,
    players: await Promise.all(
      players.map(async ({ id, name, email }) => ({ id, name, email, token: await issuer.token(cloud.endpoint, id) })),
    ),
  };
}

/** Resolves on Ctrl-C or a request to end; a second one ends at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}
