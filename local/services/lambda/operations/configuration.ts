import type { Json } from "../../../service";
import { latest, type LambdaFunction } from "../function";

/** The `FunctionConfiguration` shape. */
export function configurationOf(fn: LambdaFunction): Json {
  const { settings } = fn;
  return {
    FunctionName: settings.name,
    FunctionArn: fn.arn,
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
    Environment: { Variables: settings.variables },
    ...(settings.kmsKeyArn === undefined ? {} : { KMSKeyArn: settings.kmsKeyArn }),
    ...(settings.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: settings.deadLetterArn } }),
    TracingConfig: { Mode: settings.tracing },
    RevisionId: String(fn.revision),
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: settings.architectures,
    EphemeralStorage: { Size: 512 },
    LoggingConfig: { LogFormat: settings.logFormat, LogGroup: settings.logGroup },
  };
}
