import type { Clock } from "../../clock";
import { Environment, sharedTime } from "./environment";
import type { FunctionCode, FunctionRunner, RunRequest, RunResult } from "./runner";

export interface WorkerLimits {
  /** Environments of one function at a time; more invocations queue. AWS has 1,000 for the account, this machine has not. */
  readonly perFunction: number;
  /** Environments of all functions. */
  readonly total: number;
  /** ms on the cloud's clock after which an idle environment ends. AWS promises no figure. */
  readonly idleMs: number;
}

export const defaultLimits: WorkerLimits = { perFunction: 8, total: 60, idleMs: 10 * 60_000 };

interface Waiting {
  readonly code: FunctionCode;
  readonly request: RunRequest;
  readonly resolve: (result: RunResult) => void;
}

/** Runs each environment as a worker thread with its own variables and memory limit, and keeps it warm. */
export class WorkerRunner implements FunctionRunner {
  private readonly environments = new Map<string, Environment>();
  private readonly idle = new Map<string, Environment[]>();
  private readonly counts = new Map<string, number>();
  private queue: Waiting[] = [];
  private readonly ageing = new Set<Environment>();
  private readonly time: SharedArrayBuffer | undefined;
  private readonly terminated = new Set<Promise<unknown>>();
  private closed = false;
  /** The queue is being worked off; an environment that ends meanwhile must not do so again. */
  private placing = false;

  constructor(
    private readonly clock: Clock,
    private readonly newId: () => string,
    private readonly limits: WorkerLimits = defaultLimits,
  ) {
    this.time = sharedTime(clock);
  }

  invoke(code: FunctionCode, request: RunRequest): Promise<RunResult> {
    // The environment itself tells the clock whether the run goes on without time.
    return new Promise((resolve) => {
      const waiting = { code, request, resolve };
      if (this.closed || !this.place(waiting)) this.queue.push(waiting);
    });
  }

  retire(functionName: string): void {
    for (const environment of this.idle.get(functionName) ?? []) this.kill(environment);
    this.idle.delete(functionName);
  }

  crash(environmentId: string): void {
    const environment = this.environments.get(environmentId);
    if (environment) this.kill(environment);
  }

  waits(environmentId: string): () => void {
    return this.environments.get(environmentId)?.waits() ?? (() => undefined);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.queue = [];
    for (const environment of [...this.environments.values()]) this.kill(environment);
    await Promise.all(this.terminated);
  }

  private place(waiting: Waiting): boolean {
    const environment = this.take(waiting.code);
    if (!environment) return false;
    void environment.invoke(waiting.request).then((result) => {
      waiting.resolve(result);
      this.release(environment);
    });
    return true;
  }

  private take(code: FunctionCode): Environment | undefined {
    const idle = this.idle.get(code.name) ?? [];
    for (let warm = idle.pop(); warm; warm = idle.pop()) {
      if (!warm.dead && warm.code.revision === code.revision) return warm;
      if (!warm.dead) this.kill(warm);
    }
    if ((this.counts.get(code.name) ?? 0) >= this.limits.perFunction) return undefined;
    if (this.environments.size >= this.limits.total && !this.evict()) return undefined;
    return this.start(code);
  }

  private start(code: FunctionCode): Environment {
    const environment = new Environment(this.newId(), code, this.clock, this.time, (ended) => this.forget(ended));
    this.environments.set(environment.id, environment);
    this.counts.set(code.name, (this.counts.get(code.name) ?? 0) + 1);
    return environment;
  }

  /** Makes room by ending the environment that has been idle for longest. */
  private evict(): boolean {
    let oldest: Environment | undefined;
    for (const list of this.idle.values()) {
      for (const one of list) if (!oldest || one.idleSince < oldest.idleSince) oldest = one;
    }
    if (oldest) this.kill(oldest);
    return oldest !== undefined;
  }

  private release(environment: Environment): void {
    if (!environment.dead) {
      const list = this.idle.get(environment.code.name) ?? [];
      this.idle.set(environment.code.name, list);
      list.push(environment);
      if (!this.ageing.has(environment)) this.age(environment, this.limits.idleMs);
    }
    this.next();
  }

  // One timer per environment, renewed when it fires too early, instead of one per invocation.
  private age(environment: Environment, delayMs: number): void {
    this.ageing.add(environment);
    this.clock.setTimer(delayMs, () => {
      this.ageing.delete(environment);
      if (environment.dead) return;
      const left = environment.running
        ? this.limits.idleMs
        : environment.idleSince + this.limits.idleMs - this.clock.now();
      if (left > 0) this.age(environment, left);
      else this.kill(environment);
    });
  }

  private next(): void {
    if (this.placing) return;
    this.placing = true;
    const blocked = new Set<string>();
    for (let at = 0; at < this.queue.length;) {
      const waiting = this.queue[at]!;
      if (!blocked.has(waiting.code.name) && this.place(waiting)) this.queue.splice(at, 1);
      else {
        blocked.add(waiting.code.name);
        at++;
      }
    }
    this.placing = false;
  }

  private kill(environment: Environment): void {
    const end = environment.kill();
    this.terminated.add(end);
    void end.finally(() => this.terminated.delete(end));
  }

  private forget(environment: Environment): void {
    if (!this.environments.delete(environment.id)) return;
    const { name } = environment.code;
    this.counts.set(name, (this.counts.get(name) ?? 1) - 1);
    const list = this.idle.get(name);
    const at = list?.indexOf(environment) ?? -1;
    if (at >= 0) list!.splice(at, 1);
    environment.code.ended(environment.id);
    if (!this.closed) this.next();
  }
}
