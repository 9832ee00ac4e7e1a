import type { JsonToken } from "../json-text";
import type { FieldTest } from "./pattern-match";
import { between, caseless, cidr, comparable, compare, onText, type LeafTest } from "./pattern-operators";
import { PatternError, type PatternReader } from "./pattern-reader";
import { readWildcard, wildcard } from "./pattern-wildcard";

/** The wildcards of a field, whose number AWS limits. */
export type Wildcards = ReturnType<typeof readWildcard>[];

const ONE_KEY = "Only one key allowed in match expression";
const TOO_MANY = "Too many elements in numeric expression";

/** Reads one member of a field's list: a value, or an object with an operator. @throws PatternError */
export function readTest(reader: PatternReader, token: JsonToken, wildcards: Wildcards): FieldTest {
  switch (token.kind) {
    case "{":
      return expression(reader, wildcards);
    case "string": {
      const text = reader.textOf(token);
      return { value: (leaf) => leaf === text };
    }
    case "number":
    case "true":
    case "false":
    case "null": {
      const value: unknown = JSON.parse(token.text);
      return { value: (leaf) => leaf === value };
    }
    default:
      throw reader.refuse("Match value must be String, number, true, false, or null");
  }
}

function expression(reader: PatternReader, wildcards: Wildcards): FieldTest {
  const name = reader.next();
  if (name.kind !== "name") throw reader.refuse("Match expression name not found");
  switch (name.text) {
    case "exists": {
      const { kind } = reader.next();
      if (kind !== "true" && kind !== "false")
        throw reader.refuse("exists match pattern must be either true or false.");
      end(reader, ONE_KEY);
      return { exists: kind === "true" };
    }
    case "numeric": {
      if (reader.next().kind !== "[") throw reader.refuse("Value of numeric must be an array.");
      const value = numeric(reader);
      end(reader, TOO_MANY);
      return { value };
    }
    case "anything-but":
      return { value: anythingBut(reader, wildcards) };
    default: {
      const value = textOperator(name.text, reader, wildcards);
      end(reader, ONE_KEY);
      return { value };
    }
  }
}

function textOperator(operator: string, reader: PatternReader, wildcards: Wildcards): LeafTest {
  const text = (token = reader.next(), named = operator): string => {
    if (token.kind !== "string") throw reader.refuse(`${named} match pattern must be a string`);
    return reader.textOf(token);
  };
  switch (operator) {
    case "prefix":
    case "suffix": {
      const token = reader.next();
      if (token.kind === "{") return affixCaseless(operator, reader);
      const affix = text(token);
      return onText((leaf) => (operator === "prefix" ? leaf.startsWith(affix) : leaf.endsWith(affix)));
    }
    case "exactly": {
      const exact = text(reader.next(), "exact");
      return (leaf) => leaf === exact;
    }
    case "equals-ignore-case":
      return onText(caseless(operator, text()));
    case "cidr":
      // That AWS says "prefix" here is AWS's slip.
      return cidr(text(reader.next(), "prefix"));
    case "wildcard":
      return onText(wildcardOf(text(), reader, wildcards));
    default:
      throw reader.refuse(`Unrecognized match type ${operator}`);
  }
}

function affixCaseless(operator: "prefix" | "suffix", reader: PatternReader): LeafTest {
  const name = reader.next();
  const title = operator === "prefix" ? "Prefix" : "Suffix";
  if (name.kind !== "name") throw reader.refuse(`${title} expression name not found`);
  if (name.text !== "equals-ignore-case") throw reader.refuse(`Unsupported ${operator} pattern: ${name.text}`);
  const token = reader.next();
  if (token.kind !== "string") throw reader.refuse("equals-ignore-case match pattern must be a string");
  const text = reader.textOf(token);
  end(reader, ONE_KEY);
  return onText(caseless(operator, text));
}

function wildcardOf(text: string, reader: PatternReader, wildcards: Wildcards): (leaf: string) => boolean {
  const steps = located(reader, () => readWildcard(text));
  wildcards.push(steps);
  return wildcard(steps);
}

