import type { Draft } from "./draft";
import { keyText, kindOf, type Entry, type FunctionInfo, type Slot } from "./graph";

/** Gives a function its place in the module; returns its name there. @param hint for one that has no name of its own. */
export type PrintFunction = (info: FunctionInfo, hint: string) => string;

/**
 * Prints what is captured beside functions: literals, structures (each once, whoever holds it), outputs. Paths of names
 * say by which way a value was captured; its name in the module is the last of them.
 */
export class Values {
  /** Of values: structures by their entry, literals by their text. */
  private readonly names = new Map<Entry | string, string>();
  private readonly declared = new Set<Entry>();

  constructor(
    private readonly draft: Draft,
    private readonly printFunction: PrintFunction,
  ) {}

  /** A module-level name for a value. */
  constant(entry: Entry, path: readonly string[]): string {
    if (entry.function) return this.printFunction(entry.function, path.at(-1) ?? "f");
    if (entry.object || entry.array || entry.regexp) return this.structure(entry, path);
    if (entry.output) return this.outputObject(entry, path);
    const literal = this.inline(entry, path);
    const known = this.names.get(literal);
    if (known) return known;
    const name = this.draft.name(path.at(-1) ?? "value");
    this.names.set(literal, name);
    this.draft.addValue(name, literal);
    return name;
  }

  /** An expression for a value that stands inside another one. */
  inline(entry: Entry, path: readonly string[]): string {
    switch (kindOf(entry)) {
      case "json":
        return entry.json === undefined ? "undefined" : JSON.stringify(entry.json);
      case "expr":
        return entry.expr ?? "undefined";
      case "module":
        return this.draft.wholeModule(entry.module ?? "", path.at(-1) ?? "module");
      case "promise":
        throw new Error(`a promise was captured as ${path.join(".")}`);
      default:
        return this.constant(entry, path);
    }
  }

  /** The value of an output. */
  output(entry: Entry, path: readonly string[]): string {
    return this.draft.variable(markerOf(entry), path);
  }

  /** A statement that gives an owner a property. */
  assignment(owner: string, key: Entry, { info, entry }: Slot, path: readonly string[]): string {
    const keyed = this.key(key);
    const inner = [...path, keyText(key) ?? "symbol"];
    if (isPlain(info)) return `${owner}[${keyed}] = ${this.inline(entry, inner)}`;
    const parts = (["configurable", "enumerable", "writable"] as const)
      .filter((p) => info?.[p])
      .map((p) => `${p}: true`);
    if (info?.get) parts.push(`get: ${this.inline(info.get, inner)}`);
    if (info?.set) parts.push(`set: ${this.inline(info.set, inner)}`);
    if (!info?.get && !info?.set) parts.push(`value: ${this.inline(entry, inner)}`);
    return `Object.defineProperty(${owner}, ${keyed}, { ${parts.join(", ")} })`;
  }

  private structure(entry: Entry, path: readonly string[]): string {
    const known = this.names.get(entry);
    if (known) return known;
    const name = this.draft.name(path.at(-1) ?? "value");
    this.names.set(entry, name);
    const text = entry.regexp
      ? `new RegExp(${JSON.stringify(entry.regexp.source)}, ${JSON.stringify(entry.regexp.flags)})`
      : entry.array
        ? this.arrayText(name, entry.array, path)
        : this.objectText(name, entry, path);
    this.draft.addValue(name, text);
    this.declared.add(entry);
    return name;
  }

  private arrayText(name: string, array: readonly (Entry | undefined)[], path: readonly string[]): string {
    const names = Object.getOwnPropertyNames(array).filter((key) => key !== "length");
    const dense = names.length === array.length && names.every((key, i) => key === String(i));
    if (!dense) {
      for (const key of names) {
        const item = (array as unknown as Record<string, Entry>)[key];
        if (item) this.draft.addLate(`${name}[${JSON.stringify(key)}] = ${this.inline(item, [...path, key])}`);
      }
      return "[]";
    }
    const items = array.map((item, i) => {
      if (!item) throw new Error(`the array ${path.join(".")} has a hole that the serializer did not mention`);
      return this.child(item, [...path, String(i)], `${name}[${i}]`);
    });
    return `[${items.join(", ")}]`;
  }

  private objectText(name: string, entry: Entry, path: readonly string[]): string {
    const object = entry.object;
    if (!object) throw new Error("an object without its form");
    const slots = [...object.env];
    const frozen =
      slots.length > 0 && slots.every(([, { info }]) => info && !info.configurable && !info.writable && !info.get);
    const plain = !object.proto && slots.every(([, { info }]) => frozen || isPlain(info));
    if (!plain) {
      for (const [key, slot] of slots) this.draft.addLate(this.assignment(name, key, slot, path));
      return object.proto ? `Object.create(${this.inline(object.proto, [...path, "prototype"])})` : "{}";
    }
    const members = slots.map(([key, slot]) => {
      const keyed = this.key(key);
      return `[${keyed}]: ${this.child(slot.entry, [...path, keyText(key) ?? "symbol"], `${name}[${keyed}]`)}`;
    });
    if (frozen) this.draft.addLate(`Object.freeze(${name})`);
    return `{ ${members.join(", ")} }`;
  }

  /** A value inside a structure; where it holds the structure itself, it is put into its place when both exist. */
  private child(entry: Entry, path: readonly string[], place: string): string {
    const value = this.inline(entry, path);
    if (!(entry.object || entry.array) || this.declared.has(entry)) return value;
    this.draft.addLate(`${place} = ${value}`);
    return "undefined";
  }

  private key(key: Entry): string {
    if (key.json === undefined && key.expr === undefined) throw new Error("a key that is neither text nor well known");
    return this.inline(key, []);
  }

  private outputObject(entry: Entry, path: readonly string[]): string {
    const value = this.output(entry, path);
    const known = this.names.get(entry);
    if (known) return known;
    const name = this.draft.name(path.at(-1) ?? "output");
    this.names.set(entry, name);
    this.draft.addValue(name, `$output(${value})`);
    return name;
  }
}

function isPlain(info: Slot["info"]): boolean {
  return !info || (!!info.enumerable && !!info.writable && !!info.configurable && !info.get && !info.set);
}

function markerOf(entry: Entry): string {
  for (const [key, slot] of entry.output?.object?.env ?? []) {
    if (keyText(key) === "value" && typeof slot.entry.json === "string") return slot.entry.json;
  }
  throw new Error("the serializer made an output without its value");
}
