/** What a runner needs to know of a function to run it. */
export interface FunctionCode {
  readonly name: string;
  /** Folder that holds the unpacked archive. */
  readonly root: string;
  /** e.g. `index.handler`. */
  readonly handler: string;
  /** MB. */
  readonly memorySize: number;
  /** Changes with code or configuration: environments of another revision take no new invocation. */
  readonly revision: number;
  /** Variables of a new environment, credentials included; called once per environment. */
  environment(environmentId: string): Readonly<Record<string, string>>;
  /** The environment has ended; its credentials with it. */
  ended(environmentId: string): void;
}

export interface RunRequest {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly functionArn: string;
  readonly logGroup: string;
  /** ms on the cloud's clock from the start of the handler. */
  readonly timeoutMs: number;
  /** X-Ray header of the invocation. */
  readonly traceId: string;
  /** The handler is about to start (or the environment, on a cold start) in this environment. */
  began(environmentId: string, coldStart: boolean): void;
  /** One line of console output. */
  line(line: LogLine): void;
}

export interface LogLine {
  /** ms since the epoch. */
  readonly time: number;
  readonly level: "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR";
  readonly message: string;
  /** Members that the JSON log format shows beside the message, of a logged error. */
  readonly error?: {
    readonly errorType: string;
    readonly errorMessage: string;
    readonly stackTrace: readonly string[];
  };
  /** A single logged object, which the JSON format keeps as an object. */
  readonly object?: unknown;
}

/** How one invocation ended. */
export interface RunResult {
  /** JSON text: the answer, or `{errorType, errorMessage, trace}`. */
  readonly payload: string;
  readonly failed: boolean;
  /** ms that the handler took. */
  readonly durationMs: number;
  /** ms that the cold start took, if there was one. */
  readonly initMs?: number;
  /** MB, as the REPORT line shows it. */
  readonly memoryUsed: number;
  readonly environmentId: string;
}

/** Runs functions from their archives. Knows nothing of roles, logs, retries or event sources. */
export interface FunctionRunner {
  /** Never rejects: a crash, a time-out and an error of the function are all results. Queues when all environments are taken. */
  invoke(code: FunctionCode, request: RunRequest): Promise<RunResult>;
  /** Ends the idle environments of a function, e.g. after new code; running ones end with their invocation. */
  retire(functionName: string): void;
  /** Kills an environment in the midst of what it does. */
  crash(environmentId: string): void;
  /** A call of the environment goes on only when time does; returns what ends that. For runners that cannot see it themselves. */
  waits?(environmentId: string): () => void;
  close(): Promise<void>;
}

/** The answer of an invocation that failed outside the function's own code. */
export function failure(errorType: string, errorMessage: string, trace?: readonly string[]): string {
  return JSON.stringify({ errorType, errorMessage, ...(trace === undefined ? {} : { trace }) });
}
