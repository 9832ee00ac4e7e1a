import * as v8 from "@pulumi/pulumi/runtime/closure/v8";
import { freeNames } from "./references";

interface Step {
  readonly value: unknown;
  /** The function whose variable it is. */
  readonly owner: string;
  readonly path: string;
}

/** What Pulumi's serializer itself asks for the variables of a function. */
const inspector = v8 as unknown as {
  lookupCapturedVariableValueAsync(fn: object, name: string, throwOnFailure: boolean): Promise<unknown>;
};

const MOST_STEPS = 20_000;

/** Where a captured value was found. */
export interface Place {
  /** The variable's path: `settings.cache`. */
  readonly path: string;
  /** The function that captured the variable; empty for the factory itself. */
  readonly owner: string;
}

/**
 * The shortest way from a function to a value that it captures, by identity. Only asked when a value was refused: the
 * serializer tells which value it is, but not how it got there.
 */
export async function findCaptured(root: object, target: unknown): Promise<Place | undefined> {
  const seen = new Set<unknown>([root]);
  const queue: Step[] = [{ value: root, owner: "", path: "" }];
  for (let i = 0; i < queue.length && i < MOST_STEPS; i++) {
    const step = queue[i];
    if (!step) break;
    for (const next of await stepsFrom(step, target)) {
      if (next.value === target) return { path: next.path, owner: next.owner };
      const inner = (typeof next.value === "object" && next.value !== null) || typeof next.value === "function";
      if (!inner || seen.has(next.value)) continue;
      seen.add(next.value);
      queue.push(next);
    }
  }
  return undefined;
}

async function stepsFrom({ value, owner, path }: Step, target: unknown): Promise<Step[]> {
  const steps: Step[] = [];
  if (typeof value === "function")
    steps.push(...(await capturedBy(value, path === "" ? "" : value.name || path, target)));
  for (const key of Reflect.ownKeys(value as object)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (!property) continue;
    const name = String(key);
    const inner = /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${name}]`;
    if (path !== "" && !property.get) steps.push({ value: property.value, owner, path: inner });
    // eslint-disable-next-line @typescript-eslint/unbound-method -- looked at, never called
    if (property.get) steps.push({ value: property.get, owner, path: inner });
  }
  return steps;
}

async function capturedBy(fn: object, owner: string, target: unknown): Promise<Step[]> {
  const text = Function.prototype.toString.call(fn);
  const steps: Step[] = [];
  for (const name of namesOf(text)) {
    const value = await inspector.lookupCapturedVariableValueAsync(fn, name, false).catch(() => undefined);
    if (value === undefined || name in globalThis) continue;
    const isModule = typeof value === "object" && value !== null && "__esModule" in value;
    const members = [...text.matchAll(new RegExp(`\\b${name.replace(/\$/g, "\\$&")}\\.([\\w$]+)`, "g"))];
    // Of a module only what is used is captured, and a reader looks for the name that the source uses.
    if (isModule && members.length > 0 && value !== target) {
      for (const [, member = ""] of members) {
        steps.push({ value: (value as Record<string, unknown>)[member], owner, path: member });
      }
    } else steps.push({ value, owner, path: name });
  }
  return steps;
}

/** Names that nobody gives to a variable of a module; looking each of them up would cost more than it is worth. */
const PLAIN_GLOBALS =
  /^(undefined|NaN|Infinity|Object|Array|String|Number|Boolean|BigInt|Symbol|Math|JSON|Date|RegExp|Map|Set|WeakMap|Promise|Error|TypeError|RangeError|Reflect|Buffer|process|console|parseInt|isNaN|global|globalThis|Uint8Array)$/;

/**
 * A variable of a function that is named like a global: the serializer takes it for the global, in silence.
 * @returns its name.
 */
export async function findShadowedGlobal(fn: object): Promise<string | undefined> {
  for (const name of namesOf(Function.prototype.toString.call(fn))) {
    if (!(name in globalThis) || name === "crypto" || PLAIN_GLOBALS.test(name)) continue;
    const value = await inspector.lookupCapturedVariableValueAsync(fn, name, false).catch(() => undefined);
    const own = (globalThis as unknown as Record<string, unknown>)[name];
    if (value !== undefined && value !== own) return name;
  }
  return undefined;
}

const names = new Map<string, ReadonlySet<string>>();

function namesOf(text: string): ReadonlySet<string> {
  let found = names.get(text);
  if (!found) names.set(text, (found = readNames(text)));
  return found;
}

function readNames(text: string): Set<string> {
  for (const form of [text, `{ ${text} }`, `{ async ${text} }`]) {
    try {
      return new Set(freeNames(form).map((free) => free.name));
    } catch {
      // a method's text is an expression only inside an object
    }
  }
  return new Set();
}
