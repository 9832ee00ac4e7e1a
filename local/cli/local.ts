import { existsSync } from "node:fs";
import { join } from "node:path";
import { ProgramError } from "../program";
import { LocalStack } from "../stack";
import { VirtualClock } from "../clock";
import { writeStackFile, type StackFile } from "../stack-file";
import { operatorCredentials } from "../services/iam";
import { banner } from "./banner";
import { CliError } from "./errors";
import { eventLines } from "./event-lines";
import { readInteger, readOptions } from "./options";
import { samplePlayers, seedPlayers } from "./sample-players";
import { watchProgram } from "./watch";

const USAGE = `Usage: npm run local -- [options]

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

/** \`local\`: starts the stack, prints the banner, then a line per event, until it is told to stop. */
export async function localCommand(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const { values } = readOptions(
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
  const folder = process.cwd();
  if (!existsSync(join(folder, "Pulumi.yaml")))
    throw new CliError(`There is no Pulumi.yaml in ${folder}; run the command in a program's folder.`);
  const port = readInteger("port", values.port, 0, 65_535) ?? 4566;
  const count = readInteger("players", values.players, 0, 100_000) ?? 2;
  const seed = readInteger("seed", values.seed, 0, 2 ** 32 - 1);
  const stack = await start({ folder, port, seed, stack: values.stack, virtual: values["virtual-clock"] === true });
  const players = samplePlayers(count);
  await seedPlayers(stack, players);
  const file = await describe(stack, players.slice(0, 10));
  const removeFile = writeStackFile(join(folder, ".local"), file);
  if (values.json) console.log(JSON.stringify(file));
  else console.log(banner(file, stack.evaluation, (performance.now() - started) / 1000));
  const stopLines =
    values.quiet && !values.json
      ? () => undefined
      : eventLines(stack.cloud, values.json === true, (line) => console.log(line));
  const stopWatching = values["no-watch"] ? () => undefined : watchProgram(stack, folder, (line) => console.log(line));
  await stopSignal();
  stopWatching();
  stopLines();
  removeFile();
  await stack.close();
  return 0;
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
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
      throw new CliError(`Port ${port} is in use. Stop what runs there, or choose another: npm run local -- --port 0`);
    }
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
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}
