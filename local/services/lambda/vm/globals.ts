import * as crypto from "node:crypto";
import { format, promisify } from "node:util";
import type { Clock, Timer } from "../../../clock";
import type { LogLine } from "../runner";

/** What an environment's code finds around it, bound to the clock and to a seeded source of chance. */
export interface Surroundings {
  readonly globals: Readonly<Record<string, unknown>>;
  readonly sleep: (delay?: number, value?: unknown) => Promise<unknown>;
  /** Replacements in the `crypto` module. */
  readonly random: Readonly<Record<string, unknown>>;
}

export interface SurroundingsOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly variables: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  line(line: LogLine): void;
  /** Runs code of the environment, unless it has died; an error that it throws ends the environment. */
  enter(run: () => void): void;
  /** `process.exit` was called. */
  exit(status: number): void;
  /** Something goes on that no call or timer shows (a turn of the event loop, work of the thread pool). */
  pending<T>(work: Promise<T>): Promise<T>;
  readonly timers: Set<Timer>;
}

/** Makes the surroundings of one environment. */
export function surround(options: SurroundingsOptions): Surroundings {
  const { clock } = options;
  const clocked = timersOf(options);
  const random = randomOf(options);
  const origin = clock.now();
  const performance = { now: () => clock.now() - origin, timeOrigin: origin, mark: () => undefined };
  const hrtime = Object.assign((): [number, number] => [Math.floor(clock.now() / 1000), (clock.now() % 1000) * 1e6], {
    bigint: () => BigInt(Math.floor(clock.now())) * 1_000_000n,
  });
  const shell: Record<string, unknown> = Object.create(process) as Record<string, unknown>;
  Object.defineProperties(shell, {
    env: { value: { ...options.variables }, writable: true },
    hrtime: { value: hrtime },
    uptime: { value: () => performance.now() / 1000 },
    exit: { value: (status = 0) => options.exit(status) },
    on: { value: () => shell },
    once: { value: () => shell },
    emitWarning: { value: () => undefined },
  });
  const globals: Record<string, unknown> = {
    Date: dateOf(clock),
    Math: Object.defineProperty(Object.create(Math), "random", { value: options.random }),
    console: consoleOf(options),
    process: shell,
    performance,
    crypto: random["webcrypto"],
    fetch: options.fetch,
    ...clocked.globals,
  };
  const whole = Object.create(globalThis) as Record<string, unknown>;
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(whole, name, { value, writable: true });
  globals["globalThis"] = whole;
  globals["global"] = whole;
  return { globals, sleep: clocked.sleep, random };
}

function dateOf(clock: Clock): DateConstructor {
  class ClockDate extends Date {
    constructor(...parts: unknown[]) {
      if (parts.length === 0) super(clock.now());
      else super(...(parts as [number]));
    }
    static override now(): number {
      return clock.now();
    }
  }
  Object.defineProperty(ClockDate, "name", { value: "Date" });
  return ClockDate as unknown as DateConstructor;
}

