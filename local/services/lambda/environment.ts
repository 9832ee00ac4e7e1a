import { Worker } from "node:worker_threads";
import { RealClock, type Clock, type Timer } from "../../clock";
import { bootstrap, type EnvironmentData, type FromWorker, type ToWorker } from "./bootstrap";
import { failure, type FunctionCode, type RunRequest, type RunResult } from "./runner";
import { workerClock } from "./worker-clock";

const source = `(${bootstrap.toString()})(require, ${workerClock.toString()})`;

/** The cloud's time as the environments see it; undefined when the clock is the real one. */
export function sharedTime(clock: Clock): SharedArrayBuffer | undefined {
  return clock instanceof RealClock ? undefined : new SharedArrayBuffer(8);
}

interface Run {
  readonly request: RunRequest;
  readonly startedAt: number;
  readonly startedReal: number;
  readonly initMs: number | undefined;
  readonly finish: (result: RunResult) => void;
  timeout: Timer;
}

/** One execution environment: a worker thread that runs one invocation at a time. */
export class Environment {
  readonly startedReal = performance.now();
  /** On the cloud's clock, when it last became idle. */
  idleSince: number;
  /** May no longer take an invocation. */
  dead = false;
  private readonly worker: Worker;
  /** See `EnvironmentData.calls`. */
  private readonly calls = new Int32Array(new SharedArrayBuffer(8));
  private ready: ((problem: string | undefined) => void) | undefined;
  private readonly loaded: Promise<string | undefined>;
  /** Why the module did not load. */
  private problem: string | undefined;
  private run: Run | undefined;
  private landed: (() => void) | undefined;
  private wakeUp: Timer | undefined;
  private invoked = false;
  private ended = false;

  /**
   * @param time shared with all environments of the cloud.
   * @param onEnd called once, when the thread has ended or was told to.
   */
  constructor(
    readonly id: string,
    readonly code: FunctionCode,
    private readonly clock: Clock,
    private readonly time: SharedArrayBuffer | undefined,
    private readonly onEnd: (environment: Environment) => void,
  ) {
    this.idleSince = clock.now();
    this.stamp();
    this.loaded = new Promise((resolve) => (this.ready = resolve));
    const workerData: EnvironmentData = {
      root: code.root,
      handler: code.handler,
      functionName: code.name,
      memorySize: code.memorySize,
      time,
      calls: this.calls.buffer,
    };
    this.worker = new Worker(source, {
      eval: true,
      env: { ...code.environment(id) },
      workerData,
      // Without this the thread would inherit the host's `-r ts-node/register` and start a compiler.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: code.memorySize },
    });
    this.worker.on("message", (message: FromWorker) => this.receive(message));
    this.worker.on("error", (error: Error & { code?: string }) =>
      this.perish(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "signal: killed" : "exit status 129"),
    );
    this.worker.on("exit", (status) => this.perish(status === 0 ? undefined : `exit status ${status}`));
  }

  get running(): boolean {
    return this.run !== undefined;
  }

  /** Runs one invocation, after the module has loaded. */
  async invoke(request: RunRequest): Promise<RunResult> {
    const cold = !this.invoked;
    this.invoked = true;
    return new Promise<RunResult>((finish) => {
      this.board();
      const open = (initMs: number | undefined): void => {
        this.run = {
          request,
          startedAt: this.clock.now(),
          startedReal: performance.now(),
          initMs,
          finish,
          timeout: this.clock.setTimer(request.timeoutMs, () => this.timeOut()),
        };
      };
      open(undefined);
      request.began(this.id, cold);
      void this.loaded.then((problem) => {
        if (!this.run) return;
        if (problem !== undefined) {
          this.end(problem, true);
          return;
        }
        if (cold) {
          this.run.timeout.cancel();
          open(performance.now() - this.startedReal);
        }
        this.stamp();
        Atomics.store(this.calls, 0, 0);
        this.send({
          kind: "invoke",
          requestId: request.requestId,
          payload: request.payload,
          deadline: this.clock.now() + request.timeoutMs,
          functionArn: request.functionArn,
          logGroup: request.logGroup,
          traceId: request.traceId,
        });
      });
    });
  }

  /** Ends the thread; an open invocation fails as by a crash. */
  kill(): Promise<unknown> {
    this.perish("signal: killed");
    return this.worker.terminate();
  }

  /** A call of the function goes on only when time does; returns what ends that: the function is at work again. */
  waits(): () => void {
    const { run } = this;
    if (!run || !this.time) return () => undefined;
    Atomics.add(this.calls, 0, 1);
    return () => {
      if (this.run !== run || this.dead) return;
      this.board();
      this.stamp();
      Atomics.sub(this.calls, 0, 1);
      Atomics.add(this.calls, 1, 1);
      this.send({ kind: "wake" });
    };
  }

  private receive(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        return this.ready?.(undefined);
      case "failed-init":
        this.problem = message.payload;
        return this.ready?.(message.payload);
      case "line":
        return this.run?.request.line(message.line);
      case "waiting": {
        // A call has been answered since it looked: it looks again.
        if (message.turn === Atomics.load(this.calls, 1)) this.wait(message.until);
        return;
      }
      case "done":
        if (this.run?.request.requestId !== message.requestId) return;
        if (message.fatal) this.dead = true;
        this.end(message.payload, message.failed, message.memoryUsed);
        if (message.fatal) void this.kill();
    }
  }

  /** The function can go on only when time does: lets the clock move, and wakes it when its next timer is due. */
  private wait(until: number | undefined): void {
    if (!this.run || this.dead) return;
    this.wakeUp?.cancel();
    if (until !== undefined) {
      this.wakeUp = this.clock.setTimer(until - this.clock.now(), () => {
        if (!this.run || this.dead) return;
        this.board();
        this.stamp();
        this.send({ kind: "wake" });
      });
    }
    this.landed?.();
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
    void this.kill();
  }

  private perish(reason: string | undefined): void {
    this.dead = true;
    // Node hands over a thread's last words and its exit at once: nobody who awaits them has gone on in between.
    if (this.problem !== undefined) this.end(this.problem, true);
    if (this.run) {
      const { requestId } = this.run.request;
      const how =
        reason === undefined ? "Runtime exited without providing a reason" : `Runtime exited with error: ${reason}`;
      this.end(failure("Runtime.ExitError", `RequestId: ${requestId} Error: ${how}`), true);
    }
    if (!this.ended) {
      this.ended = true;
      this.onEnd(this);
    }
  }

  private end(payload: string, failed: boolean, memoryUsed = 0): void {
    const run = this.run;
    if (!run) return;
    this.run = undefined;
    run.timeout.cancel();
    this.wakeUp?.cancel();
    this.idleSince = this.clock.now();
    const virtual = this.time !== undefined;
    run.finish({
      payload,
      failed,
      durationMs: virtual ? this.clock.now() - run.startedAt : performance.now() - run.startedReal,
      ...(run.initMs === undefined ? {} : { initMs: run.initMs }),
      memoryUsed,
      environmentId: this.id,
    });
    this.landed?.();
  }

  /** Marks the invocation as in flight, until it ends or waits for time. */
  private board(): void {
    this.landed?.();
    void this.clock.track(
      new Promise<void>((resolve) => {
        this.landed = () => {
          this.landed = undefined;
          resolve();
        };
      }),
    );
  }

  private send(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private stamp(): void {
    if (this.time) new Float64Array(this.time)[0] = this.clock.now();
  }
}
