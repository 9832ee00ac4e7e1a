import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { EngineHost } from "../../../local/provider/host";
import { ROOT } from "../../helpers/command";
import { AUDIENCE, ISSUER_PATH } from "../../../local/issuer";
import { Checkout } from "./checkout";
import { cachedCli } from "./cli";

/** What a command is given besides its usual words. */
export interface More {
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The exit code that it has to end with. @default 0 */
  readonly code?: number | "any";
}

/** How a command of the CLI ended. */
export interface Run {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly text: string;
  readonly seconds: number;
}

/** A command of the CLI that runs. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Run>;
}

/** A resource in a stack's state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom: boolean;
  readonly delete?: boolean;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** The counts of a run's summary, e.g. `{create: 395}`. */
export type Changes = Readonly<Record<string, number>>;

/** One AWS account, one Pulumi backend, and the real CLI between them. */
export class World {
  private readonly checkouts: Checkout[] = [];
  private sources: Checkout | undefined;

  private constructor(
    readonly cli: string,
    readonly folder: string,
    readonly host: EngineHost,
  ) {}

  static async start(): Promise<World> {
    const cli = cachedCli();
    if (cli.path === undefined) throw new Error(cli.why);
    const folder = mkdtempSync(join(tmpdir(), "games-messaging-engine-"));
    for (const name of ["backend", "home", "account"]) mkdirSync(join(folder, name));
    const host = await EngineHost.start({ data: join(folder, "account"), plugins: join(folder, "bin"), seed: 1 });
    return new World(cli.path, folder, host);
  }

  /** A checkout whose stacks reach this account's issuer and may mail sample players. */
  checkout(options: { readonly cold?: boolean } = {}): Checkout {
    // All of a world's checkouts are of the same sources, also while somebody edits them.
    this.sources ??= new Checkout();
    const checkout = new Checkout(options.cold ? undefined : join(ROOT, ".cache"), this.sources.path);
    this.checkouts.push(checkout);
    const issuer = `${this.host.cloud.endpoint}${ISSUER_PATH}`;
    checkout.configure("dev", { issuer, audience: AUDIENCE, recipients: ["*@players.test"], manageAccount: true });
    checkout.configure("prod", { issuer, audience: AUDIENCE });
    return checkout;
  }

  /** Environment in which `pulumi` is this world's, for commands that start it themselves. */
  environment(): Readonly<Record<string, string>> {
    return {
      PATH: [join(this.folder, "bin"), dirname(this.cli), process.env["PATH"] ?? ""].join(":"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "backend")}`,
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "engine-tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
  }

  /** Starts `pulumi` with these words in a checkout, with nothing from this machine's own Pulumi. */
  start(checkout: Checkout, words: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const began = performance.now();
    const { npm_lifecycle_event: _, ...own } = process.env;
    const child = spawn(this.cli, [...words, "--non-interactive", "--color=never"], {
      cwd: checkout.path,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...own,
        ...this.environment(),
        ...env,
      },
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise<Run>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        const seconds = (performance.now() - began) / 1000;
        resolve({ code, text: Buffer.concat(chunks).toString("utf8"), seconds });
      });
    });
    return { pid: child.pid ?? 0, ended };
  }

  /** Runs a command to its end. @throws Error with all that it said unless it ends with `code`. */
  async run(
    checkout: Checkout,
    words: readonly string[],
    { code = 0, env = {} }: { readonly code?: number | "any"; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Run> {
    const run = await this.start(checkout, words, env).ended;
    if (code !== "any" && run.code !== code)
      throw new Error(`pulumi ${words.join(" ")} ended with ${String(run.code)}, expected ${code}:\n${run.text}`);
    if (process.env["ENGINE_TIMES"] !== undefined) this.note(`pulumi ${words.join(" ")}: ${run.seconds.toFixed(1)} s`);
    return run;
  }

  /** `up` without questions; with a summary of what it did. */
  async up(checkout: Checkout, stack: string, more: More = {}): Promise<Run & { changes: Changes }> {
    const words = ["up", "--yes", "--skip-preview", "--suppress-progress", "--stack", stack, ...(more.words ?? [])];
    const run = await this.run(checkout, words, more);
    return { ...run, changes: changesOf(run.text) };
  }

  async preview(checkout: Checkout, stack: string, more: More = {}): Promise<Run & { changes: Changes }> {
    const words = ["preview", "--suppress-progress", "--stack", stack, ...(more.words ?? [])];
    const run = await this.run(checkout, words, more);
    return { ...run, changes: changesOf(run.text) };
  }

  /** A figure for whoever reads the run. */
  note(text: string): void {
    process.stderr.write(`      ${text}\n`);
  }

  init(checkout: Checkout, stack: string): Promise<Run> {
    return this.run(checkout, ["stack", "init", stack]);
  }

  /** The stack's state file, as text. */
  stateText(stack: string): string {
    const file = this.stateFile(stack);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Puts a text where the stack's state is, as a disk or a hand may. */
  writeState(stack: string, text: string): void {
    writeFileSync(this.stateFile(stack), text);
  }

  /** What the stack's state holds. */
  state(stack: string): readonly StateResource[] {
    const text = this.stateText(stack);
    if (text === "") return [];
    const { checkpoint } = JSON.parse(text) as { checkpoint: { latest?: { resources?: StateResource[] } } };
    return checkpoint.latest?.resources ?? [];
  }

  /** Resources of AWS in the stack's state. */
  deployed(stack: string): readonly StateResource[] {
    return this.state(stack).filter(({ custom, type }) => custom && type.startsWith("aws:"));
  }

  /** An output of the stack as text. */
  output(stack: string, name: string): string {
    const value = this.state(stack).find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs?.[name];
    if (typeof value !== "string") throw new Error(`Stack ${stack} has no output "${name}".`);
    return value;
  }

  private stateFile(stack: string): string {
    return join(this.folder, "backend/.pulumi/stacks/games-messaging", `${stack}.json`);
  }

  async close(): Promise<void> {
    await this.host.close();
    for (const checkout of this.checkouts) checkout.remove();
    this.sources?.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const VERBS: Readonly<Record<string, string>> = {
  created: "create",
  "to create": "create",
  updated: "update",
  "to update": "update",
  replaced: "replace",
  "to replace": "replace",
  deleted: "delete",
  "to delete": "delete",
  unchanged: "same",
};

/** Reads the summary after `Resources:`. */
export function changesOf(text: string): Changes {
  const summary = /^Resources:\n((?:[ ].*\n)+)/m.exec(text)?.[1] ?? "";
  const changes: Record<string, number> = {};
  for (const [, count, verb] of summary.matchAll(
    /(\d+) (to create|to update|to replace|to delete|created|updated|replaced|deleted|unchanged)/g,
  ))
    changes[VERBS[verb ?? ""] ?? ""] = Number(count);
  return changes;
}
