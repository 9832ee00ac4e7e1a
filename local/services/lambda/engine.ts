import * as path from "node:path";
import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { FunctionsPort, Ports } from "../../ports";
import type { TraceEvent } from "../../trace";
import { unpackInto, type Files } from "./code";
import { defaultAsync, latest, nameOf, type FunctionSettings, type LambdaFunction } from "./function";
import type { Invocation, Outcome } from "./invocation";
import { framesOf, noteError } from "./logged-error";
import { applicationLine, endLines, startLine, type LogStyle } from "./log-format";
import { allowed, roleSession } from "./rights";
import type { FunctionCode, FunctionRunner, RunResult } from "./runner";
import { checkCode, checkSettings } from "./settings-checks";
import { Tracing } from "./tracing";

/** The account's limit of concurrent executions. https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
export const accountConcurrency = 1_000;

/** Bytes of a synchronous payload, request and response. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const syncPayloadLimit = 6 * 1024 * 1024;

/** Bytes of a synchronous response: AWS lets one be 100 bytes longer, and says so in its error. */
export const responsePayloadLimit = syncPayloadLimit + 100;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Functions, their environments, and everything around one run: role, variables, log, trace, metrics. */
export class LambdaEngine implements FunctionsPort {
  readonly functions = new Map<string, LambdaFunction>();
  /** Tags of functions and mappings, by ARN. */
  readonly tags = new Map<string, Readonly<Record<string, string>>>();
  /** For tests of faults: `repeat` lets a mapping lose the answer of a batch that succeeded, so that it comes again. */
  deliveryFault: ((site: { readonly mapping: string; readonly function: string }) => "repeat" | undefined) | undefined;
  /** Rewrites the frames of a function's stack trace for people. @default as V8 wrote them, lines of the archive */
  explain: (stack: string, codeRoot: string) => string = (stack) => stack;
  /** The account's quota, which AWS raises on request; a new account may have 10. */
  accountConcurrency = accountConcurrency;
  private readonly running = new Map<string, number>();
  private readonly environments = new Map<string, { accessKeyId: string; logStream: string; name: string }>();
  private readonly tracing: Tracing;
  private inFlight = 0;

  constructor(
    readonly cloud: Cloud,
    private runnerInUse: FunctionRunner,
  ) {
    this.tracing = new Tracing(cloud);
  }

  get runner(): FunctionRunner {
    return this.runnerInUse;
  }

  /** Puts another runner in the place of the present one, which ends. */
  async use(runner: FunctionRunner): Promise<void> {
    const before = this.runnerInUse;
    this.runnerInUse = runner;
    await before.close();
  }

