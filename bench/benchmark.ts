/** One figure of a benchmark: a count or a ratio within one run, never a time alone. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** What it must be, e.g. `<= 1.25`; empty for a figure that is only shown. */
  readonly bar: string;
  readonly ok: boolean;
  /** Whether it holds at any size, so that a small run is judged by it too. @default only whole runs are judged */
  readonly always?: boolean;
  readonly detail?: string;
}

export interface RunOptions {
  /** A small run that shows that the benchmark works; of its figures only those are judged that hold at any size. */
  readonly smoke: boolean;
  /** Arguments after the benchmark's name; none where it takes none. */
  readonly args: readonly string[];
}

export interface Benchmark {
  /** As `npm run bench -- <name>` takes it. */
  readonly name: string;
  readonly summary: string;
  /** The arguments that it takes, as the help text says them. @default none */
  readonly takes?: string;
  run(options: RunOptions): Promise<readonly Row[]>;
}

/** A wrong argument of a benchmark, which its user is told in one sentence. */
export class ArgumentError extends Error {}
