import type { Entry, FunctionInfo, Slot } from "./graph";
import { keyText, kindOf } from "./graph";
import { type FreeName, freeNames, replaceRanges } from "./references";
import { isGenerator, ownProto, slotOf, type Usage, usageOf } from "./usage";

/** A module's text, and what it needs from outside. */
export interface Printed {
  /** An ES module that exports `handler`. */
  readonly text: string;
  /** Lifted outputs: the marker of each by the environment variable that holds its value. */
  readonly variables: ReadonlyMap<string, string>;
  /** Paths of captured modules by the specifier under which the text imports them. */
  readonly imports: ReadonlyMap<string, string>;
  /** The line of the text (from 0) at which each function starts, and the function as it was written. */
  readonly functions: readonly { readonly line: number; readonly code: string }[];
}

/** Chooses the environment variable for a captured output, given the path of names by which it was captured. */
export type ChooseVariable = (path: readonly string[]) => string;

/** What the text says of outputs: the values are in the environment, text as it is and anything else as JSON. */
const PRELUDE = `const $environment = (name) => {
  const text = process.env[name];
  return text !== undefined && text.startsWith("json:") ? JSON.parse(text.slice(5)) : text;
};
const $output = (value) => ({
  value,
  get: () => value,
  apply() { throw new Error("'apply' is not available at run time: read the output with get()."); },
});
`;

/**
 * Prints a captured graph as one module: every function as it was written, with the names it captured replaced by
 * module-level ones. There is no `with`, so that a bundler can shake and minify it, and an engine can compile it.
 * @param root a factory: the module exports what it returns.
 * @throws UnprintableError when a function assigns to what it captures, or cannot stand alone.
 * @throws Error when the graph has a form that is not known.
 */
export function printModule(root: FunctionInfo, choose: ChooseVariable): Printed {
  return new Printer(root, choose).print();
}

class Printer {
  private readonly usage: Usage;
  private readonly names = new Map<Entry | FunctionInfo | string, string>();
  private readonly functionNames = new Map<FunctionInfo, string>();
  private readonly imports = new Map<string, string>();
  private readonly variables = new Map<string, string>();
  private readonly variableNames = new Map<string, string>();
  private readonly declared = new Set<Entry>();
  private readonly head: string[] = [];
  private readonly functions: { code: string; text: string }[] = [];
  private readonly values: string[] = [];
  private readonly late: string[] = [];
  private readonly prefix: string;
  private count = 0;

  constructor(
    private readonly root: FunctionInfo,
    private readonly choose: ChooseVariable,
  ) {
    this.usage = usageOf(root);
    let prefix = "$c";
    while (this.usage.functions.some((info) => info.code.includes(prefix))) prefix += "_";
    this.prefix = prefix;
  }

  print(): Printed {
    const root = this.functionName(this.root, "factory");
    let text = `${this.head.join("")}${this.variables.size > 0 ? PRELUDE : ""}`;
    const functions = this.functions.map(({ code, text: body }) => {
      const line = text.split("\n").length - 1;
      text += body;
      return { line, code };
    });
    text += `${this.values.join("")}${this.late.join("")}export const handler = ${root}();\n`;
    return { text, variables: this.variables, imports: this.imports, functions };
  }

  private name(hint: string): string {
    return `${this.prefix}${this.count++}_${hint.replace(/\W/g, "")}`;
  }

  private functionName(info: FunctionInfo, hint: string): string {
    const known = this.functionNames.get(info);
    if (known) return known;
    const name = this.name(info.name ?? hint);
    this.functionNames.set(info, name);
    // The place is taken before what it captures is printed, so that the order is that of the first mention.
    const printed = { code: info.code, text: "" };
    this.functions.push(printed);
    printed.text = `const ${name} = ${this.functionText(info)};\n`;
    const proto = ownProto(info);
    if (proto) this.late.push(`Object.setPrototypeOf(${name}, ${this.inline(proto, [hint])});\n`);
    for (const [key, slot] of info.env) {
      const text = keyText(key);
      if (text === "arguments" || text === "caller" || (text === "prototype" && isGenerator(info))) continue;
      this.late.push(this.assign(name, key, slot, [hint]));
    }
    return name;
  }

