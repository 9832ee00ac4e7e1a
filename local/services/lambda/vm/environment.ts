import * as fs from "node:fs";
import * as path from "node:path";
import type { Clock, Timer } from "../../../clock";
import { failure, type FunctionCode, type RunRequest, type RunResult } from "../runner";
import { surround } from "./globals";
import { load } from "./modules";
import { fetchFunction, type Outgoing } from "./network";

type Handler = (event: unknown, context: unknown, callback: (error: unknown, result?: unknown) => void) => unknown;

export interface VmHost {
  readonly clock: Clock;
  readonly random: () => number;
  outgoing(environment: VmEnvironment, call: Parameters<Outgoing>[0]): void;
  pending<T>(work: Promise<T>): Promise<T>;
  /** Something has happened: the scheduler looks again. */
  stir(environment: VmEnvironment): void;
  ended(environment: VmEnvironment): void;
}

interface Run {
  readonly request: RunRequest;
  readonly startedAt: number;
  readonly cold: boolean;
  readonly finish: (result: RunResult) => void;
  readonly timeout: Timer;
}

/** An execution environment inside this process, on the cloud's clock and chance, whose calls wait for their turn. */
export class VmEnvironment {
  dead = false;
  idleSince: number;
  private readonly timers = new Set<Timer>();
  private run: Run | undefined;
  private handler: Handler | undefined;
  private problem: string | undefined;
  private invoked = false;
  private readonly variables: Readonly<Record<string, string>>;

  constructor(
    readonly id: string,
    readonly code: FunctionCode,
    private readonly host: VmHost,
  ) {
    this.idleSince = host.clock.now();
    this.variables = code.environment(id);
  }

  get running(): boolean {
    return this.run !== undefined;
  }

  invoke(request: RunRequest): Promise<RunResult> {
    return new Promise((finish) => {
      const cold = !this.invoked;
      this.invoked = true;
      const { clock } = this.host;
      const timeout = clock.setTimer(request.timeoutMs, () => this.timeOut());
      this.run = { request, startedAt: clock.now(), cold, finish, timeout };
      request.began(this.id, cold);
      if (cold) this.initialize();
      this.host.stir(this);
      if (this.problem !== undefined) {
        const { problem } = this;
        this.dead = true;
        this.end(problem, true);
        this.kill();
      } else this.enter(() => this.call(request));
    });
  }

  /** Ends the environment; an open invocation fails as by a crash, and what it waits for never comes. */
  kill(reason: string | null = "signal: killed"): void {
    this.dead = true;
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    if (this.run) {
      const how =
        reason === null ? "Runtime exited without providing a reason" : `Runtime exited with error: ${reason}`;
      this.end(failure("Runtime.ExitError", `RequestId: ${this.run.request.requestId} Error: ${how}`), true);
    }
    this.host.ended(this);
  }

  /** An error that nobody caught. */
  perish(error: unknown, type?: string): void {
    if (this.dead) return;
    this.dead = true;
    const described = JSON.parse(describe(error)) as { errorType: string; errorMessage: string; trace: string[] };
    const named = type === undefined ? described : { ...described, errorType: type };
    if (type !== undefined) named.errorMessage = `${described.errorType}: ${described.errorMessage}`;
    this.end(JSON.stringify(named), true);
    this.kill();
  }

  private enter(run: () => void): void {
    if (this.dead) return;
    this.host.stir(this);
    try {
      run();
    } catch (error) {
      this.perish(error);
    }
  }

  private initialize(): void {
    const outgoing: Outgoing = (call) => {
      if (!this.dead) this.host.outgoing(this, call);
    };
    const around = surround({
      clock: this.host.clock,
      random: this.host.random,
      variables: this.variables,
      fetch: fetchFunction(outgoing),
      line: (line) => this.run?.request.line(line),
      enter: (run) => this.enter(run),
      exit: (status) => this.kill(status === 0 ? null : `exit status ${status}`),
      pending: (work) => this.host.pending(work),
      timers: this.timers,
    });
    const [file, ...names] = path.basename(this.code.handler).split(".");
    const base = path.join(this.code.root, path.dirname(this.code.handler), file!);
    const found = [".js", ".cjs"].map((end) => base + end).find((name) => fs.existsSync(name));
    if (!found) {
      this.problem = failure("Runtime.ImportModuleError", `Error: Cannot find module '${file}'`, []);
      return;
    }
    try {
      let loaded = load(found, around, outgoing);
      for (const name of names) loaded = (loaded as Record<string, unknown> | undefined)?.[name];
      if (typeof loaded === "function") this.handler = loaded as Handler;
      else {
        const message = `${this.code.handler} is undefined or not exported`;
        this.problem = failure("Runtime.HandlerNotFound", message, []);
      }
    } catch (error) {
      this.problem = describe(error);
    }
  }

  private call(request: RunRequest): void {
    const { clock } = this.host;
    const deadline = clock.now() + request.timeoutMs;
    const settle = (error: unknown, result?: unknown): void => {
      if (this.run?.request !== request || this.dead) return;
      if (error !== null && error !== undefined) {
        this.run.request.line({ time: clock.now(), level: "ERROR", message: `Invoke Error ${describe(error)}` });
        this.end(describe(error), true);
      } else this.end(JSON.stringify(result === undefined ? null : result) ?? "null", false);
    };
    const context = {
      callbackWaitsForEmptyEventLoop: true,
      functionName: this.code.name,
      functionVersion: "$LATEST",
      invokedFunctionArn: request.functionArn,
      memoryLimitInMB: String(this.code.memorySize),
      awsRequestId: request.requestId,
      logGroupName: request.logGroup,
      logStreamName: this.id,
      getRemainingTimeInMillis: () => Math.max(0, deadline - clock.now()),
      done: settle,
      succeed: (result: unknown) => settle(null, result),
      fail: (error: unknown) => settle(error ?? "handled"),
    };
    let returned: unknown;
    try {
      returned = this.handler!(JSON.parse(request.payload), context, settle);
    } catch (error) {
      settle(error ?? "handled");
      return;
    }
    if (typeof (returned as PromiseLike<unknown> | undefined)?.then === "function") {
      (returned as PromiseLike<unknown>).then(
        (value) => settle(null, value),
        (error: unknown) => settle(error ?? "handled"),
      );
    }
  }

  private timeOut(): void {
    if (!this.run) return;
    const { requestId, timeoutMs } = this.run.request;
    const seconds = (timeoutMs / 1000).toFixed(2);
    this.dead = true;
    this.end(
      failure("Sandbox.Timedout", `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`),
      true,
    );
    this.kill();
  }

  private end(payload: string, failed: boolean): void {
    const { run } = this;
    if (!run) return;
    this.run = undefined;
    run.timeout.cancel();
    this.idleSince = this.host.clock.now();
    this.host.stir(this);
    run.finish({
      payload,
      failed,
      durationMs: this.host.clock.now() - run.startedAt,
      ...(run.cold ? { initMs: 0 } : {}),
      memoryUsed: this.code.memorySize,
      environmentId: this.id,
    });
  }
}

function describe(error: unknown): string {
  if (error instanceof Error) {
    return failure(error.name, error.message, (error.stack ?? "").split("\n"));
  }
  return failure(typeof error, String(error), []);
}
