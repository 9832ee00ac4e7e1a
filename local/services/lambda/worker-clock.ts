import type * as CryptoModule from "node:crypto";
import type * as TimersModule from "node:timers";
import type * as TimersPromisesModule from "node:timers/promises";

/** The time of an environment. */
export interface WorkerClock {
  now(): number;
  /** Something goes on that needs no time of the cloud, or (with a virtual clock) a timer is set. */
  busy(): boolean;
  /** Looks whether the open invocation can go on without time, and tells if it cannot. */
  watch(fresh?: boolean): void;
  /** Time has moved: runs the timers that are due. */
  wake(): void;
}

/**
 * With a virtual clock the environment sees the cloud's time, and its timers wait for it; else nothing is replaced.
 * Handed to the worker as text, hence self-contained.
 * @param time the shared time in ms; undefined for the real one.
 * @param calls two 32-bit integers: the open calls that go on only when time does, and how many such have ended.
 * @param isOpen whether an invocation is running.
 * @param tell called when the invocation can go on only when time does, with the time of its next timer and the second
 * integer of `calls`, as it was before it looked.
 */
export function workerClock(
  req: NodeJS.Require,
  time: SharedArrayBuffer | undefined,
  calls: SharedArrayBuffer,
  isOpen: () => boolean,
  tell: (until: number | undefined, turn: number) => void,
): WorkerClock {
  const native = { setTimeout, setImmediate, clearTimeout, clearImmediate, Date };
  const clock = time ? new Float64Array(time) : undefined;
  const waiting = new Int32Array(calls);
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
      .filter((kind) => kind !== "MessagePort" && kind !== "Timeout" && kind !== "Immediate").length >
      Atomics.load(waiting, 0);
  const earliest = (): number | undefined => {
    let first: number | undefined;
    for (const timer of timers.values()) if (first === undefined || timer.due < first) first = timer.due;
    return first;
  };
  // While an invocation is open, look whether it can go on without time; if it cannot, the pool lets time pass.
  const watch = (fresh = false): void => {
    if (fresh) told = null;
    if (!clock || watching || !isOpen()) return;
    watching = true;
    const look = (idle: number): void => {
      if (!isOpen()) {
        watching = false;
        return;
      }
      const turn = Atomics.load(waiting, 1);
      if (busy()) native.setTimeout(() => look(0), 2);
      else if (idle < 3) native.setImmediate(() => look(idle + 1));
      else {
        const until = earliest();
        if (told !== until) {
          told = until;
          tell(until, turn);
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
    RealDate.prototype.constructor = VirtualDate;
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
    // Turns of the event loop show in no list either, or look like those of the watch: they are counted, too.
    const turns = new Set<unknown>();
    const turn = <T>(set: (run: () => void) => T, run: () => void): T => {
      const handle = set(() => {
        if (turns.delete(handle)) jobs--;
        run();
      });
      turns.add(handle);
      jobs++;
      return handle;
    };
    const endTurn = (handle: unknown): void => {
      if (turns.delete(handle)) jobs--;
    };
    const soon = (run: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate =>
      turn(native.setImmediate, () => run(...args));
    const clearSoon = (handle: unknown): void => {
      endTurn(handle);
      native.clearImmediate(handle as NodeJS.Immediate);
    };
    Object.defineProperty(soon, Symbol.for("nodejs.util.promisify.custom"), {
      value: (value?: unknown) => new Promise((resolve) => soon(() => resolve(value))),
    });
    const later = (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]): unknown =>
      // A wait of at most a millisecond is a turn of the event loop: it needs no time of the cloud.
      delay > 1 ? new ClockTimeout(() => run(...args), delay, false) : turn(native.setTimeout, () => run(...args));
    const repeat = (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]): unknown =>
      new ClockTimeout(() => run(...args), Math.max(1, delay), true);
    const clear = (timer: unknown): void => {
      if (timer instanceof ClockTimeout) timers.delete(timer.id);
      else if (typeof timer === "number" && timers.has(timer)) timers.delete(timer);
      else {
        endTurn(timer);
        native.clearTimeout(timer as NodeJS.Timeout);
      }
    };
    const sleep = (delay = 0, value?: unknown, options?: { signal?: AbortSignal }): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const timer = later(() => resolve(value), delay);
        options?.signal?.addEventListener("abort", () => {
          clear(timer);
          reject(options.signal!.reason as Error);
        });
      });
    Object.defineProperty(later, Symbol.for("nodejs.util.promisify.custom"), { value: sleep });
    const replaced = {
      setTimeout: later,
      setInterval: repeat,
      clearTimeout: clear,
      clearInterval: clear,
      setImmediate: soon,
      clearImmediate: clearSoon,
    };
    Object.assign(globalThis, replaced);
    Object.assign(req("node:timers") as typeof TimersModule, replaced);
    Object.assign(req("node:timers/promises") as typeof TimersPromisesModule, { setTimeout: sleep });
  }
  return { now, busy: () => busy() || timers.size > 0, watch, wake };
}
