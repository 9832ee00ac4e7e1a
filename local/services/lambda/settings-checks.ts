import { AwsError } from "../../aws-error";
import { constraint, within } from "./constraint";
import type { FunctionSettings } from "./function";

/** Bytes of a function's files. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const unzippedLimit = 262_144_000;
/** Bytes of all variables, as JSON. */
const variablesLimit = 4_096;
const longestName = 64;

/** Variables that Lambda sets itself. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const reserved = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/** @throws AwsError ValidationException, InvalidParameterValueException for settings that AWS refuses at the deployment. */
export function checkSettings(settings: FunctionSettings): void {
  const { name, variables } = settings;
  if (name.length > longestName)
    throw constraint("functionName", name, `have length less than or equal to ${longestName}`);
  within("timeout", settings.timeout, 1, 900);
  within("memorySize", settings.memorySize, 128, 10_240);
  const keys = Object.keys(variables);
  if (keys.some((key) => !/^(?:[a-zA-Z]\w+|_HANDLER|_X_AMZN_TRACE_ID)$/.test(key)))
    throw new AwsError(
      "ValidationException",
      "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]",
    );
  const taken = keys.filter((key) => reserved.has(key));
  if (taken.length > 0)
    throw unconfigurable(
      `contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${taken.join(", ")}`,
    );
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > variablesLimit)
    throw unconfigurable(`exceeded the 4KB limit. String measured: ${measured}`);
}

/** @throws AwsError InvalidParameterValueException for more files than a function may have. */
export function checkCode(files: ReadonlyMap<string, Buffer>): void {
  const size = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  if (size < unzippedLimit) return;
  throw new AwsError("InvalidParameterValueException", `Unzipped size must be smaller than ${unzippedLimit} bytes`);
}

function unconfigurable(why: string): AwsError {
  return new AwsError(
    "InvalidParameterValueException",
    `Lambda was unable to configure your environment variables because the environment variables you have provided ${why}`,
  );
}
