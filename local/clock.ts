/** The one time of the cloud. Services, workers and timers ask it and nothing else. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `action` once, `delayMs` from now; what it does counts as work in flight. */
  setTimer(delayMs: number, action: () => unknown): Timer;
  /** Marks `work` as in flight: a virtual clock does not move on before it has ended. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Waits, inside tracked work, for something that only time can bring (a long poll, a function that sleeps). */
  idle<T>(wait: Promise<T>): Promise<T>;
  /** Ends all timers; nothing fires afterwards. */
  close(): void;
}

export interface Timer {
  cancel(): void;
}

/** Wall-clock time, for `npm run local`. */
export class RealClock implements Clock {
  private readonly timers = new Set<NodeJS.Timeout>();

  now(): number {
    return Date.now();
  }

  setTimer(delayMs: number, action: () => unknown): Timer {
    // setTimeout overflows beyond 2^31-1 ms and would fire at once, so long waits are taken in hops.
    const longest = 2 ** 31 - 1;
    const due = Date.now() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      handle = setTimeout(
        () => {
          this.timers.delete(handle);
          if (Date.now() < due) arm();
          else void action();
        },
        Math.min(Math.max(0, due - Date.now()), longest),
      );
      this.timers.add(handle);
    };
    arm();
    return {
      cancel: () => {
        clearTimeout(handle);
        this.timers.delete(handle);
      },
    };
  }

  track<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  idle<T>(wait: Promise<T>): Promise<T> {
    return wait;
  }

  close(): void {
    for (const handle of this.timers) clearTimeout(handle);
    this.timers.clear();
  }
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly action: () => unknown;
  cancelled: boolean;
}

/** Time that stands still until a test moves it; between two timers it waits until all work has ended. */
export class VirtualClock implements Clock {
  private current: number;
  private order = 0;
  private inFlight = 0;
  private readonly heap: Due[] = [];
  private waiting: (() => void)[] = [];

  /** @param start milliseconds since the epoch; 2026-01-01T00:00:00Z by default. */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.current = start;
  }

  now(): number {
    return this.current;
  }

  setTimer(delayMs: number, action: () => unknown): Timer {
    // Whole milliseconds, as every clock tells them: what stamps an id or a record with the time refuses fractions.
    const at = this.current + Math.max(0, Math.ceil(delayMs));
    const due: Due = { at, order: this.order++, action, cancelled: false };
    this.push(due);
    return { cancel: () => (due.cancelled = true) };
  }

  async track<T>(work: Promise<T>): Promise<T> {
    this.inFlight++;
    try {
      return await work;
    } finally {
      this.ended();
    }
  }

  async idle<T>(wait: Promise<T>): Promise<T> {
    this.ended();
    try {
      return await wait;
    } finally {
      this.inFlight++;
    }
  }

  /** Moves time forward by `ms`, firing every timer on the way in order, each when the work before it has ended. */
  async advance(ms: number): Promise<void> {
    const target = this.current + ms;
    await this.settle();
    for (;;) {
      const next = this.peek();
      if (!next || next.at > target) break;
      this.pop();
      this.current = Math.max(this.current, next.at);
      await this.fire(next);
    }
    this.current = Math.max(this.current, target);
  }

  /** Moves time from timer to timer until `fact` holds, at most `limitMs`; resolves to whether it came to hold. */
  async advanceUntil(fact: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
    const limit = this.current + limitMs;
    await this.settle();
    while (!(await fact())) {
      const next = this.peek();
      if (!next || next.at > limit) {
        this.current = limit;
        return fact();
      }
      this.pop();
      this.current = Math.max(this.current, next.at);
      await this.fire(next);
    }
    return true;
  }

  /** Resolves when no work is in flight and nothing new was started by what just ended. */
  async settle(): Promise<void> {
    do {
      if (this.inFlight > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
      await new Promise<void>((resolve) => setImmediate(resolve));
    } while (this.inFlight > 0);
  }

  close(): void {
    this.heap.length = 0;
  }

  private ended(): void {
    this.inFlight--;
    if (this.inFlight > 0) return;
    const waiting = this.waiting;
    this.waiting = [];
    for (const resume of waiting) resume();
  }

  private async fire(due: Due): Promise<void> {
    const result = due.action();
    if (result instanceof Promise) await this.track(result);
    await this.settle();
  }

  private before(a: Due, b: Due): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  private push(due: Due): void {
    const heap = this.heap;
    heap.push(due);
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.before(heap[i]!, heap[parent]!)) break;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  }

  private peek(): Due | undefined {
    while (this.heap[0]?.cancelled) this.pop();
    return this.heap[0];
  }

  private pop(): void {
    const heap = this.heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (left < heap.length && this.before(heap[left]!, heap[least]!)) least = left;
      if (right < heap.length && this.before(heap[right]!, heap[least]!)) least = right;
      if (least === i) return;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }
}
