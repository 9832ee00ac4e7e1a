/* eslint-disable no-console -- the console of functions is made here */
import type * as PathModule from "node:path";
import type * as FsModule from "node:fs";
import type * as UtilModule from "node:util";
import type * as WorkerThreads from "node:worker_threads";
import type * as ModuleModule from "node:module";
import type { LogLine } from "./runner";
import type { workerClock } from "./worker-clock";

/** From the pool to an environment. */
export type ToWorker =
  | {
      readonly kind: "invoke";
      readonly requestId: string;
      readonly payload: string;
      readonly deadline: number;
      readonly functionArn: string;
      readonly logGroup: string;
      readonly traceId: string;
    }
  | { readonly kind: "wake" };

/** From an environment to the pool. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "failed-init"; readonly payload: string }
  | { readonly kind: "line"; readonly line: LogLine }
  /** `turn`: how often calls of the environment had been answered late when it looked. */
  | { readonly kind: "waiting"; readonly until: number | undefined; readonly turn: number }
  | {
      readonly kind: "done";
      readonly requestId: string;
      readonly payload: string;
      readonly failed: boolean;
      /** The environment cannot be used again (an uncaught exception). */
      readonly fatal: boolean;
      readonly memoryUsed: number;
    };

/** `workerData` of an environment. */
export interface EnvironmentData {
  readonly root: string;
  readonly handler: string;
  readonly functionName: string;
  readonly memorySize: number;
  /** One 64-bit float: the cloud's time in ms; absent when the clock is the real one. */
  readonly time: SharedArrayBuffer | undefined;
  /** Two 32-bit integers: the open calls that go on only when time does, and how many such have ended. */
  readonly calls: SharedArrayBuffer;
}

/**
 * The runtime inside an environment: loads the handler, takes one invocation at a time, answers as AWS's Node.js runtime does.
 * It is handed to the worker as text, so that no transpiler has to start there; hence self-contained functions.
 */
