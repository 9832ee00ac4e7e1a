import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam";
import { type Bundle, bundleText, withBuilders } from "./bundle";
import { archiveSha, cached } from "./cache";
import { capture } from "./capture";
import type { Printed } from "./draft";
import { VariableNames } from "./environment";
import { PackagingError } from "./errors";
import { printModule } from "./print";
import type { AnyFactory } from "./refusals";
import { serially } from "./serially";
import { UnprintableError } from "./usage";

export { BUNDLE_OPTIONS, type Bundle, handBundle, keepBuilders } from "./bundle";
export { archiveSha, cacheFolder, codeFile, sourceMapOf } from "./cache";
export { PackagingError } from "./errors";
export { physicalNameOf } from "./function-name";
export { environmentOf, MAX_ENVIRONMENT_BYTES } from "./environment";
export { withGrants } from "./grants";
export { mapStack } from "./stack";
export { mergeStatements } from "./statements";

/** A function, ready to be uploaded. */
export interface Packaged {
  /** Text of `index.js`, the only file of the archive; exports `handler`. Depends on source and plain data only. */
  readonly code: string;
  /** SHA-256 of `code`, hexadecimal: finds the source map. */
  readonly sha: string;
  /** Captured outputs by the environment variable from which the code reads each. */
  readonly outputs: Readonly<Record<string, pulumi.Output<unknown>>>;
  /** Statements that the captured clients bring, without repetition. */
  readonly statements: readonly Statement[];
}

/** A serialized function before it is bundled. */
export interface Serialized {
  readonly printed: Printed;
  readonly outputs: Readonly<Record<string, pulumi.Output<unknown>>>;
  readonly statements: readonly Statement[];
  /** Files of the captured modules, by the specifier that the text imports. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Serializes a factory: one module without `with` blocks, outputs lifted into environment variables.
 * @param component names the function in errors.
 * @param ownVariables names of the function's own environment variables, which lifted outputs must not take.
 * @throws PackagingError when the factory captures what a function in Lambda cannot have.
 */
export async function serialize(
  component: string,
  factory: AnyFactory,
  ownVariables: Iterable<string> = [],
): Promise<Serialized> {
  const { graph, session, grants } = await serially(() => capture(component, factory));
  const names = new VariableNames(ownVariables);
  const printed = printOrRefuse(component, () => printModule(graph, (path) => names.choose(path)));
  const outputs: Record<string, pulumi.Output<unknown>> = {};
  for (const [name, marker] of printed.variables) {
    const output = session.outputs.get(marker);
    if (!output) throw new Error(`no output is known for the variable ${name} of ${component}`);
    outputs[name] = output;
  }
  const files = new Map<string, string>();
  for (const [specifier, path] of printed.imports) {
    const file = session.modules.get(path);
    if (!file) throw new Error(`no file is known for the module ${path} that ${component} captures`);
    files.set(specifier, file);
  }
  return { printed, outputs, files, statements: distinct(grants.flatMap((grant) => grant())) };
}

/** Packages a factory: serializes it and bundles it into one file, from the cache where nothing has changed. */
export async function packageFunction(
  component: string,
  factory: AnyFactory,
  ownVariables: Iterable<string> = [],
): Promise<Packaged> {
  return withBuilders(async () => {
    const { printed, outputs, files, statements } = await serialize(component, factory, ownVariables);
    const code = await cached(printed, files, () => bundleOrRefuse(component, printed, files));
    return { code, sha: archiveSha(code), outputs, statements };
  });
}

function printOrRefuse(component: string, print: () => Printed): Printed {
  try {
    return print();
  } catch (error) {
    if (!(error instanceof UnprintableError)) throw error;
    throw new PackagingError(
      component,
      "handler",
      `a function that ${error.message}`,
      "functions that stand alone and only read what they capture",
      error.fix,
      { cause: error },
    );
  }
}

async function bundleOrRefuse(
  component: string,
  printed: Printed,
  files: ReadonlyMap<string, string>,
): Promise<Bundle> {
  try {
    return await bundleText({ text: printed.text, files });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new PackagingError(
      component,
      "handler",
      `text that cannot be bundled (${message.replace(/\s*\n\s*/g, " ").slice(0, 600)})`,
      "functions that use installed modules by name",
      "Import what the handler needs at the top of its module.",
      { cause: error },
    );
  }
}

function distinct(statements: readonly Statement[]): Statement[] {
  const seen: Statement[] = [];
  for (const statement of statements) if (!seen.includes(statement)) seen.push(statement);
  return seen;
}
