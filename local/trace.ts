import { AsyncLocalStorage } from "node:async_hooks";

/** What happened: an API call, a function's run, a frame, a state change, a refusal, an injected fault. */
export type TraceKind = "call" | "denied" | "fault" | "invoke" | "frame" | "mail" | "log" | "state" | "error";

export interface TraceEvent {
  /** Position in the trace, from 1. */
  readonly seq: number;
  /** Milliseconds since the epoch, on the cloud's clock. */
  readonly time: number;
  readonly kind: TraceKind;
  /** The service in whose name it happened, e.g. `dynamodb`. */
  readonly service: string;
  /** Operation, function, route or event name, e.g. `PutItem`. */
  readonly name: string;
  /** ARN of who did it. */
  readonly principal?: string;
  /** ARN of what it was done to. */
  readonly resource?: string;
  /** `seq` of the event that led to this one. */
  readonly cause?: number;
  /** AWS's error code, when it ended in one. */
  readonly error?: string;
  /** Consumed units by the name of a rate in `local/prices.json`, e.g. `{"dynamodb.wru": 1}`. */
  readonly units?: Readonly<Record<string, number>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

export type TraceInput = Omit<TraceEvent, "seq" | "time">;

/** The one record of everything; console, tests and cost counter read it. */
export class Trace {
  private readonly events: TraceEvent[] = [];
  private readonly listeners = new Set<(event: TraceEvent) => void>();
  private readonly causes = new AsyncLocalStorage<number>();
  private seq = 0;

  /**
   * @param now the cloud's clock.
   * @param capacity how many events are kept; the oldest go first. Listeners see all.
   */
  constructor(
    private readonly now: () => number,
    private readonly capacity = 200_000,
  ) {}

  emit(input: TraceInput): TraceEvent {
    const cause = input.cause ?? this.causes.getStore();
    const event: TraceEvent = {
      ...input,
      seq: ++this.seq,
      time: this.now(),
      ...(cause === undefined ? {} : { cause }),
    };
    this.events.push(event);
    if (this.events.length > this.capacity * 1.25) this.events.splice(0, this.events.length - this.capacity);
    for (const listener of this.listeners) listener(event);
    return event;
  }

  /** Everything emitted by `run`, also later and asynchronously, names `cause` as its cause. */
  because<T>(cause: TraceEvent | number, run: () => T): T {
    return this.causes.run(typeof cause === "number" ? cause : cause.seq, run);
  }

  on(listener: (event: TraceEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The kept events after position `seq`, oldest first. */
  since(seq = 0): readonly TraceEvent[] {
    const first = this.events.findIndex((event) => event.seq > seq);
    return first < 0 ? [] : this.events.slice(first);
  }

  get last(): number {
    return this.seq;
  }
}