/** Whatever is there and is none of these: other types too. */
function anythingBut(reader: PatternReader, wildcards: Wildcards): LeafTest {
  let token = reader.next();
  let operator: string | undefined;
  if (token.kind === "{") {
    const name = reader.next();
    if (name.kind !== "name") throw reader.refuse("Anything-But expression name not found");
    operator = name.text;
    if (!["equals-ignore-case", "prefix", "suffix", "wildcard"].includes(operator))
      throw reader.refuse(`Unsupported anything-but pattern: ${operator}`);
    token = reader.next();
  }
  if (token.kind !== "[" && token.kind !== "string" && token.kind !== "number")
    throw reader.refuse("Value of anything-but must be an array or single string/number value.");
  const refused =
    operator === undefined ? plainValues(reader, token) : refusedTexts(operator, reader, token, wildcards);
  end(reader, TOO_MANY);
  if (operator !== undefined) end(reader, TOO_MANY);
  return (leaf) => !refused.some((test) => test(leaf));
}

function plainValues(reader: PatternReader, first: JsonToken): readonly LeafTest[] {
  const kinds = new Set<string>();
  const one = (token: JsonToken): LeafTest => {
    if (token.kind !== "string" && token.kind !== "number")
      throw reader.refuse("Inside anything but list, start|null|boolean is not supported.");
    kinds.add(token.kind);
    const value = token.kind === "number" ? comparable(token.text) : reader.textOf(token);
    return (leaf) => leaf === value;
  };
  if (first.kind !== "[") return [one(first)];
  const tests = list(reader, one);
  if (kinds.size !== 1)
    throw reader.refuse(
      "Inside anything but list, either all values are number or string, mixed type is not supported",
    );
  return tests;
}

function refusedTexts(
  operator: string,
  reader: PatternReader,
  first: JsonToken,
  wildcards: Wildcards,
): readonly LeafTest[] {
  const one = (token: JsonToken): string => {
    if (token.kind !== "string") {
      if (operator === "wildcard") throw reader.refuse("wildcard match pattern must be a string");
      if (operator !== "equals-ignore-case") throw reader.refuse("prefix/suffix match pattern must be a string");
      throw reader.refuse("Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.");
    }
    const text = reader.textOf(token);
    if (text === "" && (operator === "prefix" || operator === "suffix"))
      throw reader.refuse("Null prefix/suffix not allowed");
    return text;
  };
  return (first.kind === "[" ? list(reader, one) : [one(first)]).map((text) => {
    if (operator === "wildcard") return onText(wildcardOf(text, reader, wildcards));
    if (operator === "equals-ignore-case") return onText(caseless(operator, text));
    return onText((leaf) => (operator === "prefix" ? leaf.startsWith(text) : leaf.endsWith(text)));
  });
}

/** AWS wraps a refusal inside such a list into another, so that the place stands there twice. */
function list<T>(reader: PatternReader, one: (token: JsonToken) => T): readonly T[] {
  return located(reader, () => {
    const members: T[] = [];
    for (let token = reader.next(); token.kind !== "]"; token = reader.next()) members.push(one(token));
    return members;
  });
}

function numeric(reader: PatternReader): LeafTest {
  const first = reader.next();
  if (first.kind !== "string") throw reader.refuse(`Invalid member in numeric match: ${first.text}`);
  const operator = reader.textOf(first);
  const bound = reader.next();
  if (!["=", "<", "<=", ">", ">="].includes(operator))
    throw reader.refuse(`Unrecognized numeric range operator: ${operator}`);
  if (bound.kind !== "number")
    throw reader.refuse(`Value of ${operator === "=" ? "equals" : operator} must be numeric`);
  const after = reader.next();
  if (after.kind === "]") return located(reader, () => compare(operator, comparable(bound.text)));
  if (!operator.startsWith(">")) throw reader.refuse(TOO_MANY);
  if (after.kind !== "string") throw reader.refuse(`Bad value in numeric range: ${after.text}`);
  const upper = reader.textOf(after);
  if (upper !== "<" && upper !== "<=") throw reader.refuse(`Bad numeric range operator: ${upper}`);
  const top = reader.next();
  if (top.kind !== "number") throw reader.refuse(`Value of ${upper} must be numeric`);
  if (reader.next().kind !== "]") throw reader.refuse("Too many terms in numeric range expression");
  return located(reader, () => between(operator, comparable(bound.text), upper, comparable(top.text)));
}

function end(reader: PatternReader, otherwise: string): void {
  if (reader.next().kind !== "}") throw reader.refuse(otherwise);
}

/** Adds the place to a refusal from within. */
function located<T>(reader: PatternReader, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof PatternError ? reader.refuse(error.message) : error;
  }
}