  private functionText(info: FunctionInfo): string {
    const captured = this.usage.captured.get(info);
    const edits = freeNames(info.code).flatMap((free) => {
      const entry = captured?.get(free.name);
      if (!entry) return [];
      return [this.edit(free, entry)];
    });
    return replaceRanges(info.code, edits);
  }

  private edit(free: FreeName, entry: Entry): { start: number; end: number; by: string } {
    const { member, name, start, end } = free;
    if (member && this.usage.dissolves(entry)) {
      const slot = slotOf(entry, member.name);
      if (slot) return { start, end: member.end, by: this.member(slot, [name, member.name]) };
    }
    if (entry.output && member?.name === "get" && member.emptyCallEnd !== undefined) {
      return { start, end: member.emptyCallEnd, by: this.outputValue(entry, [name]) };
    }
    if (entry.module !== undefined && member) return { start, end, by: this.namespace(entry.module, name) };
    const by = this.constant(entry, [name]);
    return { start, end, by: free.shorthand ? `${name}: ${by}` : by };
  }

  /** A member of an object that is not printed as an object. */
  private member(slot: Slot, path: readonly string[]): string {
    const getter = slot.info?.get?.function;
    return getter ? `${this.functionName(getter, path.at(-1) ?? "get")}()` : this.constant(slot.entry, path);
  }

  /** A module-level name for a value. */
  private constant(entry: Entry, path: readonly string[]): string {
    if (entry.function) return this.functionName(entry.function, path.at(-1) ?? "f");
    if (entry.object || entry.array || entry.regexp) return this.structure(entry, path);
    if (entry.output) return this.outputObject(entry, path);
    const literal = this.inline(entry, path);
    const known = this.names.get(literal);
    if (known) return known;
    const name = this.name(path.at(-1) ?? "value");
    this.names.set(literal, name);
    this.values.push(`const ${name} = ${literal};\n`);
    return name;
  }

  /** An expression for a value that stands inside another one. */
  private inline(entry: Entry, path: readonly string[]): string {
    switch (kindOf(entry)) {
      case "json":
        return entry.json === undefined ? "undefined" : JSON.stringify(entry.json);
      case "expr":
        return entry.expr ?? "undefined";
      case "module":
        return this.wholeModule(entry.module ?? "", path.at(-1) ?? "module");
      case "promise":
        throw new Error(`a promise was captured as ${path.join(".")}`);
      default:
        return this.constant(entry, path);
    }
  }

  private structure(entry: Entry, path: readonly string[]): string {
    const known = this.names.get(entry);
    if (known) return known;
    const name = this.name(path.at(-1) ?? "value");
    this.names.set(entry, name);
    const text = entry.regexp
      ? `new RegExp(${JSON.stringify(entry.regexp.source)}, ${JSON.stringify(entry.regexp.flags)})`
      : entry.array
        ? this.arrayText(name, entry.array, path)
        : this.objectText(name, entry, path);
    this.values.push(`const ${name} = ${text};\n`);
    this.declared.add(entry);
    return name;
  }

