import * as serializer from "@pulumi/pulumi/runtime/closure/createClosure";
import { knowingGlobals } from "./well-known";

/**
 * The graph of a serialized function as Pulumi's serializer makes it, one step before it prints it as text with a
 * `with` block around each function. The text has lost what the graph still knows: which module an identifier means
 * (two modules imported under one name become one in the text, in silence), and which objects only pass through.
 */
export interface Entry {
  json?: unknown;
  expr?: string;
  regexp?: RegExp;
  function?: FunctionInfo;
  module?: string;
  object?: ObjectInfo;
  array?: (Entry | undefined)[];
  output?: Entry;
  promise?: Entry;
}

/** How a property was defined, where not by plain assignment. */
export interface PropertyInfo {
  hasValue?: boolean;
  configurable?: boolean;
  enumerable?: boolean;
  writable?: boolean;
  get?: Entry;
  set?: Entry;
}

/** A property: how it was defined, and its value. */
export interface Slot {
  info?: PropertyInfo;
  entry: Entry;
}

/** An object's own properties, by key, and its prototype. */
export interface ObjectInfo {
  env: Map<Entry, Slot>;
  proto?: Entry;
}

/** A function, and what its free names stand for. */
export interface FunctionInfo extends ObjectInfo {
  /** A function expression, without its name. */
  code: string;
  capturedValues: Map<Entry, { entry: Entry }>;
  usesNonLexicalThis: boolean;
  name?: string;
}

interface Serializer {
  createClosureInfoAsync(
    func: (...args: never[]) => unknown,
    serialize: (value: unknown) => boolean,
    logResource: undefined,
  ): Promise<{ func: FunctionInfo; containsSecrets: boolean }>;
}

/** Kinds of entry, one of which every entry has. */
export type Kind = "json" | "expr" | "regexp" | "function" | "module" | "object" | "array" | "output" | "promise";
const KINDS: readonly Kind[] = ["output", "promise", "function", "module", "object", "array", "regexp", "expr", "json"];

/**
 * Runs Pulumi's serializer over a function.
 * @param serialize sees each captured value by identity, before anything is done with it; `false` leaves it out.
 */
export async function captureGraph(
  func: (...args: never[]) => unknown,
  serialize: (value: unknown) => boolean,
): Promise<FunctionInfo> {
  const { createClosureInfoAsync } = serializer as unknown as Partial<Serializer>;
  if (typeof createClosureInfoAsync !== "function") {
    throw new Error("@pulumi/pulumi has no createClosureInfoAsync; expected the version that package.json pins");
  }
  return (await knowingGlobals(func, () => createClosureInfoAsync(func, serialize, undefined))).func;
}

/** @throws when the serializer has made an entry of a form that is not known here. */
export function kindOf(entry: Entry): Kind {
  const kind = KINDS.find((k) => Object.hasOwn(entry, k) && (k === "json" || entry[k] !== undefined));
  if (!kind)
    throw new Error(`the serializer made an entry of unknown form: ${Object.keys(entry).join(", ") || "empty"}`);
  return kind;
}

/** The name or key that an entry stands for; undefined when it is not text (a well-known symbol). */
export function keyText(entry: Entry): string | undefined {
  return typeof entry.json === "string" ? entry.json : undefined;
}
