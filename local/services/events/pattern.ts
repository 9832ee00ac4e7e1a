import { BlockList, isIP } from "node:net";

/**
 * Event patterns: one implementation for EventBridge rules, SNS filter policies and Lambda's event filters, whose grammars agree.
 * Sources: EventBridge user guide "Comparison operators for use in event patterns", SNS developer guide "Subscription filter policies".
 */
export type Pattern = Readonly<Record<string, unknown>>;

export type Matcher = (event: unknown) => boolean;

/** Why a pattern is not valid; services wrap it into their own error. */
export class PatternError extends Error {}

type Test = { readonly exists: boolean } | { readonly value: (leaf: unknown) => boolean };

/**
 * Checks a pattern and makes its predicate.
 * @param pattern the pattern as an object, or as JSON text.
 * @throws PatternError
 */
export function compilePattern(pattern: unknown): Matcher {
  return compileObject(typeof pattern === "string" ? parse(pattern) : pattern, "");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PatternError("the pattern is not valid JSON");
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function compileObject(pattern: unknown, path: string): Matcher {
  if (!isObject(pattern)) throw new PatternError(`${path || "the pattern"} must be an object`);
  const keys = Object.keys(pattern);
  if (keys.length === 0) throw new PatternError("Empty objects are not allowed");
  const parts = keys.map((key) => {
    const at = path ? `${path}.${key}` : key;
    const value = pattern[key];
    if (key === "$or") return compileOr(value, at);
    if (Array.isArray(value)) return compileLeaf(key, value, at);
    if (isObject(value)) return compileNested(key, compileObject(value, at));
    throw new PatternError(`"${at}" must be an object or an array`);
  });
  return (event) => parts.every((part) => part(event));
}

function compileOr(alternatives: unknown, path: string): Matcher {
  if (!Array.isArray(alternatives) || alternatives.length < 2)
    throw new PatternError(`"${path}" must be an array of at least two patterns`);
  const parts = alternatives.map((alternative, index) => compileObject(alternative, `${path}[${index}]`));
  return (event) => parts.some((part) => part(event));
}

function field(event: unknown, key: string): unknown {
  return isObject(event) && Object.hasOwn(event, key) ? event[key] : undefined;
}

/** An array of objects matches if one element alone matches the whole of what is below it. */
function compileNested(key: string, inner: Matcher): Matcher {
  return (event) => {
    const value = field(event, key);
    if (!Array.isArray(value)) return inner(value);
    const elements = (value as unknown[]).flat(Infinity).filter(isObject);
    return elements.length === 0 ? inner(undefined) : elements.some(inner);
  };
}

function compileLeaf(key: string, values: readonly unknown[], path: string): Matcher {
  if (values.length === 0) throw new PatternError(`Empty arrays are not allowed: "${path}"`);
  const tests = values.map((value) => compileTest(value, path));
  return (event) => {
    const value = field(event, key);
    const all = Array.isArray(value) ? (value as unknown[]).flat(Infinity) : [value];
    const leaves = all.filter((leaf) => leaf !== undefined && (leaf === null || typeof leaf !== "object"));
    return tests.some((test) => ("exists" in test ? test.exists === leaves.length > 0 : leaves.some(test.value)));
  };
}

function compileTest(value: unknown, path: string): Test {
  if (!isObject(value)) {
    if (Array.isArray(value))
      throw new PatternError(`Match value must be String, number, true, false, or null: "${path}"`);
    return { value: (leaf) => leaf === value };
  }
  const operators = Object.keys(value);
  if (operators.length !== 1) throw new PatternError(`Only one key allowed in match expression: "${path}"`);
  const operator = operators[0]!;
  const operand = value[operator];
  if (operator === "exists") {
    if (typeof operand !== "boolean") throw new PatternError(`Value of exists must be true or false: "${path}"`);
    return { exists: operand };
  }
  return { value: compileOperator(operator, operand, path) };
}

function compileOperator(operator: string, operand: unknown, path: string): (leaf: unknown) => boolean {
  switch (operator) {
    case "prefix":
    case "suffix":
      if (isObject(operand)) {
        const text = textOf(operand["equals-ignore-case"], operator, path).toLowerCase();
        return onText((leaf) =>
          operator === "prefix" ? leaf.toLowerCase().startsWith(text) : leaf.toLowerCase().endsWith(text),
        );
      }
      return affix(operator, textOf(operand, operator, path));
    case "equals-ignore-case": {
      const text = textOf(operand, operator, path).toLowerCase();
      return onText((leaf) => leaf.toLowerCase() === text);
    }
    case "wildcard":
      return wildcard(textOf(operand, operator, path), path);
    case "cidr":
      return cidr(textOf(operand, operator, path), path);
    case "numeric":
      return numeric(operand, path);
    case "anything-but":
      return anythingBut(operand, path);
    default:
      throw new PatternError(`Unrecognized match type ${operator}: "${path}"`);
  }
}

function affix(operator: "prefix" | "suffix", text: string): (leaf: unknown) => boolean {
  return onText((leaf) => (operator === "prefix" ? leaf.startsWith(text) : leaf.endsWith(text)));
}

function anythingBut(operand: unknown, path: string): (leaf: unknown) => boolean {
  if (isObject(operand)) {
    const [operator, ...rest] = Object.keys(operand);
    if (
      operator === undefined ||
      rest.length > 0 ||
      !["prefix", "suffix", "equals-ignore-case", "wildcard"].includes(operator)
    ) {
      throw new PatternError(`Unsupported anything-but pattern: "${path}"`);
    }
    const given = operand[operator];
    const refused = (Array.isArray(given) ? nonEmpty(given, path) : [given]).map((one) =>
      compileOperator(operator, textOf(one, operator, path), path),
    );
    return onText((leaf) => !refused.some((test) => test(leaf)));
  }
  const refused = Array.isArray(operand) ? nonEmpty(operand, path) : [operand];
  if (!refused.every((one) => typeof one === "string" || typeof one === "number")) {
    throw new PatternError(`Inside anything-but list, only strings and numbers are allowed: "${path}"`);
  }
  return (leaf) => !(refused as readonly unknown[]).includes(leaf);
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** `[">", 0, "<=", 5]`: one comparison, or a lower and an upper bound. Numbers up to 5e9 either way. */
function numeric(operand: unknown, path: string): (leaf: unknown) => boolean {
  const bad = (why: string): PatternError => new PatternError(`Invalid member in numeric match, ${why}: "${path}"`);
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4))
    throw bad("expected one or two comparisons");
  const parts = [operand.slice(0, 2), operand.slice(2)].filter((part) => part.length > 0) as [unknown, unknown][];
  for (const [operator, bound] of parts) {
    if (typeof operator !== "string" || !COMPARE[operator]) throw bad(`got operator ${String(operator)}`);
    if (typeof bound !== "number" || Math.abs(bound) > 5e9) throw bad("bounds must be numbers between -5e9 and 5e9");
  }
  if (parts.length === 2) {
    const [[lower, from], [upper, to]] = parts as [[string, number], [string, number]];
    if (!lower.startsWith(">") || !upper.startsWith("<")) throw bad("a range must go from > or >= to < or <=");
    if (from >= to) throw bad("the bottom must be less than the top");
  }
  return (leaf) =>
    typeof leaf === "number" && parts.every(([operator, bound]) => COMPARE[operator as string]!(leaf, bound as number));
}