  private arrayText(name: string, array: readonly (Entry | undefined)[], path: readonly string[]): string {
    const names = Object.getOwnPropertyNames(array).filter((key) => key !== "length");
    const dense = names.length === array.length && names.every((key, i) => key === String(i));
    if (!dense) {
      for (const key of names) {
        const item = (array as unknown as Record<string, Entry>)[key];
        if (item) this.late.push(`${name}[${JSON.stringify(key)}] = ${this.inline(item, [...path, key])};\n`);
      }
      return "[]";
    }
    const items = array.map((item, i) => {
      if (!item) throw new Error(`the array ${path.join(".")} has a hole that the serializer did not mention`);
      return this.child(item, [...path, String(i)], (value) => `${name}[${i}] = ${value};\n`);
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
      for (const [key, slot] of slots) this.late.push(this.assign(name, key, slot, path));
      return object.proto ? `Object.create(${this.inline(object.proto, [...path, "prototype"])})` : "{}";
    }
    const members = slots.map(([key, slot]) => {
      const keyed = this.key(key);
      const value = this.child(slot.entry, [...path, keyText(key) ?? "symbol"], (v) => `${name}[${keyed}] = ${v};\n`);
      return `[${keyed}]: ${value}`;
    });
    if (frozen) this.late.push(`Object.freeze(${name});\n`);
    return `{ ${members.join(", ")} }`;
  }

  /** A value inside a structure; where it holds the structure itself, it is put in when both exist. */
  private child(entry: Entry, path: readonly string[], assignment: (value: string) => string): string {
    const value = this.inline(entry, path);
    if (!(entry.object || entry.array) || this.declared.has(entry)) return value;
    this.late.push(assignment(value));
    return "undefined";
  }

  private assign(owner: string, key: Entry, { info, entry }: Slot, path: readonly string[]): string {
    const keyed = this.key(key);
    const inner = [...path, keyText(key) ?? "symbol"];
    if (isPlain(info)) return `${owner}[${keyed}] = ${this.inline(entry, inner)};\n`;
    const parts = (["configurable", "enumerable", "writable"] as const)
      .filter((p) => info?.[p])
      .map((p) => `${p}: true`);
    if (info?.get) parts.push(`get: ${this.inline(info.get, inner)}`);
    if (info?.set) parts.push(`set: ${this.inline(info.set, inner)}`);
    if (!info?.get && !info?.set) parts.push(`value: ${this.inline(entry, inner)}`);
    return `Object.defineProperty(${owner}, ${keyed}, { ${parts.join(", ")} });\n`;
  }

  private key(key: Entry): string {
    if (key.json === undefined && key.expr === undefined) throw new Error("a key that is neither text nor well known");
    return this.inline(key, []);
  }

  private namespace(path: string, hint: string): string {
    if (!path.includes("/") || !this.isFile(path)) return this.wholeModule(path, hint);
    const id = `captured:${path}`;
    const known = this.names.get(id);
    if (known) return known;
    const name = this.name(hint);
    this.names.set(id, name);
    this.imports.set(id, path);
    this.head.push(`import * as ${name} from ${JSON.stringify(id)};\n`);
    return name;
  }

  private wholeModule(path: string, hint: string): string {
    const id = this.isFile(path) ? `captured-file:${path}` : path;
    const known = this.names.get(id);
    if (known) return known;
    const name = this.name(hint);
    this.names.set(id, name);
    if (id !== path) this.imports.set(id, path);
    this.head.push(`const ${name} = require(${JSON.stringify(id)});\n`);
    return name;
  }

  /** Modules of Node itself have no file. */
  private isFile(path: string): boolean {
    return /\.[cm]?(js|json|ts|node)$/.test(path);
  }

  private outputValue(entry: Entry, path: readonly string[]): string {
    const marker = markerOf(entry);
    let name = this.variableNames.get(marker);
    if (!name) {
      const variable = this.choose(path);
      name = this.name(path.at(-1) ?? "output");
      this.variableNames.set(marker, name);
      this.variables.set(variable, marker);
      this.values.push(`const ${name} = $environment(${JSON.stringify(variable)});\n`);
    }
    return name;
  }

  private outputObject(entry: Entry, path: readonly string[]): string {
    const value = this.outputValue(entry, path);
    const known = this.names.get(entry);
    if (known) return known;
    const name = this.name(path.at(-1) ?? "output");
    this.names.set(entry, name);
    this.values.push(`const ${name} = $output(${value});\n`);
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