export function bootstrap(req: NodeJS.Require, clockOf: typeof workerClock): void {
  const threads = req("node:worker_threads") as typeof WorkerThreads;
  const path = req("node:path") as typeof PathModule;
  const fs = req("node:fs") as typeof FsModule;
  const util = req("node:util") as typeof UtilModule;
  const port = threads.parentPort!;
  const data = threads.workerData as EnvironmentData;
  const post = (message: FromWorker): void => port.postMessage(message);
  const native = { setTimeout, setImmediate };
  type Handler = (event: unknown, context: unknown, callback: (error: unknown, result?: unknown) => void) => unknown;
  let current: { requestId: string; settled: boolean } | undefined;

  const time = clockOf(
    req,
    data.time,
    data.calls,
    () => current !== undefined && !current.settled,
    (until, turn) => post({ kind: "waiting", until, turn }),
  );
  // eslint-disable-next-line @typescript-eslint/unbound-method -- closures of workerClock, they know no `this`
  const { now, watch } = time;

  const plain = (value: unknown): { object?: unknown } => {
    try {
      return { object: JSON.parse(JSON.stringify(value)) as unknown };
    } catch {
      // Circular, or a BigInt: the line shows it as text.
      return {};
    }
  };
  // Console: each line goes to the function's log group.
  const levels = { log: "INFO", info: "INFO", warn: "WARN", error: "ERROR", debug: "DEBUG", trace: "TRACE" } as const;
  for (const [method, level] of Object.entries(levels)) {
    Object.assign(console, {
      [method]: (...args: unknown[]) => {
        const [only] = args;
        const logged = args.find((arg): arg is Error => arg instanceof Error);
        post({
          kind: "line",
          line: {
            time: now(),
            level,
            message: util.format(...args),
            ...(logged
              ? {
                  error: {
                    errorType: logged.name,
                    errorMessage: logged.message,
                    stackTrace: (logged.stack ?? "").split("\n").slice(1),
                  },
                }
              : args.length === 1 && typeof only === "object" && only !== null
                ? plain(only)
                : {}),
          },
        });
      },
    });
  }
  // Node would print warnings past the log; one of the SDK is about the host's Node, which the function's runtime is not.
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "NodeVersionSupportWarning") console.warn(`${warning.name}: ${warning.message}`);
  });
  const raw = (chunk: unknown): boolean => {
    post({ kind: "line", line: { time: now(), level: "INFO", message: String(chunk).replace(/\n$/, "") } });
    return true;
  };
  process.stdout.write = raw;
  process.stderr.write = raw;

  const described = (error: unknown): string => {
    if (error instanceof Error || util.types.isNativeError(error)) {
      const { name, message, stack } = error;
      return JSON.stringify({ errorType: name, errorMessage: message, trace: (stack ?? "").split("\n") });
    }
    // AWS's runtime names what is thrown without being an error by its type.
    return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  };
  let mostMemory = 0;
  const finish = (payload: string, failed: boolean, fatal = false): void => {
    const run = current;
    if (!run || run.settled) return;
    run.settled = true;
    current = undefined;
    // Of this thread alone; the resident size would be that of the whole cloud.
    const { heapTotal, external } = process.memoryUsage();
    mostMemory = Math.max(mostMemory, heapTotal + external);
    const memoryUsed = Math.ceil(mostMemory / 1048576);
    post({ kind: "done", requestId: run.requestId, payload, failed, fatal, memoryUsed });
  };
  const fail = (error: unknown): void => {
    console.error("Invoke Error ", error);
    finish(described(error), true);
  };
  const succeed = (value: unknown): void => {
    let text: string | undefined;
    try {
      text = JSON.stringify(value === undefined ? null : value);
    } catch {
      finish(
        JSON.stringify({
          errorType: "Runtime.MarshalError",
          errorMessage: "Unable to stringify response body",
          trace: [],
        }),
        true,
      );
      return;
    }
    finish(text ?? "null", false);
  };
  process.on("uncaughtException", (error) => {
    console.error("Uncaught Exception ", error);
    finish(described(error), true, true);
  });
  process.on("unhandledRejection", (reason) => {
    const message = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
    console.error("Unhandled Promise Rejection ", reason);
    const trace = reason instanceof Error ? (reason.stack ?? "").split("\n") : [];
    finish(
      JSON.stringify({ errorType: "Runtime.UnhandledPromiseRejection", errorMessage: message, trace }),
      true,
      true,
    );
  });

  const load = async (): Promise<Handler> => {
    const folder = path.dirname(data.handler);
    const [file, ...names] = path.basename(data.handler).split(".");
    const base = path.join(data.root, folder, file!);
    const found = [".js", ".mjs", ".cjs"].map((end) => base + end).find((name) => fs.existsSync(name));
    if (!found) {
      throw Object.assign(new Error(`Error: Cannot find module '${file}'`), { name: "Runtime.ImportModuleError" });
    }
    let loaded: unknown;
    try {
      loaded = (req("node:module") as typeof ModuleModule).createRequire(found)(found);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ERR_REQUIRE_ESM") loaded = await import(found);
      else if (code === "MODULE_NOT_FOUND" && error instanceof Error) {
        throw Object.assign(new Error(`Error: ${error.message}`), { name: "Runtime.ImportModuleError" });
      } else if (error instanceof SyntaxError) {
        throw Object.assign(new Error(`SyntaxError: ${error.message}`), { name: "Runtime.UserCodeSyntaxError" });
      } else throw error;
    }
    for (const name of names) loaded = (loaded as Record<string, unknown> | undefined)?.[name];
    if (loaded === undefined || loaded === null) {
      throw Object.assign(new Error(`${data.handler} is undefined or not exported`), {
        name: "Runtime.HandlerNotFound",
      });
    }
    if (typeof loaded !== "function") {
      throw Object.assign(new Error(`${data.handler} is not a function`), { name: "Runtime.HandlerNotFound" });
    }
    return loaded as Handler;
  };

  const drained = (then: () => void): void => {
    if (time.busy()) native.setTimeout(() => drained(then), 1);
    else then();
  };
  const invoke = (handler: Handler, message: Extract<ToWorker, { kind: "invoke" }>): void => {
    const run = { requestId: message.requestId, settled: false };
    current = run;
    process.env["_X_AMZN_TRACE_ID"] = message.traceId;
    const context = {
      callbackWaitsForEmptyEventLoop: true,
      functionName: data.functionName,
      functionVersion: "$LATEST",
      invokedFunctionArn: message.functionArn,
      memoryLimitInMB: String(data.memorySize),
      awsRequestId: message.requestId,
      logGroupName: message.logGroup,
      logStreamName: process.env["AWS_LAMBDA_LOG_STREAM_NAME"],
      identity: undefined,
      clientContext: undefined,
      getRemainingTimeInMillis: () => Math.max(0, message.deadline - now()),
      done: (error: unknown, result?: unknown) => callback(error, result),
      succeed: (result: unknown) => callback(null, result),
      fail: (error: unknown) => callback(error ?? "handled"),
    };
    const callback = (error: unknown, result?: unknown): void => {
      if (current !== run) return;
      const answer = (): void => {
        if (current !== run) return;
        if (error === null || error === undefined) succeed(result);
        else fail(error);
      };
      if (context.callbackWaitsForEmptyEventLoop) native.setImmediate(() => drained(answer));
      else answer();
    };
    try {
      const returned = handler(JSON.parse(message.payload), context, callback);
      if (returned instanceof Promise || typeof (returned as PromiseLike<unknown> | undefined)?.then === "function") {
        (returned as Promise<unknown>).then(
          (value) => current === run && succeed(value),
          (error: unknown) => current === run && fail(error),
        );
      }
    } catch (error) {
      fail(error);
    }
    watch(true);
  };

  // From Node 22 on, compiled code is kept beside the archive: the next cold start is shorter.
  const { enableCompileCache } = req("node:module") as { enableCompileCache?: (folder: string) => void };
  enableCompileCache?.(path.join(data.root, ".compile-cache"));
  load().then(
    (handler) => {
      port.on("message", (message: ToWorker) => {
        if (message.kind === "wake") time.wake();
        else invoke(handler, message);
      });
      post({ kind: "ready" });
    },
    (error: unknown) => {
      console.error("Uncaught Exception ", error);
      post({ kind: "failed-init", payload: described(error) });
    },
  );
}
