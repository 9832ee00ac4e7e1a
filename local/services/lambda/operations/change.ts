import { AwsError } from "../../../aws-error";
import type { Json } from "../../../service";
import { constraint, oneOf } from "../constraint";
import type { FunctionSettings, LambdaFunction } from "../function";
import { revisionOf } from "./configuration";

/** What UpdateFunctionConfiguration changes. @throws AwsError ValidationException, InvalidParameterValueException */
export function changeOf(input: Json): Partial<FunctionSettings> {
  const role = input["Role"] as string | undefined;
  if (role !== undefined && !/^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/.test(role))
    throw constraint(
      "role",
      role,
      "satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
    );
  const tracing = member(input, "TracingConfig")?.["Mode"];
  oneOf("tracingConfig.mode", tracing, ["Active", "PassThrough"]);
  const logging = member(input, "LoggingConfig");
  oneOf("loggingConfig.logFormat", logging?.["LogFormat"], ["JSON", "Text"]);
  const letters = member(input, "DeadLetterConfig");
  const members: [keyof FunctionSettings, unknown][] = [
    ["handler", input["Handler"]],
    ["runtime", input["Runtime"]],
    ["memorySize", input["MemorySize"]],
    ["timeout", input["Timeout"]],
    ["role", role],
    ["description", input["Description"]],
    ["kmsKeyArn", input["KMSKeyArn"]],
    ["variables", member(input, "Environment")?.["Variables"]],
    ["tracing", tracing],
    ["logFormat", logging?.["LogFormat"]],
    ["logGroup", logging?.["LogGroup"]],
    ["applicationLogLevel", logging?.["ApplicationLogLevel"]],
    ["systemLogLevel", logging?.["SystemLogLevel"]],
  ];
  return {
    ...Object.fromEntries(members.filter(([, value]) => value !== undefined)),
    // An empty configuration takes the queue away.
    ...(letters === undefined ? {} : { deadLetterArn: (letters["TargetArn"] as string | undefined) || undefined }),
    ...(input["KMSKeyArn"] === "" ? { kmsKeyArn: undefined } : {}),
  };
}

/** @throws AwsError PreconditionFailedException when the function has changed since the caller looked. */
export function requireRevision(fn: LambdaFunction, input: Json): void {
  if (input["RevisionId"] === undefined || input["RevisionId"] === revisionOf(fn)) return;
  throw new AwsError(
    "PreconditionFailedException",
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    412,
  );
}

function member(input: Json, name: string): Json | undefined {
  return input[name] as Json | undefined;
}
