import "./lighten";
import { join, resolve } from "node:path";
import { setUpAccount, type Account } from "./account";
import { assemble } from "./assemble";
import { Cloud } from "./cloud";
import { RealClock, type Clock } from "./clock";
import { consoleRoutes } from "./console/routes";
import { Front } from "./http/front";
import { HttpServer } from "./http/server";
import { LocalIssuer } from "./issuer";
import { Program, type Evaluation } from "./program";
import { seededRandom } from "./random";
import { readProject } from "./settings";

export interface LocalStackOptions {
  /** Folder of the Pulumi project: where `Pulumi.yaml` is. */
  readonly folder: string;
  /** Folder for what the cloud keeps on disk. @default `.local` in the project's folder */
  readonly data?: string;
  /** @default wall-clock time */
  readonly clock?: Clock;
  /** HTTP port, 0 for a free one. @default 0 */
  readonly port?: number;
  /** Makes ids and chances the same in each run. @default chance */
  readonly seed?: number;
  /** @default local */
  readonly stack?: string;
  /** @default `new`: what an account has once per Region is the program's to declare */
  readonly account?: Account;
  /** Settings that override those of the stack's file, by full name. */
  readonly config?: Readonly<Record<string, string>>;
  /** Loads the program. @default requires the project's main file */
  readonly load?: () => unknown;
}

/** A Pulumi program running on this machine: the cloud, its front, and what the program declared. */
export class LocalStack {
  readonly front: Front;
  private current: Evaluation | undefined;

  private constructor(
    readonly cloud: Cloud,
    readonly issuer: LocalIssuer,
    private readonly server: HttpServer,
    readonly program: Program,
  ) {
    this.front = new Front(cloud);
  }

  /** Starts the cloud, evaluates the program, and resolves when what it declared runs. */
  static async start(options: LocalStackOptions): Promise<LocalStack> {
    const folder = resolve(options.folder);
    const cloud = new Cloud({
      clock: options.clock ?? new RealClock(),
      folder: options.data ?? join(folder, ".local"),
      ...(options.seed === undefined ? {} : { random: seededRandom(options.seed) }),
    });
    assemble(cloud);
    if (options.account === "set up") await setUpAccount(cloud);
    const issuer = await LocalIssuer.create(() => cloud.clock.now());
    const server = new HttpServer(new Front(cloud), consoleRoutes(cloud, issuer));
    try {
      cloud.endpoint = await server.listen(options.port ?? 0);
      const stackName = options.stack ?? "local";
      const project = readProject(folder, stackName, { endpoint: cloud.endpoint });
      const program = new Program(cloud, {
        project: project.name,
        stack: stackName,
        config: { ...project.config, ...options.config },
        folder,
        load: options.load ?? (() => loadAnew(join(folder, project.main))),
      });
      const stack = new LocalStack(cloud, issuer, server, program);
      await stack.evaluate();
      return stack;
    } catch (error) {
      await cloud.close();
      await server.close();
      throw error;
    }
  }

  /** Evaluates the program, again after a change. @throws ProgramError; what ran before goes on running. */
  async evaluate(): Promise<Evaluation> {
    this.current = await this.program.evaluate();
    return this.current;
  }

  get evaluation(): Evaluation {
    if (!this.current) throw new Error("The program has not been evaluated yet.");
    return this.current;
  }

  /** An output of the stack as text. @throws Error when the program exports no such output. */
  output(name: string): string {
    const value = this.evaluation.outputs[name];
    if (typeof value !== "string") {
      throw new Error(`The stack has no output "${name}"; it has ${Object.keys(this.evaluation.outputs).join(", ")}.`);
    }
    return value;
  }

  async close(): Promise<void> {
    await this.cloud.close();
    await this.server.close();
  }
}

/** Runs a program's main module, also when this process has run it before; what it imports stays as loaded. */
export function loadAnew(main: string): unknown {
  const file = require.resolve(main);
  delete require.cache[file];
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program is a module known only now
  return require(file) as unknown;
}
