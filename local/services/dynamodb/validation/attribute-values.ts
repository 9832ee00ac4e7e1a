import { validation } from "../errors";
import { limits } from "../limits";
import { canonicalNumber } from "../numbers";
import { inOrder } from "../sets";
import { textBytes } from "../sizes";
import { attributeTypes, type AttributeType, type AttributeValue, type Item } from "../values";

/**
 * Checks an attribute value that has the right JSON types, and brings its numbers into canonical text. What needs no
 * change is returned as it is.
 */
export function readValue(raw: AttributeValue, depth = 1): AttributeValue {
  checkDepth(depth);
  const type = onlyType(raw);
  switch (type) {
    case "S":
      return raw;
    case "N": {
      const canonical = canonicalNumber(raw.N!);
      return canonical === raw.N ? raw : { N: canonical };
    }
    case "B":
    case "BOOL":
      return raw;
    case "NULL":
      if (!raw.NULL) throw invalid("Null attribute value types must have the value of true");
      return raw;
    case "SS":
      return readTexts(raw.SS!, raw);
    case "NS":
      return readNumbers(raw.NS!, raw);
    case "BS":
      return readBinaries(raw.BS!, raw);
    case "L":
      return readList(raw, depth);
    case "M": {
      const map = readItem(raw.M!, depth + 1);
      return map === raw.M ? raw : { M: map };
    }
  }
}

/** Checks all values of an item or key. */
export function readItem(raw: Item, depth = 1): Item {
  if (depth === 1 && Object.hasOwn(raw, "")) throw validation("Empty attribute name");
  let copy: Record<string, AttributeValue> | undefined;
  for (const name in raw) {
    checkName(name);
    const value = raw[name]!;
    const read = readValue(value, depth);
    if (read === value) continue;
    copy ??= { ...raw };
    copy[name] = read;
  }
  return copy ?? raw;
}

/** Refuses a name of an attribute that is too long. */
export function checkName(name: string): void {
  // A character takes three bytes of UTF-8 at most, two halves of a pair four.
  if (name.length * 3 <= limits.nameBytes || textBytes(name) <= limits.nameBytes) return;
  throw invalid(`Attribute name is too large, must be less than ${limits.nameBytes + 1} bytes`);
}

function onlyType(raw: AttributeValue): AttributeType {
  let found: AttributeType | undefined;
  let foreign = false;
  for (const key in raw) {
    const present = raw[key as AttributeType] !== null && raw[key as AttributeType] !== undefined;
    if (!present || !attributeTypes.includes(key as AttributeType)) {
      foreign = true;
      continue;
    }
    if (found) {
      throw validation(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
      );
    }
    found = key as AttributeType;
  }
  if (!found) {
    throw validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  if (foreign) strip(raw, found);
  return found;
}

/** Members that are null or unknown count as absent, and must not be stored. */
function strip(raw: AttributeValue, keep: AttributeType): void {
  for (const key of Object.keys(raw)) if (key !== keep) delete (raw as Record<string, unknown>)[key];
}

function readList(raw: AttributeValue, depth: number): AttributeValue {
  let changed = false;
  const list = raw.L!.map((element) => {
    const read = readValue(element, depth + 1);
    changed ||= read !== element;
    return read;
  });
  return changed ? { L: list } : raw;
}

function readTexts(set: readonly string[], raw: AttributeValue): AttributeValue {
  if (set.length === 0) throw invalid("An string set  may not be empty");
  if (new Set(set).size < set.length) throw invalid(`Input collection [${set.join(", ")}] contains duplicates.`);
  return ordered("SS", set, raw);
}

function readNumbers(set: readonly string[], raw: AttributeValue): AttributeValue {
  if (set.length === 0) throw invalid("An number set  may not be empty");
  const numbers = set.map(canonicalNumber);
  if (new Set(numbers).size < numbers.length) throw validation("Input collection contains duplicates");
  const sorted = inOrder("NS", numbers);
  return sorted.every((number, i) => number === set[i]) ? raw : { NS: [...sorted] };
}

function readBinaries(set: readonly string[], raw: AttributeValue): AttributeValue {
  if (set.length === 0) throw invalid("Binary sets should not be empty");
  if (new Set(set).size < set.length)
    throw invalid(`Input collection [${set.join(", ")}]of type BS contains duplicates.`);
  return ordered("BS", set, raw);
}

function ordered(type: "SS" | "BS", set: readonly string[], raw: AttributeValue): AttributeValue {
  const sorted = inOrder(type, set);
  return sorted === set ? raw : { [type]: sorted };
}

/** A value in 31 maps or lists is the deepest: the attribute itself counts as the first level. */
function checkDepth(depth: number): void {
  if (depth > limits.nesting) {
    throw validation(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
    );
  }
}

/** Refuses a checked value that would stand too deep `depth` levels down, where a document path puts it. */
export function checkNesting(value: AttributeValue, depth: number): void {
  checkDepth(depth);
  const inner = value.L ?? (value.M && Object.values(value.M));
  inner?.forEach((element) => {
    checkNesting(element, depth + 1);
  });
}

function invalid(message: string): Error {
  return validation(`One or more parameter values were invalid: ${message}`);
}
