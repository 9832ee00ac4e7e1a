import { compilePattern, PatternError, type Matcher } from "../events/pattern";
import { nestedBody, nestedPolicies } from "./dotted-names";
import { invalidParameter } from "./errors";
import { checkFilterGrammar } from "./filter-grammar";
import { readJsonAttribute } from "./json-attribute";
import type { MessageAttributes } from "./message";

export type FilterScope = "MessageAttributes" | "MessageBody";

/** What a subscription's filter says to a message, and why not. */
export type Verdict = "pass" | "attributes" | "no-attributes" | "body" | "invalid-body";

export type Filter = (message: string, attributes: MessageAttributes) => Verdict;

/** SNS developer guide, "Filter policy constraints". */
const MAX_KEYS = 5;
const MAX_COMBINATIONS = 150;
const MAX_BYTES = 262_144;

/**
 * Checks a filter policy and makes its predicate.
 * @param refuse makes the error from AWS's words, which Subscribe and SetSubscriptionAttributes begin differently.
 * @throws AwsError InvalidParameter
 */
export function compileFilter(text: string, scope: FilterScope, refuse = invalidParameter): Filter {
  const policy = read(text, refuse);
  if (Object.keys(policy).length === 0) return () => "pass";
  checkLimits(policy, scope, refuse);
  if (scope === "MessageBody") {
    const matches = nestedPolicies(policy).map((part) => compile(part, refuse));
    return (message) => {
      const body = parseObject(message);
      if (body === undefined) return "invalid-body";
      const nested = nestedBody(body);
      return matches.every((match) => match(nested)) ? "pass" : "body";
    };
  }
  const matches = compile(policy, refuse);
  return (_message, attributes) => {
    // Without any attribute not even `{"exists": false}` lets a message through ("Key matching in Amazon SNS").
    if (Object.keys(attributes).length === 0) return "no-attributes";
    return matches(valuesOf(attributes)) ? "pass" : "attributes";
  };
}

function read(text: string, refuse: typeof invalidParameter): Record<string, unknown> {
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw refuse(`FilterPolicy: Filter policy can not exceed ${MAX_BYTES} bytes`);
  const policy = readJsonAttribute("FilterPolicy", text, refuse);
  refusing(refuse, () => checkFilterGrammar(text));
  return policy as Record<string, unknown>;
}

function checkLimits(
  policy: Readonly<Record<string, unknown>>,
  scope: FilterScope,
  refuse: typeof invalidParameter,
): void {
  const { keys, combinations, nested } = measure(policy, 1);
  if (scope === "MessageAttributes" && nested)
    throw refuse("Filter policy scope MessageAttributes does not support nested filter policy");
  if (keys.size > MAX_KEYS) throw refuse(`FilterPolicy: Filter policy can not have more than ${MAX_KEYS} keys`);
  if (combinations > MAX_COMBINATIONS) throw refuse("FilterPolicy: Filter policy is too complex");
}

function compile(policy: Readonly<Record<string, unknown>>, refuse: typeof invalidParameter): Matcher {
  const matches = refusing(refuse, () => compilePattern(accurate(policy)));
  return (values) => matches(accurate(values));
}

/** Answers with what `work` does, and tells why a policy is refused. */
function refusing<T>(refuse: typeof invalidParameter, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PatternError) throw refuse(`FilterPolicy: ${error.message}`);
    throw error;
  }
}

/**
 * Numbers are compared with five digits after the point:
 * https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
function accurate(value: unknown): unknown {
  if (typeof value === "number") {
    return Number.isInteger(value) ? value : Math.trunc(Number((value * 1e5).toFixed(3))) / 1e5;
  }
  if (Array.isArray(value)) return value.map(accurate);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, accurate(member)]));
}

interface Size {
  readonly keys: Set<string>;
  readonly combinations: number;
  readonly nested: boolean;
}

/** Combinations: the product over all keys of their number of values times their level; alternatives of an `$or` add up. */
function measure(policy: Readonly<Record<string, unknown>>, level: number, path = ""): Size {
  const keys = new Set<string>();
  let combinations = 1;
  let nested = false;
  const join = (size: Size): void => {
    for (const key of size.keys) keys.add(key);
    nested ||= size.nested;
  };
  for (const [key, value] of Object.entries(policy)) {
    if (key === "$or" && Array.isArray(value)) {
      const sizes = value.filter(isObject).map((part) => measure(part, level, path));
      sizes.forEach(join);
      combinations *= sizes.reduce((sum, size) => sum + size.combinations, 0);
    } else if (Array.isArray(value)) {
      keys.add(`${path}.${key}`);
      combinations *= value.length * level;
    } else if (isObject(value)) {
      const size = measure(value, level + 1, `${path}.${key}`);
      join(size);
      nested = true;
      combinations *= size.combinations;
    }
  }
  return { keys, combinations, nested };
}

/** Attributes as the filter sees them: binary ones are never seen, numbers are numbers, String.Array is a list. */
function valuesOf(attributes: MessageAttributes): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { DataType, StringValue }] of Object.entries(attributes)) {
    if (StringValue === undefined || DataType.startsWith("Binary")) continue;
    if (DataType.startsWith("Number")) values[name] = Number(StringValue);
    else if (DataType.startsWith("String.Array")) values[name] = parseList(StringValue);
    else values[name] = StringValue;
  }
  return values;
}

function parseList(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as unknown[]) : text;
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
