import * as pulumi from "@pulumi/pulumi";
import { types } from "node:util";

/** Why a value must not be captured, and what to do instead. */
export interface Refusal {
  /** What was got: "a Map". */
  readonly got: string;
  readonly fix: string;
}

const INSIDE = "Make it inside the factory, where it is made once per container.";

/** Whether a function is a class: the serializer prints a class without its fields, its base and its private members. */
function isClass(value: unknown): value is new (...args: never[]) => unknown {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/** Why `value` must not be captured by a function that runs in Lambda; undefined when it may. */
export function refusalOf(value: unknown): Refusal | undefined {
  if (typeof value === "symbol") return { got: "a Symbol", fix: "Use a string." };
  if (typeof value === "function") return refusalOfFunction(value);
  if (typeof value !== "object" || value === null) return undefined;
  if (pulumi.Output.isInstance(value)) return undefined;
  if (pulumi.Resource.isInstance(value)) {
    const kind = pulumi.ComponentResource.isInstance(value) ? "component" : "resource";
    return {
      got: `the ${kind} ${value.constructor.name}`,
      fix: "Hoist the outputs that the function needs to constants and capture those.",
    };
  }
  if (value === process.env)
    return { got: "process.env of the deploying process", fix: "Read process.env in the handler." };
  return refusalOfObject(value);
}

function refusalOfFunction(value: object): Refusal | undefined {
  const { name } = value as { name: string };
  if (isClass(value)) {
    return {
      got: `the class ${name || "(anonymous)"}`,
      fix: "Use functions over plain data; capture a library's class through the namespace of its module (import * as).",
    };
  }
  if (marked(value, "doNotCapture")) {
    return { got: `${name || "a function"}, which exists only while deploying`, fix: "Call it outside the function." };
  }
  return undefined;
}

function refusalOfObject(value: object): Refusal | undefined {
  if (marked(value, "deploymentOnlyModule") || marked(value, "doNotCapture")) {
    return { got: "a module or object that exists only while deploying", fix: "Use it outside the function." };
  }
  if (Array.isArray(value)) {
    if (Object.getPrototypeOf(value) !== Array.prototype) return { got: describe(value), fix: "Use a plain array." };
    if (!Object.isExtensible(value)) {
      return { got: "a frozen or sealed array, which would arrive unfrozen", fix: "Capture a copy: [...list]." };
    }
    return undefined;
  }
  if (types.isRegExp(value)) return undefined;
  if (types.isGeneratorObject(value)) return { got: "a generator that has been started", fix: INSIDE };
  const proto = Object.getPrototypeOf(value) as object | null;
  if (proto === null || proto === Object.prototype) return refusalOfShape(value);
  if (types.isArgumentsObject(value)) return undefined;
  if (types.isModuleNamespaceObject(value)) return undefined;
  if (isPlainChain(proto)) return refusalOfShape(value);
  return { got: describe(value), fix: INSIDE };
}

function refusalOfShape(value: object): Refusal | undefined {
  if (types.isProxy(value)) return { got: "a Proxy", fix: INSIDE };
  if (!Object.isExtensible(value) && !(Object.isFrozen(value) && Object.keys(value).length > 0)) {
    return { got: "a sealed object, which would arrive unsealed", fix: "Capture a copy: { ...object }." };
  }
  return undefined;
}

/** What the `prototype` of every generator function inherits from; the serializer knows both. */
const GENERATOR_PROTOTYPES = new Set<unknown>([
  Object.getPrototypeOf(function* () {}["prototype"]),
  Object.getPrototypeOf(async function* () {}["prototype"]),
]);

/** A chain of prototypes that are plain objects, or that belong to constructor functions printed as text. */
function isPlainChain(proto: object): boolean {
  for (let p: object | null = proto; p && p !== Object.prototype; p = Object.getPrototypeOf(p) as object | null) {
    if (types.isProxy(p)) return false;
    if (GENERATOR_PROTOTYPES.has(p)) return true;
    const own = Object.getOwnPropertyDescriptor(p, "constructor");
    const constructor: unknown = own?.value;
    if (constructor === undefined) continue;
    if (typeof constructor !== "function" || isClass(constructor) || isNative(constructor)) return false;
  }
  return true;
}

function isNative(value: object): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(value));
}

/** "a Map", "an Error", "an instance of the class Cache", "a client of the AWS SDK (DynamoDBClient)". */
function describe(value: object): string {
  const constructor = (value as { constructor?: unknown }).constructor;
  const name = typeof constructor === "function" ? constructor.name : "";
  if (types.isNativeError(value)) return `an Error (${name})`;
  const known = (globalThis as unknown as Record<string, unknown>)[name] === constructor;
  if (known || (typeof constructor === "function" && isNative(constructor))) {
    const tag = known ? name : Object.prototype.toString.call(value).slice(8, -1);
    return `${/^[AEIO]/.test(tag) ? "an" : "a"} ${tag}`;
  }
  if (typeof (value as { send?: unknown }).send === "function" && "config" in value) {
    return `a client of the AWS SDK (${name})`;
  }
  return name ? `an instance of the class ${name}` : "an object with an unusual prototype";
}

function marked(value: object, member: string): boolean {
  return Object.hasOwn(value, member) && (value as Record<string, unknown>)[member] === true;
}