function timersOf(options: SurroundingsOptions): {
  readonly globals: Readonly<Record<string, unknown>>;
  readonly sleep: Surroundings["sleep"];
} {
  const { clock, timers } = options;
  type Run = (...args: unknown[]) => void;
  class ClockTimeout {
    private timer: Timer | undefined;
    constructor(
      private readonly run: () => void,
      private readonly delay: number,
      private readonly repeats: boolean,
    ) {
      this.arm();
    }
    private arm(): void {
      const timer = clock.setTimer(this.delay, () => {
        timers.delete(timer);
        if (this.repeats) this.arm();
        options.enter(this.run);
      });
      this.timer = timer;
      timers.add(timer);
    }
    cancel(): void {
      this.timer?.cancel();
      if (this.timer) timers.delete(this.timer);
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
      this.cancel();
      this.arm();
      return this;
    }
    close(): this {
      this.cancel();
      return this;
    }
  }
  /** A turn of the event loop: needs no time of the cloud. */
  class Turn {
    cancelled = false;
    constructor(run: () => void) {
      void options.pending(
        new Promise<void>((resolve) =>
          setImmediate(() => {
            if (!this.cancelled) options.enter(run);
            resolve();
          }),
        ),
      );
    }
    cancel(): void {
      this.cancelled = true;
    }
    unref(): this {
      return this;
    }
    ref(): this {
      return this;
    }
  }
  const later = (run: Run, delay = 0, ...args: unknown[]): ClockTimeout | Turn =>
    delay > 1 ? new ClockTimeout(() => run(...args), delay, false) : new Turn(() => run(...args));
  const clear = (timer: unknown): void => {
    if (timer instanceof ClockTimeout || timer instanceof Turn) timer.cancel();
  };
  const sleep = (delay = 0, value?: unknown): Promise<unknown> =>
    new Promise((resolve) => later(() => resolve(value), delay));
  Object.defineProperty(later, promisify.custom, { value: sleep });
  return {
    sleep,
    globals: {
      setTimeout: later,
      setInterval: (run: Run, delay = 0, ...args: unknown[]) =>
        new ClockTimeout(() => run(...args), Math.max(2, delay), true),
      setImmediate: (run: Run, ...args: unknown[]) => new Turn(() => run(...args)),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    },
  };
}

function randomOf(options: SurroundingsOptions): Readonly<Record<string, unknown>> {
  const byte = (): number => Math.floor(options.random() * 256);
  const fill = <T extends ArrayBufferView>(view: T): T => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = byte();
    return view;
  };
  const randomBytes = (size: number, done?: (error: null, bytes: Buffer) => void): Buffer | undefined => {
    const bytes = fill(Buffer.alloc(size));
    if (!done) return bytes;
    process.nextTick(() => options.enter(() => done(null, bytes)));
    return undefined;
  };
  const randomUUID = (): crypto.UUID => {
    const bytes = fill(Buffer.alloc(16));
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
  const randomInt = (low: number, high?: number): number => {
    const [from, to] = high === undefined ? [0, low] : [low, high];
    return from + Math.floor(options.random() * (to - from));
  };
  // The thread pool does the work of subtle; the scheduler waits for it, so that its order does not show.
  const subtle = new Proxy(crypto.webcrypto.subtle, {
    get: (target, name) => {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => options.pending(Promise.resolve(Reflect.apply(member, target, args) as unknown));
    },
  });
  // With a callback these two use the thread pool; at once, and told a tick later, their order is fixed.
  const atOnce =
    (work: (...args: never[]) => unknown) =>
    (...args: unknown[]): unknown => {
      const done = args.at(-1);
      if (typeof done !== "function") return Reflect.apply(work, crypto, args) as unknown;
      let outcome: [unknown, unknown?];
      try {
        outcome = [null, Reflect.apply(work, crypto, args.slice(0, -1)) as unknown];
      } catch (error) {
        outcome = [error];
      }
      process.nextTick(() => options.enter(() => Reflect.apply(done, undefined, outcome) as unknown));
      return undefined;
    };
  return {
    sign: atOnce(crypto.sign),
    verify: atOnce(crypto.verify),
    randomBytes,
    randomUUID,
    randomInt,
    randomFillSync: fill,
    getRandomValues: fill,
    subtle,
    webcrypto: { subtle, getRandomValues: fill, randomUUID, CryptoKey: crypto.webcrypto.CryptoKey },
  };
}

function consoleOf(options: SurroundingsOptions): Console {
  const levels = { log: "INFO", info: "INFO", warn: "WARN", error: "ERROR", debug: "DEBUG", trace: "TRACE" } as const;
  const made = Object.create(console) as Console;
  for (const [method, level] of Object.entries(levels)) {
    const write = (...args: unknown[]): void =>
      options.line({ time: options.clock.now(), level, message: format(...args) });
    Object.defineProperty(made, method, { value: write });
  }
  return made;
}
