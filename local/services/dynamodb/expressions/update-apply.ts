import { validation } from "../errors";
import { addNumbers } from "../numbers";
import { inOrder, type SetType } from "../sets";
import { checkNesting } from "../validation/attribute-values";
import { member, typeOf, type AttributeValue, type Item } from "../values";
import { valueAt, type Bindings } from "./bindings";
import type { Action, UpdateOperand } from "./update-parser";

type Parts = readonly (string | number)[];

/**
 * The item after an update that was checked before. All operands are read from the item as it was; the item itself is
 * not touched, what stays is shared.
 */
export function applyUpdate(actions: readonly Action[], item: Item, bindings: Bindings): Item {
  const values = actions.map((action) =>
    action.kind === "SET" ? evaluate(action.operand, item, bindings) : undefined,
  );
  let root: AttributeValue = { M: item };
  const removals: Parts[] = [];
  const steps = actions.map((action, i) => ({ action, parts: bindings.resolve(action.path), value: values[i] }));
  // Positions behind a list's end append in their order, whatever the order of the text.
  steps.sort((a, b) => compareParts(a.parts, b.parts));
  steps.forEach(({ action, parts, value }) => {
    switch (action.kind) {
      case "SET":
        if (parts.length > 1) checkNesting(value!, parts.length);
        root = put(root, parts, value);
        return;
      case "ADD":
        root = put(root, parts, sum(valueAt(parts, item), bindings.value(action.value)));
        return;
      case "DELETE":
        root = subtract(root, parts, valueAt(parts, item), bindings.value(action.value), removals);
        return;
      case "REMOVE":
        removals.push(parts);
    }
  });
  // Later list positions first, so that the others keep their meaning.
  removals.sort((a, b) => compareParts(b, a));
  for (const parts of removals) root = put(root, parts, undefined);
  return root.M!;
}

function evaluate(operand: UpdateOperand, item: Item, bindings: Bindings): AttributeValue {
  switch (operand.kind) {
    case "value":
      return bindings.value(operand.name);
    case "path": {
      const value = valueAt(bindings.resolve(operand.path), item);
      if (!value) throw validation("The provided expression refers to an attribute that does not exist in the item");
      return value;
    }
    case "sum": {
      const left = evaluate(operand.left, item, bindings).N;
      const right = evaluate(operand.right, item, bindings).N;
      if (left === undefined || right === undefined) throw wrongOperand();
      return { N: addNumbers(left, right, operand.operator === "-") };
    }
    case "call": {
      const [first, second] = operand.operands;
      if (operand.name === "if_not_exists") {
        const present = first!.kind === "path" ? valueAt(bindings.resolve(first!.path), item) : undefined;
        return present ?? evaluate(second!, item, bindings);
      }
      const head = evaluate(first!, item, bindings).L;
      const tail = evaluate(second!, item, bindings).L;
      if (!head || !tail) throw wrongOperand();
      return { L: [...head, ...tail] };
    }
  }
}

function sum(present: AttributeValue | undefined, added: AttributeValue): AttributeValue {
  if (!present) return added;
  const type = typeOf(added);
  if (typeOf(present) !== type) throw wrongOperand();
  if (type === "N") return { N: addNumbers(present.N!, added.N!) };
  const elements = present[type] as readonly string[];
  const known = new Set(elements);
  const more = (added[type] as readonly string[]).filter((element) => !known.has(element));
  return { [type]: inOrder(type as SetType, [...elements, ...more]) };
}

function subtract(
  root: AttributeValue,
  parts: Parts,
  present: AttributeValue | undefined,
  taken: AttributeValue,
  removals: Parts[],
): AttributeValue {
  if (!present) return parts.length > 1 && !parentOf(root, parts) ? put(root, parts, undefined) : root;
  const type = typeOf(taken);
  if (typeOf(present) !== type) throw wrongOperand();
  const gone = new Set(taken[type] as readonly string[]);
  const left = (present[type] as readonly string[]).filter((element) => !gone.has(element));
  if (left.length > 0) return put(root, parts, { [type]: left });
  removals.push(parts);
  return root;
}

/** A copy of `container` with `value` at the path, or without what is there; only containers on the way are copied. */
function put(container: AttributeValue, parts: Parts, value: AttributeValue | undefined, depth = 0): AttributeValue {
  const part = parts[depth]!;
  const last = depth === parts.length - 1;
  if (typeof part === "number") {
    if (!container.L) throw invalidPath();
    const list = [...container.L];
    if (last) {
      // A position behind the end appends.
      if (value) list[Math.min(part, list.length)] = value;
      else if (part < list.length) list.splice(part, 1);
    } else {
      if (!list[part]) throw invalidPath();
      list[part] = put(list[part], parts, value, depth + 1);
    }
    return { L: list };
  }
  if (!container.M) throw invalidPath();
  const map: Record<string, AttributeValue> = { ...container.M };
  if (last) {
    if (value) map[part] = value;
    else delete map[part];
  } else {
    const child = member(container.M, part);
    if (!child) throw invalidPath();
    map[part] = put(child, parts, value, depth + 1);
  }
  return { M: map };
}

function parentOf(root: AttributeValue, parts: Parts): AttributeValue | undefined {
  return valueAt(parts.slice(0, -1), root.M!);
}

function compareParts(a: Parts, b: Parts): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x === y) continue;
    return typeof x === "number" && typeof y === "number" ? x - y : String(x) < String(y) ? -1 : 1;
  }
  return a.length - b.length;
}

function wrongOperand(): Error {
  return validation("An operand in the update expression has an incorrect data type");
}

function invalidPath(): Error {
  return validation("The document path provided in the update expression is invalid for update");
}
