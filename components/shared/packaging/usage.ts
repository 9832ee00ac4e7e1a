import { type Entry, type FunctionInfo, keyText, kindOf, type Slot } from "./graph";
import { type FreeName, freeNames } from "./references";

/** What the functions of a graph do with what they capture. */
export interface Usage {
  /** Every function that the root reaches, in the order in which it is reached. */
  readonly functions: readonly FunctionInfo[];
  /** What each function's captured names stand for. */
  readonly captured: ReadonlyMap<FunctionInfo, ReadonlyMap<string, Entry>>;
  /**
   * Whether nothing but members is ever read from an object, each by its plain name, and nothing else holds it: then
   * nobody can tell the object from its members, and no object is needed. A module's exports are of this kind.
   */
  dissolves(object: Entry): boolean;
}

/** Walks the graph once. */
export function usageOf(root: FunctionInfo): Usage {
  const captured = new Map<FunctionInfo, Map<string, Entry>>();
  const held = new Set<Entry>();
  const seen = new Set<Entry>();
  const pending: FunctionInfo[] = [];
  const schedule = (info: FunctionInfo): void => {
    if (captured.has(info)) return;
    captured.set(info, capturedOf(info));
    pending.push(info);
  };
  const visit = (entry: Entry): void => {
    if (entry.function) {
      schedule(entry.function);
      return;
    }
    if (seen.has(entry)) return;
    seen.add(entry);
    if (entry.object) visitSlots(entry.object.env.values(), entry.object.proto);
    if (entry.promise) hold(entry.promise);
    for (const item of Object.values(entry.array ?? [])) if (item) hold(item);
  };
  const hold = (entry: Entry): void => {
    held.add(entry);
    visit(entry);
  };
  const visitSlots = (slots: Iterable<Slot>, proto: Entry | undefined): void => {
    for (const { info, entry } of slots) {
      for (const part of [entry, info?.get, info?.set]) if (part) hold(part);
    }
    if (proto) hold(proto);
  };
  schedule(root);
  for (let info = pending.shift(); info; info = pending.shift()) {
    for (const free of freeNamesOf(info)) {
      const entry = captured.get(info)?.get(free.name);
      if (!entry) {
        if (!isGlobal(free)) throw new UnprintableError(missed(free.name), `Rename the inner "${free.name}".`);
        continue;
      }
      if (free.written) throw new UnprintableError(assigned(free.name), `Declare "${free.name}" inside the factory.`);
      if (entry.object && !readsPlainMember(free, entry)) held.add(entry);
      visit(entry);
    }
    visitSlots(info.env.values(), ownProto(info));
  }
  return { functions: [...captured.keys()], captured, dissolves: (entry) => !!entry.object && !held.has(entry) };
}

/** A function that is written in a way that cannot be printed. */
export class UnprintableError extends Error {
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

function freeNamesOf(info: FunctionInfo): readonly FreeName[] {
  try {
    return freeNames(info.code);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const start = info.code.slice(0, 60).replace(/\s+/g, " ");
    throw new UnprintableError(`cannot stand alone (${message}): ${start}`, "Write it as a plain function.");
  }
}

const MODULE_GLOBALS = new Set(["require", "module", "exports", "__dirname", "__filename", "arguments"]);

function isGlobal(free: FreeName): boolean {
  return free.name in globalThis || free.tested || MODULE_GLOBALS.has(free.name);
}

function missed(name: string): string {
  return `uses "${name}" outside of a block or after a parameter that declares the same name, which the serializer takes for the inner one`;
}

function assigned(name: string): string {
  return `assigns to the captured variable "${name}", of which it has a copy`;
}

/** The slot of an object that a plain name reads. */
export function slotOf(object: Entry, name: string): Slot | undefined {
  for (const [key, slot] of object.object?.env ?? []) if (keyText(key) === name) return slot;
  return undefined;
}

/** The prototype that a function was given; those that its own text brings along (of generators) are left out. */
export function ownProto(info: FunctionInfo): Entry | undefined {
  return isGenerator(info) ? undefined : info.proto;
}

/** Whether a function is a generator, by its text. */
export function isGenerator(info: FunctionInfo): boolean {
  return /^(async\s+)?function\s*\*/.test(info.code);
}

function readsPlainMember(free: FreeName, entry: Entry): boolean {
  if (!free.member || free.written) return false;
  const slot = slotOf(entry, free.member.name);
  if (!slot || slot.info?.get?.function?.usesNonLexicalThis) return false;
  if (kindOf(slot.entry) === "function" && free.member.called) return !slot.entry.function?.usesNonLexicalThis;
  return !(slot.info?.get && free.member.called && slot.info.get.function?.usesNonLexicalThis);
}

function capturedOf(info: FunctionInfo): Map<string, Entry> {
  const names = new Map<string, Entry>();
  for (const [key, { entry }] of info.capturedValues) {
    const name = keyText(key);
    if (name === undefined) throw new Error("the serializer captured a name that is no text");
    names.set(name, entry);
  }
  return names;
}