  /** @throws AwsError ResourceNotFoundException */
  find(reference: string): LambdaFunction {
    const fn = this.functions.get(nameOf(reference));
    if (fn) return fn;
    const arn = this.cloud.arn("lambda", `function:${nameOf(reference)}`);
    throw new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, 404);
  }

  /** Makes a function, or changes the one of this name; connections and mappings stay. */
  put(settings: FunctionSettings, files: Files, reserved: number | undefined): LambdaFunction {
    const service = { type: "service", service: "lambda.amazonaws.com" } as const;
    if (!this.cloud.ports.iam.trusts(settings.role, service)) {
      throw new AwsError(
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
        400,
      );
    }
    checkSettings(settings);
    const code = this.unpack(settings.name, files);
    const before = this.functions.get(settings.name);
    const fn: LambdaFunction = before ?? {
      arn: this.cloud.arn("lambda", `function:${settings.name}`),
      settings,
      code,
      revision: 0,
      lastModified: this.cloud.clock.now(),
      reserved,
      async: defaultAsync,
      inFlight: 0,
    };
    fn.reserved = reserved;
    this.functions.set(settings.name, fn);
    this.change(fn, settings, code);
    return fn;
  }

  /** New code for a function: new invocations use it, open ones end on the old. */
  updateCode(name: string, files: Files): LambdaFunction {
    const fn = this.find(name);
    this.change(fn, fn.settings, this.unpack(fn.settings.name, files));
    return fn;
  }

  /** New configuration for a function. */
  configure(name: string, change: Partial<FunctionSettings>): LambdaFunction {
    const fn = this.find(name);
    const settings = { ...fn.settings, ...change };
    checkSettings(settings);
    this.change(fn, settings, fn.code);
    return fn;
  }

  remove(name: string): void {
    this.tags.delete(this.cloud.arn("lambda", `function:${name}`));
    this.functions.delete(name);
    this.runnerInUse.retire(name);
  }

  crash(environmentId: string): void {
    this.runnerInUse.crash(environmentId);
  }

  waits(environmentId: string): () => void {
    return this.runnerInUse.waits?.(environmentId) ?? (() => undefined);
  }

  causeOf(environmentId: string): number | undefined {
    return this.running.get(environmentId);
  }

  /**
   * Runs a function once and waits for its end. Rights are the caller's affair.
   * @throws AwsError TooManyRequestsException at the concurrency limit; AccessDeniedException, KMSAccessDeniedException
   * when the role or the key of its variables cannot be used.
   */
  async run(fn: LambdaFunction, invocation: Invocation): Promise<Outcome> {
    this.admit(fn);
    this.requireRights(fn);
    fn.inFlight++;
    this.inFlight++;
    try {
      return await this.execute(fn, invocation);
    } finally {
      fn.inFlight--;
      this.inFlight--;
    }
  }

  private unpack(name: string, files: Files): LambdaFunction["code"] {
    checkCode(files);
    return unpackInto(path.join(this.cloud.folder, "functions", name), files);
  }

  private change(fn: LambdaFunction, settings: FunctionSettings, code: LambdaFunction["code"]): void {
    // The same again changes nothing: warm environments stay when a program is evaluated anew.
    if (fn.revision > 0 && code.root === fn.code.root && JSON.stringify(settings) === JSON.stringify(fn.settings))
      return;
    fn.settings = settings;
    fn.code = code;
    fn.revision++;
    fn.lastModified = this.cloud.clock.now();
    this.runnerInUse.retire(settings.name);
  }

  private admit(fn: LambdaFunction): void {
    const limit = fn.reserved ?? this.accountConcurrency;
    if (fn.inFlight < limit && this.inFlight < this.accountConcurrency) return;
    this.metric(fn, "Throttles", 1);
    this.cloud.trace.emit({
      kind: "state",
      service: "lambda",
      name: fn.settings.name,
      error: "TooManyRequestsException",
      data: { throttled: true, limit },
    });
    throw new AwsError("TooManyRequestsException", "Rate Exceeded.", 429, {
      Reason:
        fn.reserved === undefined
          ? "ConcurrentInvocationLimitExceeded"
          : "ReservedFunctionConcurrentInvocationLimitExceeded",
      Type: "User",
    });
  }

  private requireRights(fn: LambdaFunction): void {
    const { iam } = this.cloud.ports;
    if (!iam.trusts(fn.settings.role, { type: "service", service: "lambda.amazonaws.com" })) {
      throw new AwsError(
        "AccessDeniedException",
        "The role defined for the function cannot be assumed by Lambda.",
        403,
      );
    }
    const key = fn.settings.kmsKeyArn;
    if (key === undefined || Object.keys(fn.settings.variables).length === 0) return;
    const context = {
      "kms:ViaService": `lambda.${this.cloud.region}.amazonaws.com`,
      "kms:EncryptionContext:aws:lambda:FunctionArn": fn.arn,
    };
    const role = roleSession(fn.settings.role, fn.settings.name);
    if (allowed(this.cloud, role, { action: "kms:Decrypt", resource: key, context })) return;
    throw new AwsError(
      "KMSAccessDeniedException",
      "Lambda was unable to decrypt the environment variables because KMS access was denied. " +
        "Please check the function's KMS key settings. KMS Exception: AccessDeniedException",
      502,
    );
  }

  private async execute(fn: LambdaFunction, invocation: Invocation): Promise<Outcome> {
    const { settings } = fn;
    const requestId = invocation.requestId ?? this.cloud.uuid();
    const style: LogStyle = {
      format: settings.logFormat,
      applicationLevel: settings.applicationLogLevel,
      systemLevel: settings.systemLogLevel,
    };
    const data: Record<string, unknown> = { requestId, ...invocation.data };
    const event = this.cloud.trace.emit({
      kind: "invoke",
      service: "lambda",
      name: settings.name,
      resource: fn.arn,
      ...(invocation.cause === undefined ? {} : { cause: invocation.cause }),
      data,
    });
    const traceId = this.tracing.traceId(requestId);
    const lines: string[] = [];
    const add = (line: string | undefined): void => {
      if (line !== undefined) lines.push(line);
    };
    let environment: string | undefined;
    let logStream = "";
    const result = await this.runnerInUse.invoke(this.codeOf(fn), {
      requestId,
      payload: invocation.payload,
      functionArn: fn.arn,
      logGroup: settings.logGroup,
      timeoutMs: settings.timeout * 1000,
      traceId: `Root=${traceId};Sampled=1`,
      began: (environmentId, coldStart) => {
        environment = environmentId;
        logStream = this.environments.get(environmentId)?.logStream ?? "";
        data["coldStart"] = coldStart;
        data["environmentId"] = environmentId;
        this.running.set(environmentId, event.seq);
        add(startLine(style, requestId, this.cloud.clock.now()));
      },
      line: (line) => {
        noteError(data, line, (stack) => this.explain(stack, fn.code.root));
        add(applicationLine(style, requestId, line));
      },
    });
    if (environment !== undefined && this.running.get(environment) === event.seq) this.running.delete(environment);
    const checked = limited(result);
    for (const line of endLines(style, requestId, this.cloud.clock.now(), settings.memorySize, checked)) add(line);
    this.report(fn, event, data, checked, { logStream, lines, traceId });
    return {
      requestId,
      payload: checked.payload,
      functionError: checked.failed ? "Unhandled" : undefined,
      logTail: Buffer.from(lines.map((line) => `${line}\n`).join(""))
        .subarray(-4096)
        .toString(),
      seq: event.seq,
    };
  }

  private report(
    fn: LambdaFunction,
    event: TraceEvent,
    data: Record<string, unknown>,
    result: RunResult,
    written: { readonly logStream: string; readonly lines: readonly string[]; readonly traceId: string },
  ): void {
    const { settings } = fn;
    const { durationMs, initMs } = result;
    Object.assign(data, { durationMs, ...(initMs === undefined ? {} : { initMs }) });
    const gigabyteSeconds = ((durationMs + (initMs ?? 0)) / 1000) * (settings.memorySize / 1024);
    const rate = `lambda.gbSecond.${settings.architectures[0] ?? "x86_64"}`;
    const error = result.failed ? errorType(result.payload) : undefined;
    if (error !== undefined) {
      // The invocation's own event began with it; what led where is only known now.
      (event as Mutable<TraceEvent>).error = error;
      const { errorMessage, trace = [] } = JSON.parse(result.payload) as { errorMessage?: string; trace?: string[] };
      data["errorMessage"] = errorMessage;
      if (trace.length > 0) data["stack"] = this.explain(framesOf(trace), fn.code.root);
    }
    this.cloud.trace.emit({
      kind: "state",
      service: "lambda",
      name: settings.name,
      resource: fn.arn,
      cause: event.seq,
      ...(error === undefined ? {} : { error }),
      units: { "lambda.request": 1, [rate]: gigabyteSeconds },
      data: { ...data, ended: true },
    });
    const role = roleSession(settings.role, settings.name);
    this.cloud.trace.because(event, () => {
      (this.cloud.ports as Partial<Ports>).logs?.write(role, settings.logGroup, written.logStream, written.lines);
      this.tracing.record(fn, { traceId: written.traceId, startedAt: event.time, failed: result.failed });
    });
    this.metric(fn, "Invocations", 1);
    this.metric(fn, "Errors", result.failed ? 1 : 0);
    this.metric(fn, "Duration", durationMs, "Milliseconds");
    this.metric(fn, "ConcurrentExecutions", fn.inFlight);
  }

  /** Adds one datum of `AWS/Lambda` for the function. */
  metric(fn: LambdaFunction, name: string, value: number, unit = "Count"): void {
    (this.cloud.ports as Partial<Ports>).metrics?.put(
      "AWS/Lambda",
      name,
      { FunctionName: fn.settings.name },
      value,
      unit,
    );
  }

  private codeOf(fn: LambdaFunction): FunctionCode {
    const { settings } = fn;
    return {
      name: settings.name,
      root: fn.code.root,
      handler: settings.handler,
      memorySize: settings.memorySize,
      revision: fn.revision,
      environment: (environmentId) => this.variables(fn, environmentId),
      ended: (environmentId) => {
        const ended = this.environments.get(environmentId);
        this.environments.delete(environmentId);
        this.running.delete(environmentId);
        if (ended) this.cloud.ports.iam.revoke(ended.accessKeyId);
      },
    };
  }

  private variables(fn: LambdaFunction, environmentId: string): Record<string, string> {
    const { cloud } = this;
    const { settings } = fn;
    fn.code.restore();
    const keys = cloud.ports.iam.issue(settings.role, settings.name, environmentId);
    const day = new Date(cloud.clock.now()).toISOString().slice(0, 10).replace(/-/g, "/");
    const logStream = `${day}/[${latest}]${environmentId.replace(/-/g, "")}`;
    this.environments.set(environmentId, { accessKeyId: keys.accessKeyId, logStream, name: settings.name });
    return {
      ...settings.variables,
      AWS_REGION: cloud.region,
      AWS_DEFAULT_REGION: cloud.region,
      AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: settings.name,
      AWS_LAMBDA_FUNCTION_VERSION: latest,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memorySize),
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: logStream,
      AWS_LAMBDA_LOG_FORMAT: settings.logFormat,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
      AWS_ENDPOINT_URL: cloud.endpoint,
      // No profile of the person at this machine may reach a function.
      AWS_CONFIG_FILE: path.join(fn.code.root, ".aws", "config"),
      AWS_SHARED_CREDENTIALS_FILE: path.join(fn.code.root, ".aws", "credentials"),
      AWS_EC2_METADATA_DISABLED: "true",
      LAMBDA_TASK_ROOT: fn.code.root,
      LAMBDA_RUNTIME_DIR: "/var/runtime",
      _HANDLER: settings.handler,
      TZ: ":UTC",
      LANG: "en_US.UTF-8",
      PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin",
      NODE_ENV: settings.variables["NODE_ENV"] ?? "production",
    };
  }
}

function limited(result: RunResult): RunResult {
  const size = Buffer.byteLength(result.payload);
  if (result.failed || size <= responsePayloadLimit) return result;
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${responsePayloadLimit} bytes).`;
  return {
    ...result,
    failed: true,
    payload: JSON.stringify({ errorMessage, errorType: "Function.ResponseSizeTooLarge" }),
  };
}

function errorType(payload: string): string {
  return (JSON.parse(payload) as { errorType?: string }).errorType ?? "Error";
}
