import type * as PathModule from "node:path";
import type * as CryptoModule from "node:crypto";
import type * as FsModule from "node:fs";
import type * as UtilModule from "node:util";
import type * as TimersModule from "node:timers";
import type * as TimersPromisesModule from "node:timers/promises";
import type * as WorkerThreads from "node:worker_threads";
import type * as ModuleModule from "node:module";
import type { LogLine } from "./runner";

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
  | { readonly kind: "waiting"; readonly until: number | undefined }
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
}

/**
 * The runtime inside an environment: loads the handler, takes one invocation at a time, answers as AWS's Node.js runtime does.
 * It is handed to the worker as text, so that no transpiler has to start there; hence one self-contained function.
 */
export function bootstrap(req: NodeJS.Require): void {
  const { parentPort, workerData } = req("node:worker_threads") as typeof WorkerThreads;
  const path = req("node:path") as typeof PathModule;
  const fs = req("node:fs") as typeof FsModule;
  const util = req("node:util") as typeof UtilModule;
  const port = parentPort!;
  const data = workerData as EnvironmentData;
  const post = (message: FromWorker): void => port.postMessage(message);
  const native = { setTimeout, setImmediate, clearTimeout, Date };
  type Handler = (event: unknown, context: unknown, callback: (error: unknown, result?: unknown) => void) => unknown;
  let current: { requestId: string; settled: boolean } | undefined;

  // Time: with a virtual clock the environment sees the cloud's time, and its timers wait for it.
  const clock = data.time ? new Float64Array(data.time) : undefined;
  const now = (): number => (clock ? clock[0]! : native.Date.now());
  interface VirtualTimer {
    due: number;
    order: number;
    every: number | undefined;
    run: () => void;
  }
  const timers = new Map<number, VirtualTimer>();
  let order = 0;
  let told: number | undefined | null = null;
  let watching = false;

  // Work of the thread pool for cryptography and compression shows in no list of active resources: it is counted.
  let jobs = 0;
  const counted = (owner: object, names: readonly string[]): void => {
    for (const name of names) {
      const original: unknown = Reflect.get(owner, name);
      if (typeof original !== "function") continue;
      const wrapper = function (this: unknown, ...args: unknown[]): unknown {
        const last = args.at(-1);
        if (typeof last === "function") {
          jobs++;
          args[args.length - 1] = function (this: unknown, ...results: unknown[]): unknown {
            jobs--;
            return Reflect.apply(last, this, results) as unknown;
          };
        }
        const result: unknown = Reflect.apply(original, this, args);
        if (result instanceof Promise) {
          jobs++;
          result.then(
            () => jobs--,
            () => jobs--,
          );
        }
        return result;
      };
      Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original));
      Object.defineProperty(owner, name, { value: wrapper, writable: true, configurable: true });
    }
  };
  const busy = (): boolean =>
    jobs > 0 ||
    process
      .getActiveResourcesInfo()
      .some((kind) => kind !== "MessagePort" && kind !== "Timeout" && kind !== "Immediate");
  const earliest = (): number | undefined => {
    let first: number | undefined;
    for (const timer of timers.values()) if (first === undefined || timer.due < first) first = timer.due;
    return first;
  };
  // While an invocation is open, look whether it can go on without time; if it cannot, the pool lets time pass.
  const watch = (): void => {
    if (!clock || watching || !current) return;
    watching = true;
    const look = (idle: number): void => {
      if (!current || current.settled) {
        watching = false;
        return;
      }
      if (busy()) native.setTimeout(() => look(0), 2);
      else if (idle < 3) native.setImmediate(() => look(idle + 1));
      else {
        const until = earliest();
        if (told !== until) {
          told = until;
          post({ kind: "waiting", until });
        }
        watching = false;
      }
    };
    native.setImmediate(() => look(0));
  };
  const wake = (): void => {
    told = null;
    const due = [...timers.entries()].filter(([, timer]) => timer.due <= now());
    due.sort(([, a], [, b]) => a.due - b.due || a.order - b.order);
    for (const [id, timer] of due) {
      if (!timers.has(id)) continue;
      if (timer.every === undefined) timers.delete(id);
      else timer.due = now() + timer.every;
      timer.run();
    }
    watch();
  };

  if (clock) {
    const crypto = req("node:crypto") as typeof CryptoModule;
    const verbs = ["sign", "verify", "randomBytes", "randomFill", "pbkdf2", "scrypt", "hkdf", "generateKey"];
    counted(crypto, verbs);
    counted(req("node:zlib") as object, ["gzip", "gunzip", "deflate", "inflate", "brotliCompress", "brotliDecompress"]);
    const subtle = Object.getPrototypeOf(crypto.webcrypto.subtle) as object;
    counted(
      subtle,
      Object.getOwnPropertyNames(subtle).filter((name) => name !== "constructor"),
    );
    const RealDate = native.Date;
    const VirtualDate = function (this: unknown, ...parts: unknown[]): unknown {
      if (!new.target) return new RealDate(now()).toString();
      return Reflect.construct(RealDate, parts.length === 0 ? [now()] : parts, new.target);
    };
    Object.setPrototypeOf(VirtualDate, RealDate);
    Object.defineProperty(VirtualDate, "prototype", { value: RealDate.prototype, writable: false });
    Object.defineProperty(VirtualDate, "name", { value: "Date" });
    Object.assign(VirtualDate, { now, parse: RealDate.parse, UTC: RealDate.UTC });
    RealDate.prototype.constructor = VirtualDate as unknown as DateConstructor;
    globalThis.Date = VirtualDate as unknown as DateConstructor;
    const origin = now();
    performance.now = () => now() - origin;

    class ClockTimeout {
      readonly id: number;
      constructor(
        private readonly run: () => void,
        private readonly delay: number,
        every: boolean,
      ) {
        this.id = ++order;
        timers.set(this.id, { due: now() + delay, order, every: every ? delay : undefined, run });
        told = null;
        watch();
      }
      ref(): this {
        return this;
      }
      unref(): this {
        return this;
      }
      hasRef(): boolean {
        return true;
      }
      refresh(): this {
        timers.set(this.id, { due: now() + this.delay, order: ++order, every: undefined, run: this.run });
        return this;
      }
      close(): this {
        timers.delete(this.id);
        return this;
      }
      [Symbol.toPrimitive](): number {
        return this.id;
      }
      [Symbol.dispose ?? Symbol.for("dispose")](): void {
        timers.delete(this.id);
      }
    }
    const later = (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]): unknown =>
      // A wait of at most a millisecond is a turn of the event loop: it needs no time of the cloud.
      !(delay > 1) ? native.setTimeout(() => run(...args), 0) : new ClockTimeout(() => run(...args), delay, false);
    const repeat = (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]): unknown =>
      new ClockTimeout(() => run(...args), Math.max(1, delay), true);
    const clear = (timer: unknown): void => {
      if (timer instanceof ClockTimeout) timers.delete(timer.id);
      else if (typeof timer === "number" && timers.has(timer)) timers.delete(timer);
      else native.clearTimeout(timer as NodeJS.Timeout);
    };
    const sleep = (delay = 0, value?: unknown, options?: { signal?: AbortSignal }): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const timer = later(() => resolve(value), delay);
        options?.signal?.addEventListener("abort", () => {
          clear(timer);
          reject(options.signal!.reason);
        });
      });
    Object.defineProperty(later, util.promisify.custom, { value: sleep });
    const replaced = { setTimeout: later, setInterval: repeat, clearTimeout: clear, clearInterval: clear };
    Object.assign(globalThis, replaced);
    Object.assign(req("node:timers") as typeof TimersModule, replaced);
    Object.assign(req("node:timers/promises") as typeof TimersPromisesModule, { setTimeout: sleep });
  }

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
                ? { object: JSON.parse(JSON.stringify(only)) as unknown }
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
    if (error instanceof Error || (util.types.isNativeError(error) as boolean)) {
      const { name, message, stack } = error as Error;
      return JSON.stringify({ errorType: name, errorMessage: message, trace: (stack ?? "").split("\n") });
    }
    // AWS's runtime names what is thrown without being an error by its type.
    return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  };
  const finish = (payload: string, failed: boolean, fatal = false): void => {
    const run = current;
    if (!run || run.settled) return;
    run.settled = true;
    current = undefined;
    const memoryUsed = Math.ceil(process.memoryUsage().rss / 1048576);
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
    if (busy() || timers.size > 0) native.setTimeout(() => drained(then), 1);
    else then();
  };
  const invoke = (handler: Handler, message: Extract<ToWorker, { kind: "invoke" }>): void => {
    const run = { requestId: message.requestId, settled: false };
    current = run;
    told = null;
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
    watch();
  };

  // From Node 22 on, compiled code is kept beside the archive: the next cold start is shorter.
  const { enableCompileCache } = req("node:module") as { enableCompileCache?: (folder: string) => void };
  enableCompileCache?.(path.join(data.root, ".compile-cache"));
  load().then(
    (handler) => {
      port.on("message", (message: ToWorker) => {
        if (message.kind === "wake") wake();
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
