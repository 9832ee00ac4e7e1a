import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as services from "@pulumi/pulumi/proto/language_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/**
 * A language host for Node.js programs, on machines that have Pulumi's engine and not its own host: it starts a program
 * as Pulumi's does, `node <nodeargs> @pulumi/pulumi/cmd/run`, and a policy pack likewise. Prints its port and serves
 * `pulumirpc.LanguageRuntime` until it is ended.
 */

/** The program has told its error to the engine itself: nothing to add (`@pulumi/pulumi/cmd/run`). */
const LOGGED = 32;

interface Options {
  readonly nodeargs?: string;
  readonly typescript?: boolean;
  readonly tsconfig?: string;
}

const optionsOf = (info: messages.ProgramInfo | undefined): Options => info?.getOptions()?.toJavaScript() ?? {};

const words = (text: string | undefined): string[] => (text ?? "").split(/\s+/).filter((word) => word !== "");

/** A module of Pulumi's SDK as the program, not this host, has it installed. */
function ofSdk(folder: string, module: string): string {
  return createRequire(join(folder, "package.json")).resolve(`@pulumi/pulumi/${module}`);
}

function run(request: messages.RunRequest, engine: string): Promise<messages.RunResponse> {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? request.getPwd();
  const options = optionsOf(info);
  const flags = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const args = [
    ...words(options.nodeargs),
    ofSdk(folder, "cmd/run"),
    ...Object.entries(flags).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || request.getProgram() || ".",
    ...request.getArgsList(),
  ];
  const child = spawn(process.execPath, args, {
    cwd: request.getPwd(),
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject(false))),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
      ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
    },
  });
  process.once("exit", () => child.kill());
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const response = new messages.RunResponse();
      if (code === LOGGED) response.setBail(true);
      else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${String(code)}`);
      resolve(response);
    });
  });
}

/** Runs a policy pack, the one kind of plugin in Node.js that is needed. */
function runPlugin(call: grpc.ServerWritableStream<messages.RunPluginRequest, messages.RunPluginResponse>): void {
  const { request } = call;
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const module = request.getKind() === "analyzer" ? "cmd/run-policy-pack" : "cmd/run-plugin";
  const nodeargs = words(optionsOf(request.getInfo()).nodeargs);
  const child = spawn(process.execPath, [...nodeargs, ofSdk(folder, module), ...request.getArgsList(), folder], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...Object.fromEntries(request.getEnvList().map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string])),
    },
  });
  const answer = (fill: (response: messages.RunPluginResponse) => void): void => {
    const response = new messages.RunPluginResponse();
    fill(response);
    call.write(response);
  };
  child.stdout.on("data", (data: Buffer) => answer((response) => response.setStdout(data)));
  child.stderr.on("data", (data: Buffer) => answer((response) => response.setStderr(data)));
  child.once("close", (code) => {
    answer((response) => response.setExitcode(code ?? 1));
    call.end();
  });
  call.once("cancelled", () => child.kill());
  process.once("exit", () => child.kill());
}

function serve(engine: string): grpc.UntypedServiceImplementation {
  const always =
    <O>(make: () => O): grpc.handleUnaryCall<unknown, O> =>
    (_call, reply) =>
      reply(null, make());
  const runProgram: grpc.handleUnaryCall<messages.RunRequest, messages.RunResponse> = ({ request }, reply) => {
    Promise.resolve()
      .then(() => run(request, engine))
      .then(
        (response) => reply(null, response),
        (error: unknown) => reply({ details: error instanceof Error ? error.message : String(error) }),
      );
  };
  return {
    handshake: always(() => new messages.LanguageHandshakeResponse()),
    // The provider is found on PATH; nothing has to be fetched.
    getRequiredPlugins: always(() => new messages.GetRequiredPluginsResponse()),
    getRequiredPackages: always(() => new messages.GetRequiredPackagesResponse()),
    runtimeOptionsPrompts: always(() => new messages.RuntimeOptionsResponse()),
    getProgramDependencies: always(() => new messages.GetProgramDependenciesResponse()),
    getPluginInfo: always(() => {
      const info = new PluginInfo();
      info.setVersion(process.version.slice(1));
      return info;
    }),
    about: always(() => {
      const about = new messages.AboutResponse();
      about.setExecutable(process.execPath);
      about.setVersion(process.version);
      return about;
    }),
    cancel: always(() => new Empty()),
    run: runProgram,
    runPlugin,
  };
}

function main(): void {
  // Flags of older engines come first; the engine's address is the last word.
  const engine = process.argv.slice(2).at(-1) ?? "";
  const server = new grpc.Server();
  server.addService(services.LanguageRuntimeService, serve(engine));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
  // An engine that fails early may forget its hosts.
  const engineProcess = process.ppid;
  setInterval(() => {
    if (process.ppid !== engineProcess) process.exit(0);
  }, 1_000);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
}

main();
