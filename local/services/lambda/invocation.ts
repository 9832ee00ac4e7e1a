/** Why and with what a function is invoked. */
export interface Invocation {
  /** JSON text. */
  readonly payload: string;
  /** @default a new one */
  readonly requestId?: string;
  /** Members for the trace event: the event source, the batch size. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: number;
}

export interface Outcome {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** `Unhandled` when the function failed. */
  readonly functionError: "Unhandled" | undefined;
  /** The last 4 KB of the invocation's log. */
  readonly logTail: string;
  /** `seq` of the invocation's trace event. */
  readonly seq: number;
}
