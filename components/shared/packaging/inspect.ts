import { Session } from "node:inspector";

/** Where a function begins; the file is of no interest. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What the inspector tells of a function. */
export interface Inspected {
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
export function inspect(fn: object): Inspected | undefined {
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
