import { PackagingError } from "./errors";
import { refusalOf } from "./forbidden";
import type { FunctionInfo } from "./graph";
import { findCaptured, findShadowedGlobal } from "./where";

/** A factory as the packager takes it, whatever its handler's types. */
export type AnyFactory = () => unknown;

const EXPECTED = "plain data, plain functions, outputs and namespaces of modules";

const unshadowed = new WeakSet<object>();

/** The serializer takes a variable that is named like a global for the global, in silence. @throws PackagingError */
export async function forbidShadowedGlobals(component: string, functions: ReadonlySet<object>): Promise<void> {
  for (const fn of functions) {
    if (unshadowed.has(fn)) continue;
    const name = await findShadowedGlobal(fn);
    if (name !== undefined) {
      throw new PackagingError(
        component,
        `captured variable "${name}"`,
        "a variable named like a global of Node, which the serializer would use in its place",
        "another name",
        `Rename "${name}".`,
      );
    }
    unshadowed.add(fn);
  }
}

/** The serializer replaces a function that exists only while deploying by one that throws at run time. @throws PackagingError */
export function forbidDeploymentOnly(component: string, root: FunctionInfo): void {
  const seen = new Set<FunctionInfo>();
  const visit = (info: FunctionInfo): void => {
    if (seen.has(info)) return;
    seen.add(info);
    for (const [key, { entry }] of info.capturedValues) {
      const text = entry.json;
      if (
        key.json === "message" &&
        typeof text === "string" &&
        /^Function '.*' cannot be called at runtime/.test(text)
      ) {
        const name = /^Function '(.*)' cannot/.exec(text)?.[1] ?? "a function";
        throw new PackagingError(
          component,
          `captured function "${name}"`,
          "a function that exists only while deploying",
          EXPECTED,
          "Call it outside the handler and capture its result.",
        );
      }
      if (entry.function) visit(entry.function);
      for (const slot of entry.object?.env.values() ?? []) if (slot?.entry.function) visit(slot.entry.function);
    }
  };
  visit(root);
}

/** The error for a value that must not be captured; says by which variable it was. */
export async function refusal(component: string, factory: AnyFactory, value: unknown): Promise<PackagingError> {
  const place = await findCaptured(factory, value);
  const reason = refusalOf(value);
  const owner = place?.owner ? ` of function ${place.owner}` : "";
  return new PackagingError(
    component,
    place ? `captured variable "${place.path}"${owner}` : "captured value",
    reason?.got ?? "a value",
    EXPECTED,
    reason?.fix ?? "Make it inside the factory.",
  );
}

/** The error for what the serializer itself refused. */
export function unserializable(component: string, error: unknown): PackagingError {
  const message = error instanceof Error ? error.message : String(error);
  return new PackagingError(
    component,
    "captured value",
    `what cannot be serialized (${message.replace(/\s*\n\s*/g, " ").slice(0, 600)})`,
    EXPECTED,
    "Make it inside the factory.",
    { cause: error },
  );
}
