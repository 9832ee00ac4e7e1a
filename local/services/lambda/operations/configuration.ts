import { createHash } from "node:crypto";
import type { Json } from "../../../service";
import { latest, type LambdaFunction } from "../function";

/** How much of a function is asked for, and under which ARN. */
export interface View {
  /** `$LATEST` where the request named it: then the ARN ends in it. */
  readonly qualifier?: string | undefined;
  /** Lists tell neither states nor the runtime's version. https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
  readonly listed?: boolean;
  /** The answer to a change tells that it is under way; it is done when the function is asked for next. */
  readonly changing?: boolean;
}

/** The `FunctionConfiguration` shape. */
export function configurationOf(fn: LambdaFunction, view: View = {}): Json {
  const { settings } = fn;
  return {
    FunctionName: settings.name,
    FunctionArn: view.qualifier === undefined ? fn.arn : `${fn.arn}:${view.qualifier}`,
    Runtime: settings.runtime,
    Role: settings.role,
    Handler: settings.handler,
    CodeSize: fn.code.size,
    CodeSha256: fn.code.sha256,
    Description: settings.description,
    Timeout: settings.timeout,
    MemorySize: settings.memorySize,
    LastModified: new Date(fn.lastModified).toISOString().replace("Z", "+0000"),
    Version: latest,
    ...(Object.keys(settings.variables).length === 0 ? {} : { Environment: { Variables: settings.variables } }),
    ...(settings.kmsKeyArn === undefined ? {} : { KMSKeyArn: settings.kmsKeyArn }),
    ...(settings.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: settings.deadLetterArn } }),
    ...(settings.layers.length === 0 ? {} : { Layers: settings.layers.map((Arn) => ({ Arn, CodeSize: 0 })) }),
    TracingConfig: { Mode: settings.tracing },
    RevisionId: revisionOf(fn),
    ...(view.listed ? {} : stateOf(fn, view.changing === true)),
    PackageType: "Zip",
    Architectures: settings.architectures,
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    LoggingConfig: loggingOf(fn),
  };
}

/** Changes with every change of the function, and is the same as long as nothing changes. */
export function revisionOf(fn: LambdaFunction): string {
  return uuidOf(`${fn.arn} ${fn.revision}`);
}

/** Changes with the function's resource policy. */
export function policyRevisionOf(fn: LambdaFunction, policy: Json): string {
  return uuidOf(`${fn.arn} ${JSON.stringify(policy)}`);
}

function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

function stateOf(fn: LambdaFunction, changing: boolean): Json {
  const runtime = createHash("sha256").update(fn.settings.runtime).digest("hex");
  return {
    State: "Active",
    ...(changing
      ? {
          LastUpdateStatus: "InProgress",
          LastUpdateStatusReason: "The function is being created.",
          LastUpdateStatusReasonCode: "Creating",
        }
      : { LastUpdateStatus: "Successful" }),
    RuntimeVersionConfig: { RuntimeVersionArn: `arn:aws:lambda:${fn.arn.split(":")[3]}::runtime:${runtime}` },
  };
}

/** Levels are there for the JSON format only, INFO unless declared. https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html */
function loggingOf({ settings }: LambdaFunction): Json {
  return {
    LogFormat: settings.logFormat,
    ...(settings.logFormat === "JSON"
      ? {
          ApplicationLogLevel: settings.applicationLogLevel ?? "INFO",
          SystemLogLevel: settings.systemLogLevel ?? "INFO",
        }
      : {}),
    LogGroup: settings.logGroup,
  };
}
