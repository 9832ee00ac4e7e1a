import type { Unpacked } from "./code";

/** A function as declared, in the units of the API. */
export interface FunctionSettings {
  readonly name: string;
  readonly role: string;
  readonly handler: string;
  readonly runtime: string;
  readonly description: string;
  /** MB, 128 to 10,240. @default 128 */
  readonly memorySize: number;
  /** Seconds, 1 to 900. @default 3 */
  readonly timeout: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly kmsKeyArn: string | undefined;
  readonly architectures: readonly string[];
  readonly tracing: "Active" | "PassThrough";
  readonly logFormat: "Text" | "JSON";
  readonly logGroup: string;
  readonly applicationLogLevel: string | undefined;
  readonly systemLogLevel: string | undefined;
  readonly deadLetterArn: string | undefined;
  readonly layers: readonly string[];
}

/** What follows asynchronous invocations, as `FunctionEventInvokeConfig` sets it. */
export interface AsyncSettings {
  /** 0 to 2. @default 2 */
  readonly maximumRetryAttempts: number;
  /** Seconds, 60 to 21,600. @default 21600 */
  readonly maximumEventAgeInSeconds: number;
  readonly onSuccess: string | undefined;
  readonly onFailure: string | undefined;
}

export const defaultAsync: AsyncSettings = {
  maximumRetryAttempts: 2,
  maximumEventAgeInSeconds: 21_600,
  onSuccess: undefined,
  onFailure: undefined,
};

/** The `FunctionEventInvokeConfig` that was declared; members that were not given stay out of answers. */
export interface EventInvokeConfig {
  readonly maximumRetryAttempts: number | undefined;
  readonly maximumEventAgeInSeconds: number | undefined;
  /** ms since the epoch. */
  readonly lastModified: number;
}

/** A function that exists. */
export interface LambdaFunction {
  readonly arn: string;
  settings: FunctionSettings;
  code: Unpacked;
  /** Rises with each change of code or configuration. */
  revision: number;
  /** ms since the epoch. */
  lastModified: number;
  /** 0 disables the function; undefined leaves it to the account. */
  reserved: number | undefined;
  async: AsyncSettings;
  /** Undefined while none is declared: AWS's defaults hold then. */
  eventInvokeConfig?: EventInvokeConfig | undefined;
  /** Invocations that run or wait for an environment. */
  inFlight: number;
}

/** Name of the stack-independent version: nothing else is published locally. */
export const latest = "$LATEST";

/** What a reference to a function says. */
export interface ReferenceParts {
  readonly name: string;
  readonly qualifier: string | undefined;
  readonly region: string | undefined;
}

/** Takes a name, an ARN, a partial ARN or a name with a qualifier apart. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function partsOf(reference: string): ReferenceParts {
  const parts = /^(?:arn:[^:]+:lambda:([^:]*):[^:]*:function:|\d{12}:function:|function:)?([^:]+)(?::([^:]+))?$/.exec(
    reference,
  );
  return { name: parts?.[2] ?? reference, qualifier: parts?.[3], region: parts?.[1] };
}

/** The name in a reference to a function. */
export function nameOf(reference: string): string {
  return partsOf(reference).name;
}