function cidr(block: string, path: string): (leaf: unknown) => boolean {
  const [address = "", bits, ...rest] = block.split("/");
  const version = isIP(address);
  const length = bits === undefined ? (version === 4 ? 32 : 128) : Number(bits);
  if (!version || rest.length > 0 || !/^\d*$/.test(bits ?? "") || length > (version === 4 ? 32 : 128)) {
    throw new PatternError(`Malformed CIDR, one '/' required: "${path}"`);
  }
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, length, family);
  return onText((leaf) => isIP(leaf) === version && list.check(leaf, family));
}

/** `*` stands for any text; `\*` and `\\` for themselves. */
function wildcard(text: string, path: string): (leaf: unknown) => boolean {
  const parts: string[] = [];
  let piece = "";
  let afterStar = false;
  for (let at = 0; at < text.length; at++) {
    const star = text[at] === "*";
    if (star && afterStar) throw new PatternError(`Consecutive wildcard characters at pos ${at - 1}: "${path}"`);
    afterStar = star;
    if (star) {
      parts.push(piece);
      piece = "";
    } else {
      if (text[at] === "\\" && text[++at] !== "*" && text[at] !== "\\") {
        throw new PatternError(`Invalid escape character at pos ${at}: "${path}"`);
      }
      piece += text[at] ?? "";
    }
  }
  parts.push(piece);
  const [first, ...others] = parts as [string, ...string[]];
  const last = others.pop();
  if (last === undefined) return onText((leaf) => leaf === first);
  return onText((leaf) => {
    if (!leaf.startsWith(first) || leaf.length < first.length + last.length || !leaf.endsWith(last)) return false;
    // Each piece at its leftmost place leaves the most room for those after it.
    let at = first.length;
    for (const piece of others) {
      const found = leaf.indexOf(piece, at);
      if (found < 0 || found + piece.length > leaf.length - last.length) return false;
      at = found + piece.length;
    }
    return true;
  });
}

function onText(test: (leaf: string) => boolean): (leaf: unknown) => boolean {
  return (leaf) => typeof leaf === "string" && test(leaf);
}

function textOf(value: unknown, operator: string, path: string): string {
  if (typeof value !== "string" || (value === "" && operator !== "equals-ignore-case" && operator !== "wildcard")) {
    throw new PatternError(`${operator} match pattern must be a non-empty string: "${path}"`);
  }
  return value;
}

function nonEmpty(list: readonly unknown[], path: string): readonly unknown[] {
  if (list.length === 0) throw new PatternError(`Empty arrays are not allowed: "${path}"`);
  return list;
}
