import "../lighten";
import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { ProgramError, type DeclaredResource } from "../program";
import { readProject, SettingsError } from "../settings";
import { LocalStack } from "../stack";
import { VirtualClock } from "../clock";
import { runningStack, writeStackFile, type StackFile, type WrittenStackFile } from "../stack-file";
import { operatorCredentials } from "../services/iam";
import type { LambdaService } from "../services/lambda";
import { banner } from "./banner";
import { CliError } from "./errors";
import { eventLines } from "./event-lines";
import { stackExplainer } from "./explain-stack";
import { invocation } from "./invocation";
import { readInteger, readOptions } from "./options";
import { samplePlayers, seedPlayers } from "./sample-players";
import { lockStart } from "./start-lock";
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
    0,
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
  const { stack, file, written } = await begin(
    { folder, port, seed, stack: values.stack, virtual: values["virtual-clock"] === true },
    samplePlayers(count),
  );
  process.once("exit", () => {
    written.remove();
  });
  const asJson = values.json === true;
  // Before anybody is told that it runs.
  const stopped = stopSignal();
  if (asJson) console.log(JSON.stringify(file));
  else
    console.log(
      banner(
        file,
        stack.evaluation,
        (performance.now() - started) / 1000,
        !values["no-watch"],
        namesLocalIssuer(folder, values.stack),
      ),
    );
  const stopLines = values.quiet
    ? () => undefined
    : eventLines(stack.cloud, asJson, (line) => {
        console.log(line);
      });
  const stopWatching = values["no-watch"]
    ? () => undefined
    : watchProgram(stack, folder, (reload) => {
        if (reload.error === undefined) written.rewrite(withProgram(file, stack));
        console.log(asJson ? JSON.stringify({ kind: "reload", ...reload }) : reloadLine(reload));
      });
  await stopped;
  // Whatever a library still holds open, nobody waits for it.
  setTimeout(() => process.exit(), MOST_CLOSING_MS).unref();
  stopWatching();
  stopLines();
  written.remove();
  await stack.close();
  return 0;
}

/** A stack that runs, and what its file tells. */
interface Begun {
  readonly stack: LocalStack;
  readonly file: StackFile;
  readonly written: WrittenStackFile;
}

/** Starts the stack, with its sample players, and writes its file; no other start has the folder meanwhile. */
async function begin(args: StartArgs, players: ReturnType<typeof samplePlayers>): Promise<Begun> {
  const data = join(args.folder, ".local");
  const release = lockStart(data);
  try {
    await refuseSecond(data);
    loadTypeScript();
    const stack = await start(args);
    const lambda = stack.cloud.services.get("lambda") as LambdaService;
    lambda.engine.explain = stackExplainer();
    await seedPlayers(stack, players);
    const file = await describe(stack, players.slice(0, 10));
    return { stack, file, written: writeStackFile(data, file) };
  } finally {
    release();
  }
}

/** A second stack in a folder would empty the first one's buckets and take its commands over. */
async function refuseSecond(data: string): Promise<void> {
  const running = await runningStack(data);
  if (running)
    throw new CliError(
      `A local stack runs in this folder already (process ${running.pid}, ${running.endpoint}). End it with Ctrl-C first.`,
    );
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
    requireFiles(folder, stack);
    return await LocalStack.start({
      folder,
      port,
      ...(seed === undefined ? {} : { seed }),
      ...(stack === undefined ? {} : { stack }),
      // Which of the stacks on AWS sets the account up is a matter of the deployment, not of this run.
      account: stack === undefined || stack === "local" ? "new" : "set up",
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
      throw new CliError(`The program could not be started:\n  ${withFix(error.message).replaceAll("\n", "\n  ")}`);
    throw error;
  }
}

/** AWS's own words, with what mends it in a program that is made of this package. */
function withFix(message: string): string {
  const fix = "Set `manageAccountLogging: true` on the RealtimeGateway, in one stack of each account and Region.";
  return message.replace(/CloudWatch Logs role ARN must be set[^\n]*/, (words) => `${words}. ${fix}`);
}

/** @throws CliError when the settings that were asked for, or the program itself, are not there. */
function requireFiles(folder: string, stack: string | undefined): void {
  if (stack !== undefined && !existsSync(join(folder, `Pulumi.${stack}.yaml`))) {
    const known = readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    const there =
      (["there is none", `there is only ${known.join("")}`] as const)[known.length] ??
      `there are ${known.sort().join(", ")}`;
    throw new CliError(`There is no Pulumi.${stack}.yaml; ${there}.`);
  }
  const { main } = readProject(folder, stack ?? "local", {});
  try {
    require.resolve(join(folder, main));
  } catch {
    throw new CliError(`There is no ${main} in ${folder}; Pulumi.yaml's "main" may name another file.`);
  }
}

/** Whether players can connect with this machine's tokens; a program without settings for it may still take them. */
function namesLocalIssuer(folder: string, stack = "local"): boolean {
  if (stack === "local") return true;
  const { config } = readProject(folder, stack, {});
  return Object.values(config).some((value) => value.includes("/_local/issuer"));
}

/** What the file tells of the program as it was evaluated last. */
function withProgram(file: StackFile, { evaluation: { outputs, resources } }: LocalStack): StackFile {
  const text = (output: string, otherwise: string): string =>
    typeof outputs[output] === "string" ? outputs[output] : otherwise;
  return {
    ...file,
    outputs,
    websocket: {
      url: text("url", ""),
      protocol: text("protocol", "games-messaging.v1"),
      tokenPrefix: "bearer.",
      actions: actionsOf(resources),
    },
  };
}

/** What the routes of WebSocket APIs select frames by; `$connect` and its like are no actions. */
function actionsOf(resources: readonly DeclaredResource[]): string[] {
  const routes = resources.filter(({ type }) => type === "aws:apigatewayv2/route:Route");
  const keys = routes.map(({ inputs }) => inputs["routeKey"]).filter((key) => typeof key === "string");
  return [...new Set(keys.filter((key) => !key.startsWith("$")))].sort();
}

async function describe(stack: LocalStack, players: ReturnType<typeof samplePlayers>): Promise<StackFile> {
  const { cloud, issuer } = stack;
  const file: StackFile = {
    version: 1,
    pid: process.pid,
    startedAt: new Date(cloud.clock.now()).toISOString(),
    endpoint: cloud.endpoint,
    region: cloud.region,
    accountId: cloud.accountId,
    operator: operatorCredentials(cloud),
    outputs: {},
    websocket: { url: "", protocol: "", tokenPrefix: "bearer.", actions: [] },
    inbox: `${cloud.endpoint}/inbox`,
    console: `${cloud.endpoint}/`,
    players: await Promise.all(
      players.map(async ({ id, name, email }) => ({ id, name, email, token: await issuer.token(cloud.endpoint, id) })),
    ),
  };
  return withProgram(file, stack);
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
