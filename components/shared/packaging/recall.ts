import * as parser from "@pulumi/pulumi/runtime/closure/parseFunction";
import * as v8 from "@pulumi/pulumi/runtime/closure/v8";
import { inspect, type Location } from "./inspect";
import { noteGlobals } from "./well-known";

/**
 * What Pulumi's serializer asks again for each function that it meets, answered from what was found the first time. It
 * serializes each function by itself, so that helpers which all handlers share are looked at dozens of times, each of
 * their variables by three requests to the inspector, each of their values held against every module that is loaded.
 * That was most of the time of a start; the answers are the same.
 */
interface Asked {
  getFunctionLocationAsync: (this: void, fn: object) => Promise<Location>;
  lookupCapturedVariableValueAsync: (this: void, fn: object, name: string, throwOnFailure: boolean) => Promise<unknown>;
}

type Parse = (text: string) => unknown;

const parsed = new Map<string, unknown>();
let installed = false;

/** Puts itself between the serializer and what it asks; once for the process. */
export function recall(): void {
  if (installed) return;
  installed = true;
  const asked = v8 as unknown as Asked;
  const { getFunctionLocationAsync, lookupCapturedVariableValueAsync } = asked;
  asked.getFunctionLocationAsync = async (fn) => {
    noteGlobals();
    return inspect(fn)?.location ?? getFunctionLocationAsync(fn);
  };
  asked.lookupCapturedVariableValueAsync = async (fn, name, throwOnFailure) => {
    const known = inspect(fn);
    for (let i = 0; known && i < known.scopes.length; i++) {
      const variables = known.scopes[i]?.object;
      if (variables && name in variables) return variables[name];
    }
    if (known && !throwOnFailure) return undefined;
    return lookupCapturedVariableValueAsync(fn, name, throwOnFailure);
  };
  const parsing = parser as unknown as { parseFunction: Parse };
  const { parseFunction } = parsing;
  parsing.parseFunction = (text) => {
    if (!parsed.has(text)) parsed.set(text, parseFunction(text));
    return parsed.get(text);
  };
}

/**
 * Runs one serialization in which the serializer, looking for the module that a value is, is led to the modules that
 * the serialization has met, instead of through all that are loaded.
 * @param files of the loaded modules, by what they export.
 * @param run is given a function to be told each value that is met.
 */
export async function amongModules<T>(
  files: ReadonlyMap<unknown, string>,
  run: (meet: (value: unknown) => void) => Promise<T>,
): Promise<T> {
  recall();
  const met = new Set<string>();
  const meet = (value: unknown): void => {
    const file = files.get(value);
    if (file !== undefined) met.add(file);
  };
  const asked = v8 as unknown as Asked;
  const lookup = asked.lookupCapturedVariableValueAsync;
  asked.lookupCapturedVariableValueAsync = async (...question) => {
    const value = await lookup(...question);
    meetBoth(value, meet);
    return value;
  };
  const before = Object.getOwnPropertyDescriptor(Object, "keys");
  const keys = Object.keys.bind(Object);
  Object.keys = (object: object) => (object === require.cache ? [...met] : keys(object));
  try {
    return await run((value) => meetBoth(value, meet));
  } finally {
    if (before) Object.defineProperty(Object, "keys", before);
    asked.lookupCapturedVariableValueAsync = lookup;
  }
}

/** A namespace that TypeScript made around a module stands for it. */
function meetBoth(value: unknown, meet: (value: unknown) => void): void {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return;
  meet(value);
  if ("default" in value) meet(value.default);
}
