import type { AttributeValue, Item } from "../values";
import { valueAt } from "./bindings";
import { firstProblem } from "./condition-parser";
import { ExpressionError, Reader, type Path } from "./reader";

/** Parses a list of document paths. */
export function parseProjection(text: string): readonly Path[] {
  const reader = new Reader(text);
  const paths = [reader.path()];
  while (reader.takes(",")) paths.push(reader.path());
  reader.expectEnd();
  const problem = firstProblem(reader.problems, ["reserved"]);
  if (problem) throw new ExpressionError(problem);
  return paths;
}

interface Branch {
  readonly names: Map<string, Branch | AttributeValue>;
  readonly positions: Map<number, Branch | AttributeValue>;
}

/** The parts of an item at the given paths, in their places; list elements move together, in their order. */
export function project(item: Item, paths: readonly (readonly (string | number)[])[]): Item {
  if (paths.every((parts) => parts.length === 1)) {
    const flat: Record<string, AttributeValue> = {};
    for (const [name] of paths) {
      const value = valueAt([name!], item);
      if (value) flat[name as string] = value;
    }
    return flat;
  }
  const root = newBranch();
  for (const parts of paths) {
    const value = valueAt(parts, item);
    if (value) place(root, parts, value);
  }
  return namesOf(root);
}

function place(root: Branch, parts: readonly (string | number)[], value: AttributeValue): void {
  let branch = root;
  parts.forEach((part, i) => {
    const children = (typeof part === "number" ? branch.positions : branch.names) as Map<
      string | number,
      Branch | AttributeValue
    >;
    if (i === parts.length - 1) {
      children.set(part, value);
      return;
    }
    const child = (children.get(part) as Branch | undefined) ?? newBranch();
    children.set(part, child);
    branch = child;
  });
}

function newBranch(): Branch {
  return { names: new Map(), positions: new Map() };
}

function isBranch(node: Branch | AttributeValue): node is Branch {
  return (node as Branch).names instanceof Map;
}

function valueOf(node: Branch | AttributeValue): AttributeValue {
  if (!isBranch(node)) return node;
  if (node.positions.size === 0) return { M: namesOf(node) };
  const elements = [...node.positions].sort(([a], [b]) => a - b);
  return { L: elements.map(([, element]) => valueOf(element)) };
}

function namesOf(branch: Branch): Item {
  return Object.fromEntries([...branch.names].map(([name, node]) => [name, valueOf(node)]));
}
