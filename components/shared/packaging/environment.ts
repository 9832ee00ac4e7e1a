import * as pulumi from "@pulumi/pulumi";
import { PackagingError } from "./errors";

/** All variables of a function together, names and values. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_ENVIRONMENT_BYTES = 4_096;

/** Names that the Lambda runtime or the shell gives a meaning to. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED = /^(AWS_.*|LAMBDA_.*|NODE_.*|LD_.*|PATH|HOME|LANG|TZ|SHELL|USER|PWD|HOSTNAME|DEBUG|_HANDLER)$/;

/** Chooses names of environment variables: `settings.tableName` becomes SETTINGS_TABLE_NAME, a second one …_2. */
export class VariableNames {
  private readonly taken: Set<string>;

  /** @param taken names that the function's own environment uses. */
  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  /** The variable for a captured output, given the path of names by which it was captured. */
  choose(path: readonly string[]): string {
    const words = path.map((part) =>
      part
        .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
        .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
        .replace(/[^A-Za-z0-9]+/g, "_"),
    );
    let base = words
      .join("_")
      .replace(/^[^A-Za-z]+|_+$/g, "")
      .replace(/_{2,}/g, "_")
      .toUpperCase();
    if (base.length < 2 || RESERVED.test(base)) base = base ? `${base}_OUTPUT` : "OUTPUT";
    // A prefix of the runtime's own names stays one whatever follows it.
    if (RESERVED.test(base)) base = `OUTPUT_${base}`;
    let name = base;
    for (let i = 2; this.taken.has(name); i++) name = `${base}_${i}`;
    this.taken.add(name);
    return name;
  }
}

/** How a value is written into a variable: text as it is, anything else as JSON behind a mark. */
function encodeVariable(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" && !value.startsWith("json:") ? value : `json:${JSON.stringify(value)}`;
}

/**
 * The environment of a function: its own variables and the values of captured outputs.
 * An output that is not known at preview leaves the environment unknown, and the code as it is.
 * @throws PackagingError (by the output) when an output is secret, or all is larger than Lambda allows.
 */
export function environmentOf(
  component: string,
  own: Readonly<Record<string, pulumi.Input<string>>>,
  lifted: Readonly<Record<string, pulumi.Output<unknown>>>,
): pulumi.Output<Record<string, string>> {
  const values = Object.entries(lifted).map(([name, output]) =>
    guarded(component, name, output).apply((value): [string, string | undefined] => [name, encodeVariable(value)]),
  );
  return pulumi.all([pulumi.output(own), pulumi.all(values)]).apply(([given, pairs]) => {
    const all: Record<string, string> = { ...given };
    for (const [name, value] of pairs) if (value !== undefined) all[name] = value;
    return checkSize(component, all);
  });
}

function guarded(component: string, name: string, output: pulumi.Output<unknown>): pulumi.Output<unknown> {
  return pulumi.output(
    pulumi.isSecret(output).then((secret) => {
      if (!secret) return output;
      throw new PackagingError(
        component,
        `captured output ${name}`,
        "a secret",
        "an output that anyone who may read the function's configuration may know",
        "Put it into Secrets Manager and read it in the handler.",
      );
    }),
  );
}

function checkSize(component: string, variables: Record<string, string>): Record<string, string> {
  const sizes = Object.entries(variables).map(([name, value]) => Buffer.byteLength(name) + Buffer.byteLength(value));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= MAX_ENVIRONMENT_BYTES) return variables;
  const largest = Object.entries(variables).sort((a, b) => b[1].length - a[1].length)[0]?.[0] ?? "";
  throw new PackagingError(
    component,
    "environment",
    `${total} bytes (the largest is ${largest})`,
    `at most ${MAX_ENVIRONMENT_BYTES} bytes in all variables`,
    "Capture fewer or shorter outputs, or keep the data in a table or a bucket.",
  );
}
