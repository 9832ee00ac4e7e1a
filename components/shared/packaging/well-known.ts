/**
 * The serializer begins every function by noting all global objects with their members, in thousands of asynchronous
 * steps, to print each by its name. They are the same for every function: here they are noted once and handed out
 * again, as long as the globals are those that were looked at.
 */
interface Noted {
  /** What the serializer has noted of each global object and its members. */
  readonly entries: ReadonlyMap<unknown, unknown>;
  /** The globals, by name, as they were. */
  readonly globals: ReadonlyMap<string, unknown>;
}

let noted: Noted | undefined;
/** The first serialization's own notes, until it has looked at all globals. */
let open: { readonly root: unknown; readonly cache: Map<unknown, unknown> } | undefined;

/** Ends that the globals have no names for a while. */
let restore: (() => void) | undefined;

/**
 * Runs the serializer.
 * @param root the function that it serializes.
 * @param start must call the serializer before it returns; serializations must not overlap.
 */
export function knowingGlobals<T>(root: unknown, start: () => Promise<T>): Promise<T> {
  const known = noted && unchanged(noted) ? noted : undefined;
  const { Map: PlainMap, Set: PlainSet } = globalThis;
  const { getOwnPropertyNames } = Object;
  let isFirstMap = true;
  let isFirstSet = true;
  // Its notes are the first map that it makes, and the first set is of what it has noted, before it waits for anything.
  const NotedMap = function (): Map<unknown, unknown> {
    const map = new PlainMap(isFirstMap && known ? known.entries : []);
    if (isFirstMap && !known) open = { root, cache: map };
    isFirstMap = false;
    return map;
  };
  const NotedSet = function (): Set<unknown> {
    const set = new PlainSet(isFirstSet && known ? known.entries.keys() : []);
    isFirstSet = false;
    return set;
  };
  const names = (object: object): string[] =>
    known && isGlobal(object) ? [] : (getOwnPropertyNames as (o: object) => string[])(object);
  Object.assign(globalThis, { Map: NotedMap, Set: NotedSet });
  let running: Promise<T>;
  try {
    running = start();
  } finally {
    Object.assign(globalThis, { Map: PlainMap, Set: PlainSet });
  }
  if (!known) return running;
  Object.getOwnPropertyNames = names;
  restore = () => {
    Object.getOwnPropertyNames = getOwnPropertyNames;
    restore = undefined;
  };
  return running.finally(() => restore?.());
}

/** The serializer turns to the function itself: it has noted all globals. */
export function noteGlobals(): void {
  restore?.();
  if (!open) return;
  const entries = new Map(open.cache);
  entries.delete(open.root);
  open = undefined;
  if (entries.size > 0) noted = { entries, globals: currentGlobals() };
}

function isGlobal(object: object): boolean {
  for (let at: unknown = globalThis; at; at = Object.getPrototypeOf(at)) if (at === object) return true;
  return false;
}

function unchanged({ globals }: Noted): boolean {
  const current = currentGlobals();
  if (current.size !== globals.size) return false;
  for (const [name, value] of current) if (!Object.is(globals.get(name), value)) return false;
  return true;
}

/** Getters are not called: what they make is made once, and stays. */
function currentGlobals(): Map<string, unknown> {
  const globals = new Map<string, unknown>();
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(globalThis)))
    if (value !== globalThis) globals.set(name, value as unknown);
  return globals;
}
