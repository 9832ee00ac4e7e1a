import { AsyncLocalStorage } from "node:async_hooks";
import * as serializerPackages from "@pulumi/pulumi/runtime/closure/package";
import type * as pulumi from "@pulumi/pulumi";

/** What one serialization has come across, by identity: the serializer's own result no longer knows it. */
export interface Session {
  /** Captured outputs by the marker that stands for their value. */
  readonly outputs: Map<string, pulumi.Output<unknown>>;
  /** Captured modules: the path that the serializer prints, and the file that it stands for. */
  readonly modules: Map<string, string>;
}

const current = new AsyncLocalStorage<Session>();
const markers = new WeakMap<object, string>();
let lastMarker = 0;
let restorePaths: (() => void) | undefined;

/** Runs one serialization; only what it calls, and nobody else, sees markers instead of the values of outputs. */
export function withSession<T>(session: Session, run: () => Promise<T>): Promise<T> {
  restorePaths ??= keepModulePaths();
  return current.run(session, run);
}

/**
 * Makes the serializer read a marker instead of waiting for the output's value. The output answers everyone else as
 * before: whether a call belongs to a serialization is told by its asynchronous context, so that other users of the
 * output, and other serializations that capture it, are not disturbed.
 */
export function markOutput(output: pulumi.Output<unknown>, session: Session): void {
  let marker = markers.get(output);
  if (marker === undefined) {
    marker = `\u0000output:${++lastMarker}`;
    markers.set(output, marker);
    shadow(output, marker);
  }
  session.outputs.set(marker, output);
}

interface OutputInternals {
  promise: (this: void, withUnknowns?: boolean) => Promise<unknown>;
  isSecret: Promise<boolean>;
}

function shadow(output: pulumi.Output<unknown>, marker: string): void {
  const internals = output as unknown as OutputInternals;
  const { promise, isSecret } = internals;
  if (typeof promise !== "function")
    throw new Error("an output without promise(): @pulumi/pulumi has changed its form");
  internals.promise = (withUnknowns) =>
    current.getStore()?.outputs.has(marker) ? Promise.resolve(marker) : promise(withUnknowns);
  // Whether an output is secret is known only with its value, and is checked where the value is: in the environment.
  Object.defineProperty(internals, "isSecret", {
    configurable: true,
    enumerable: true,
    get: () => (current.getStore()?.outputs.has(marker) ? Promise.resolve(false) : isSecret),
  });
}

/**
 * The serializer translates a module's file into a path of the package's `exports` map and throws where there is
 * none. The file itself is what the bundler needs, so that within a session its path is left as it is.
 */
function keepModulePaths(): () => void {
  const internals = serializerPackages as { getModuleFromPath: (this: void, path: string, ...rest: never[]) => string };
  const original = internals.getModuleFromPath;
  internals.getModuleFromPath = (path, ...rest) => (current.getStore() ? path : original(path, ...rest));
  return () => {
    internals.getModuleFromPath = original;
  };
}
