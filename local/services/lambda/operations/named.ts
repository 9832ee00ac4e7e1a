import { AwsError } from "../../../aws-error";
import type { Json } from "../../../service";
import { constraint } from "../constraint";
import type { LambdaEngine } from "../engine";
import { latest, partsOf, type LambdaFunction } from "../function";

/** What a request names: a function, and a version or alias of it. */
export interface Named {
  readonly name: string;
  /** Without the qualifier. */
  readonly arn: string;
  /** As given, in the name or beside it. */
  readonly qualifier: string | undefined;
}

const namePattern =
  "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";

/** Takes the name of a request apart; the function may not exist. @throws AwsError as AWS does before it looks for it. */
export function namedBy(engine: LambdaEngine, input: Json): Named {
  const reference = String(input["FunctionName"]);
  const given = input["Qualifier"] as string | undefined;
  if (!/^[\w:$.-]+$/.test(reference))
    throw constraint("functionName", reference, `satisfy regular expression pattern: ${namePattern}`);
  if (given !== undefined && !/^[a-zA-Z0-9$_-]*$/.test(given))
    throw constraint("qualifier", given, "satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)");
  const { name, qualifier: derived, region } = partsOf(reference);
  if (region !== undefined && region !== engine.cloud.region)
    throw missing(`Functions from '${region}' are not reachable in this region ('${engine.cloud.region}')`);
  if (derived !== undefined && given !== undefined && derived !== given)
    throw new AwsError(
      "InvalidParameterValueException",
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
  const arn = engine.functions.get(name)?.arn ?? engine.cloud.arn("lambda", `function:${name}`);
  return { name, arn, qualifier: derived ?? (given || undefined) };
}

/** The function that a request names. @throws AwsError ResourceNotFoundException, for another version than `$LATEST` too. */
export function functionOf(engine: LambdaEngine, { name, arn, qualifier }: Named): LambdaFunction {
  const fn = engine.functions.get(name);
  if (fn && (qualifier === undefined || qualifier === latest)) return fn;
  throw missing(`Function not found: ${arn}${qualifier === undefined ? "" : `:${qualifier}`}`);
}

export function missing(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message, 404);
}
