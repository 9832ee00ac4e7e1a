import { compareValues, equalValues, typeOf, type AttributeValue, type Item } from "../values";
import { binaryBytes } from "../sizes";
import { valueAt, type Bindings } from "./bindings";
import type { Call, Comparator, Condition, Operand } from "./condition-parser";

/** Whether an item meets a condition that was checked before. */
export function meets(condition: Condition, item: Item, bindings: Bindings): boolean {
  switch (condition.kind) {
    case "and":
      return meets(condition.left, item, bindings) && meets(condition.right, item, bindings);
    case "or":
      return meets(condition.left, item, bindings) || meets(condition.right, item, bindings);
    case "not":
      return !meets(condition.condition, item, bindings);
    case "compare":
      return compares(
        condition.comparator,
        valueOf(condition.left, item, bindings),
        valueOf(condition.right, item, bindings),
      );
    case "between": {
      const value = valueOf(condition.operand, item, bindings);
      return (
        compares(">=", value, valueOf(condition.low, item, bindings)) &&
        compares("<=", value, valueOf(condition.high, item, bindings))
      );
    }
    case "in": {
      const value = valueOf(condition.operand, item, bindings);
      return value !== undefined && condition.options.some((o) => equalValues(value, valueOf(o, item, bindings)));
    }
    case "call":
      return callMeets(condition, item, bindings);
  }
}

export function compares(
  comparator: Comparator,
  a: AttributeValue | undefined,
  b: AttributeValue | undefined,
): boolean {
  // A missing operand makes every comparison false, except that it is unequal to everything.
  if (comparator === "<>") return !(a && b && equalValues(a, b));
  if (!a || !b) return false;
  if (comparator === "=") return equalValues(a, b);
  const order = compareValues(a, b);
  if (order === undefined) return false;
  switch (comparator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

export function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (!value || !prefix) return false;
  if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S);
  if (value.B !== undefined && prefix.B !== undefined) return bytes(value.B).startsWith(bytes(prefix.B));
  return false;
}

export function containsValue(value: AttributeValue | undefined, wanted: AttributeValue | undefined): boolean {
  if (!value || !wanted) return false;
  if (value.L) return value.L.some((element) => equalValues(element, wanted));
  if (wanted.S !== undefined) return value.S?.includes(wanted.S) ?? value.SS?.includes(wanted.S) ?? false;
  if (wanted.N !== undefined) return value.NS?.includes(wanted.N) ?? false;
  if (wanted.B === undefined) return false;
  if (value.B !== undefined) return bytes(value.B).includes(bytes(wanted.B));
  return value.BS?.includes(wanted.B) ?? false;
}

function valueOf(operand: Operand, item: Item, bindings: Bindings): AttributeValue | undefined {
  switch (operand.kind) {
    case "path":
      return valueAt(bindings.resolve(operand.path), item);
    case "value":
      return bindings.value(operand.name);
    case "call":
      return sizeOf(valueOf(operand.operands[0]!, item, bindings));
  }
}

function callMeets({ name, operands }: Call, item: Item, bindings: Bindings): boolean {
  const value = valueOf(operands[0]!, item, bindings);
  switch (name) {
    case "attribute_exists":
      return value !== undefined;
    case "attribute_not_exists":
      return value === undefined;
    case "attribute_type":
      return value !== undefined && typeOf(value) === valueOf(operands[1]!, item, bindings)?.S;
    case "begins_with":
      return beginsWith(value, valueOf(operands[1]!, item, bindings));
    default:
      return containsValue(value, valueOf(operands[1]!, item, bindings));
  }
}

function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  if (!value) return undefined;
  // UTF-16 code units, not bytes.
  if (value.S !== undefined) return { N: String(value.S.length) };
  if (value.B !== undefined) return { N: String(binaryBytes(value.B)) };
  const elements = value.SS ?? value.NS ?? value.BS ?? value.L;
  if (elements) return { N: String(elements.length) };
  return value.M ? { N: String(Object.keys(value.M).length) } : undefined;
}

function bytes(base64: string): string {
  return Buffer.from(base64, "base64").toString("latin1");
}
