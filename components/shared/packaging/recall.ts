import { Session } from "node:inspector";
import * as parser from "@pulumi/pulumi/runtime/closure/parseFunction";
import * as v8 from "@pulumi/pulumi/runtime/closure/v8";
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

interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

type Parse = (text: string) => unknown;

/** What the inspector tells of a function. */
interface Inspected {
  readonly location: Location;
  /** Innermost first; their `object` holds the variables. */
  readonly scopes: ArrayLike<{ readonly object?: Readonly<Record<string, unknown>> }>;
}

interface RemoteObject {
  readonly type: string;
  readonly objectId?: string;
  readonly value?: unknown;
}

interface InternalProperty {
  readonly name: string;
  readonly value?: RemoteObject;
}

const SEAT = Symbol.for("games-messaging.inspected");
const seat = globalThis as unknown as { [SEAT]?: { subject?: unknown; scopes?: unknown } };
const GROUP = "games-messaging";

let inspected = new WeakMap<object, Inspected>();
let forgetting = false;
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
    return (await inspect(fn))?.location ?? getFunctionLocationAsync(fn);
  };
  asked.lookupCapturedVariableValueAsync = async (fn, name, throwOnFailure) => {
    const known = await inspect(fn);
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
 * A session of its own: Pulumi's also enables the debugger, which then reports every script of the process, only to name
 * files in messages that are not shown.
 */
let mine: Session | undefined;

function open(): Session {
  const session = new Session();
  session.connect();
  return session;
}

/** Asks the inspector, once per function and turn of the event loop: a variable may have another value in the next. */
async function inspect(fn: object): Promise<Inspected | undefined> {
  const known = inspected.get(fn);
  if (known) return known;
  const found = look((mine ??= open()), fn);
  if (!found) return undefined;
  inspected.set(fn, found);
  if (!forgetting) {
    forgetting = true;
    setImmediate(() => {
      forgetting = false;
      inspected = new WeakMap();
    });
  }
  return found;
}

/** Undefined where the inspector sees another global object than this module (several contexts in one process). */
function look(session: Session, fn: object): Inspected | undefined {
  const place: { subject?: unknown; scopes?: unknown } = { subject: fn };
  seat[SEAT] = place;
  try {
    const expression = `globalThis[Symbol.for("${GROUP}.inspected")]?.subject`;
    const { result } = ask<{ result: RemoteObject }>(session, "Runtime.evaluate", { expression, objectGroup: GROUP });
    if (result.objectId === undefined) return undefined;
    const { internalProperties } = ask<{ internalProperties?: readonly InternalProperty[] }>(
      session,
      "Runtime.getProperties",
      { objectId: result.objectId, ownProperties: true },
    );
    const internal = (name: string): RemoteObject | undefined =>
      internalProperties?.find((property) => property.name === name)?.value;
    const scopes = internal("[[Scopes]]")?.objectId;
    if (scopes === undefined) return undefined;
    ask(session, "Runtime.callFunctionOn", {
      objectId: scopes,
      functionDeclaration: `function () { globalThis[Symbol.for("${GROUP}.inspected")].scopes = this; }`,
    });
    if (place.scopes === undefined) return undefined;
    const at = internal("[[FunctionLocation]]")?.value as
      { readonly lineNumber?: number; readonly columnNumber?: number } | undefined;
    return {
      location: at
        ? { file: "", line: at.lineNumber ?? 0, column: at.columnNumber ?? 0 }
        : { file: "", line: 0, column: 0 },
      scopes: place.scopes as Inspected["scopes"],
    };
  } finally {
    delete seat[SEAT];
    session.post("Runtime.releaseObjectGroup", { objectGroup: GROUP });
  }
}

/** The inspector of one's own thread answers before `post` returns. */
function ask<T>(session: Session, method: string, parameters: object): T {
  const answers: { error: Error | null; result: unknown }[] = [];
  session.post(method, parameters, (error, result) => answers.push({ error, result }));
  const [answer] = answers;
  if (!answer) throw new Error(`the inspector has not answered ${method} at once`);
  if (answer.error) throw answer.error;
  return answer.result as T;
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
