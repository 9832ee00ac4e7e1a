import { validation } from "../errors";
import { addNumbers } from "../numbers";
import { inOrder, type SetType } from "../sets";
import { checkName, readValue } from "../validation/attribute-values";
import { member, typeOf, type AttributeType, type AttributeValue, type Item } from "../values";

/** Updates of the API as it was before expressions. */
export type AttributeUpdates = Readonly<Record<string, { readonly Action?: string; readonly Value?: AttributeValue }>>;

const sets: readonly AttributeType[] = ["SS", "NS", "BS"];
const addable: readonly AttributeType[] = [...sets, "L", "N"];

export function readAttributeUpdates(raw: AttributeUpdates): AttributeUpdates {
  const read: Record<string, AttributeUpdates[string]> = {};
  for (const [name, { Action: action, Value: value }] of Object.entries(raw)) {
    checkName(name);
    if (!value) {
      if (action !== "DELETE") throw invalid("Only DELETE action is allowed when no attribute value is specified");
      read[name] = { Action: "DELETE" };
      continue;
    }
    const checked = readValue(value);
    const type = typeOf(checked);
    if (action === "DELETE" && !sets.includes(type)) {
      throw invalid(`DELETE action with value is not supported for the type ${type}`);
    }
    if (action === "ADD" && !addable.includes(type)) {
      throw invalid(`ADD action is not supported for the type ${type}`);
    }
    read[name] = { ...(action ? { Action: action } : {}), Value: checked };
  }
  return read;
}

export function applyAttributeUpdates(updates: AttributeUpdates, item: Item): Item {
  const next: Record<string, AttributeValue> = { ...item };
  for (const [name, { Action: action, Value: value }] of Object.entries(updates)) {
    const present = member(item, name);
    if (!value) {
      delete next[name];
      continue;
    }
    if (action === "ADD") next[name] = present ? add(present, value) : value;
    else if (action === "DELETE") {
      const left = present && remove(present, value);
      if (left) next[name] = left;
      else delete next[name];
    } else next[name] = value;
  }
  return next;
}

function add(present: AttributeValue, value: AttributeValue): AttributeValue {
  const type = sameType(present, value);
  if (type === "N") return { N: addNumbers(present.N!, value.N!) };
  if (type === "L") return { L: [...present.L!, ...value.L!] };
  const elements = present[type] as readonly string[];
  const added = (value[type] as readonly string[]).filter((e) => !elements.includes(e));
  return { [type]: inOrder(type as SetType, [...elements, ...added]) };
}

function remove(present: AttributeValue, value: AttributeValue): AttributeValue | undefined {
  const type = sameType(present, value);
  const gone = value[type] as readonly string[];
  const left = (present[type] as readonly string[]).filter((element) => !gone.includes(element));
  return left.length > 0 ? { [type]: left } : undefined;
}

function sameType(present: AttributeValue, value: AttributeValue): AttributeType {
  const type = typeOf(value);
  if (typeOf(present) !== type) throw validation("Type mismatch for attribute to update");
  return type;
}

function invalid(message: string): Error {
  return validation(`One or more parameter values were invalid: ${message}`);
}
