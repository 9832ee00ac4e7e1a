import { Draft, type ChooseVariable, type Printed } from "./draft";
import { keyText, type Entry, type FunctionInfo, type Slot } from "./graph";
import { freeNames, replaceRanges, type FreeName } from "./references";
import { isGenerator, ownProto, slotOf, usageOf, type Usage } from "./usage";
import { Values } from "./values";

/**
 * Prints a captured graph as one module: every function as it was written, with the names it captured replaced by
 * module-level ones. There is no `with`, so that a bundler can shake and minify it, and an engine can compile it.
 * @param root a factory: the module exports what it returns.
 * @throws UnprintableError when a function assigns to what it captures, or cannot stand alone.
 * @throws Error when the graph has a form that is not known.
 */
export function printModule(root: FunctionInfo, choose: ChooseVariable): Printed {
  const usage = usageOf(root);
  let prefix = "$c";
  while (usage.functions.some((info) => info.code.includes(prefix))) prefix += "_";
  const draft = new Draft(prefix, choose);
  return draft.finish(new Functions(usage, draft).print(root, "factory"));
}

/** Prints functions: each as it was written, with what it captured under the names that this has in the module. */
class Functions {
  private readonly names = new Map<FunctionInfo, string>();
  private readonly values: Values;

  constructor(
    private readonly usage: Usage,
    private readonly draft: Draft,
  ) {
    this.values = new Values(draft, (info, hint) => this.print(info, hint));
  }

  /** Prints a function, once. @returns its name. */
  print(info: FunctionInfo, hint: string): string {
    const known = this.names.get(info);
    if (known) return known;
    const name = this.draft.name(info.name ?? hint);
    this.names.set(info, name);
    this.draft.addFunction(name, info.code, () => this.text(info));
    const proto = ownProto(info);
    if (proto) this.draft.addLate(`Object.setPrototypeOf(${name}, ${this.values.inline(proto, [hint])})`);
    for (const [key, slot] of info.env) {
      const text = keyText(key);
      if (text === "arguments" || text === "caller" || (text === "prototype" && isGenerator(info))) continue;
      this.draft.addLate(this.values.assignment(name, key, slot, [hint]));
    }
    return name;
  }

  private text(info: FunctionInfo): string {
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
      return { start, end: member.emptyCallEnd, by: this.values.output(entry, [name]) };
    }
    if (entry.module !== undefined && member) return { start, end, by: this.draft.namespace(entry.module, name) };
    const by = this.values.constant(entry, [name]);
    return { start, end, by: free.shorthand ? `${name}: ${by}` : by };
  }

  /** A member of an object that is not printed as an object. */
  private member(slot: Slot, path: readonly string[]): string {
    const getter = slot.info?.get?.function;
    return getter ? `${this.print(getter, path.at(-1) ?? "get")}()` : this.values.constant(slot.entry, path);
  }
}
