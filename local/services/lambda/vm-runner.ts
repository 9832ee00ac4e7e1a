import { NoReply } from "../../aws-error";
import type { Clock } from "../../clock";
import type { HttpRequest, HttpResponse } from "../../service";
import { forget } from "./vm/modules";
import { VmEnvironment, type VmHost } from "./vm/environment";
import type { OutgoingCall } from "./vm/network";
import type { FunctionCode, FunctionRunner, RunRequest, RunResult } from "./runner";

export interface VmRunnerOptions {
  readonly clock: Clock;
  /** Seeded source of chance: order of calls, `Math.random` and `crypto` of the functions. */
  readonly random: () => number;
  /** Names of new environments. */
  readonly newId: () => string;
  /** Answers a request without a network, e.g. `Front.handle`. May throw `ConnectionLost`. */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** Environments of one function at a time; more invocations queue. @default 8 */
  readonly perFunction?: number;
  /** Picks the next of several waiting calls, by position. @default by chance */
  readonly choose?: (waiting: readonly OutgoingCall[]) => number;
  /** Sees each call at its turn; the fault switch itself is `cloud.faults`. */
  readonly onCall?: (call: OutgoingCall) => void;
  /** ms on the clock that a call is under way before it waits for its turn. @default none */
  readonly latency?: () => number;
  /** ms on the clock after which an idle environment ends. @default 600000 */
  readonly idleMs?: number;
}

interface Waiting {
  readonly code: FunctionCode;
  readonly request: RunRequest;
  readonly resolve: (result: RunResult) => void;
}

/**
 * Runs functions inside this process, deterministically: one outgoing call at a time, picked by chance from those that
 * wait when nothing else can go on; time, timers and randomness come from the cloud. The same seed gives the same run.
 * A function that never yields cannot be stopped here; workers can.
 */
export class VmRunner implements FunctionRunner, VmHost {
  readonly clock: Clock;
  readonly random: () => number;
  private readonly environments = new Map<string, VmEnvironment>();
  private readonly calls: (OutgoingCall & { readonly environment: VmEnvironment })[] = [];
  private queue: Waiting[] = [];
  private activity = 0;
  private unfinished = 0;
  private looping = false;
  private last: VmEnvironment | undefined;
  private readonly others: NodeJS.UnhandledRejectionListener[];
  // Told apart by the stack: a rejection of the host's own code must not pass for one of a function.
  private readonly onRejection = (reason: unknown, promise: Promise<unknown>): void => {
    const stack = reason instanceof Error ? (reason.stack ?? "") : undefined;
    const culprit =
      stack === undefined ? this.last : [...this.environments.values()].find((one) => stack.includes(one.code.root));
    if (culprit) culprit.perish(reason, "Runtime.UnhandledPromiseRejection");
    else for (const other of this.others) other(reason, promise);
  };

  constructor(private readonly options: VmRunnerOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", this.onRejection);
  }

  invoke(code: FunctionCode, request: RunRequest): Promise<RunResult> {
    return new Promise((resolve) => {
      this.queue.push({ code, request, resolve });
      this.next();
    });
  }

  retire(functionName: string): void {
    for (const environment of [...this.environments.values()]) {
      if (environment.code.name !== functionName || environment.running) continue;
      forget(environment.code.root);
      environment.kill();
    }
  }

  crash(environmentId: string): void {
    this.environments.get(environmentId)?.kill();
  }

  async close(): Promise<void> {
    this.queue = [];
    for (const environment of [...this.environments.values()]) environment.kill();
    this.calls.length = 0;
    process.off("unhandledRejection", this.onRejection);
    for (const other of this.others) process.on("unhandledRejection", other);
  }

  outgoing(environment: VmEnvironment, call: Pick<OutgoingCall, "request" | "respond" | "break">): void {
    const waiting = { ...call, environment, environmentId: environment.id, functionName: environment.code.name };
    const arrive = (): void => {
      this.calls.push(waiting);
      this.stir(environment);
    };
    if (this.options.latency) this.clock.setTimer(this.options.latency(), arrive);
    else arrive();
  }

  async pending<T>(work: Promise<T>): Promise<T> {
    this.unfinished++;
    this.activity++;
    this.loop();
    try {
      return await work;
    } finally {
      this.unfinished--;
      this.activity++;
    }
  }

  stir(environment: VmEnvironment): void {
    this.last = environment;
    this.activity++;
    this.loop();
  }

  ended(environment: VmEnvironment): void {
    if (!this.environments.delete(environment.id)) return;
    environment.code.ended(environment.id);
    this.next();
  }

  /** Ends an idle environment, which makes no room that the caller does not use itself. */
  private discard(environment: VmEnvironment): void {
    this.environments.delete(environment.id);
    environment.code.ended(environment.id);
    environment.kill();
  }

  private next(): void {
    const blocked = new Set<string>();
    for (let at = 0; at < this.queue.length;) {
      const waiting = this.queue[at]!;
      const environment = blocked.has(waiting.code.name) ? undefined : this.take(waiting.code);
      if (!environment) {
        blocked.add(waiting.code.name);
        at++;
        continue;
      }
      // Out of the queue first: the run may end at once, and its end leads here again.
      this.queue.splice(at, 1);
      void environment.invoke(waiting.request).then((result) => {
        waiting.resolve(result);
        this.next();
      });
    }
  }

  private take(code: FunctionCode): VmEnvironment | undefined {
    const idleMs = this.options.idleMs ?? 600_000;
    let taken = 0;
    for (const environment of [...this.environments.values()]) {
      if (environment.code.name !== code.name || environment.dead) continue;
      if (environment.running) taken++;
      else if (environment.code.revision === code.revision && this.clock.now() - environment.idleSince < idleMs) {
        return environment;
      } else this.discard(environment);
    }
    if (taken >= (this.options.perFunction ?? 8)) return undefined;
    const environment = new VmEnvironment(this.options.newId(), code, this);
    this.environments.set(environment.id, environment);
    return environment;
  }

  private loop(): void {
    if (this.looping) return;
    this.looping = true;
    void this.clock.track(this.turns());
  }

  /** Lets one call after the other happen, until none waits and nothing can go on without time. */
  private async turns(): Promise<void> {
    for (;;) {
      await this.quiet();
      if (this.calls.length === 0) break;
      const at = this.options.choose?.(this.calls) ?? Math.floor(this.random() * this.calls.length);
      const [call] = this.calls.splice(at, 1);
      if (!call || call.environment.dead) continue;
      this.options.onCall?.(call);
      const done = this.perform(call);
      // A function that calls a function waits for calls that come after: its own must not hold them up.
      if (!/\/functions\/[^/]+\/invocations$/.test(call.request.path)) await done;
    }
    this.looping = false;
  }

  private async perform(call: (typeof this.calls)[number]): Promise<void> {
    try {
      const response = await this.options.send(call.request);
      if (call.environment.dead) return;
      this.stir(call.environment);
      call.respond(response);
    } catch (error) {
      // Whatever kept the reply back, ConnectionLost above all: the function sees a connection that broke.
      if (call.environment.dead || error instanceof NoReply) return;
      this.stir(call.environment);
      call.break();
    }
  }

  /** Resolves when two turns of the event loop have brought nothing new. */
  private async quiet(): Promise<void> {
    for (let still = 0; still < 2; still++) {
      const before = this.activity;
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.activity !== before || this.unfinished > 0) still = -1;
    }
  }
}
