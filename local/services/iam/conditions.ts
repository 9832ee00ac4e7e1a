import { BlockList, isIP } from "node:net";
import { compilePattern, fillVariables, type KeyValues } from "./pattern";

/** Asks one condition block of a statement. */
export type Condition = (keys: KeyValues) => boolean;

/** Compares one value of the request with one value of the policy. */
type Comparison = (wanted: string) => (actual: string, keys: KeyValues) => boolean;

const text =
  (compare: (actual: string, wanted: string) => boolean): Comparison =>
  (wanted) =>
  (actual, keys) => {
    const filled = fillVariables(wanted, keys);
    return filled !== undefined && compare(actual, filled);
  };

const pattern =
  (kind: "text" | "arn"): Comparison =>
  (wanted) => {
    const compiled = compilePattern(wanted, kind);
    return (actual, keys) => compiled.matches(actual, keys);
  };

const ordered =
  (parse: (value: string) => number, compare: (actual: number, wanted: number) => boolean): Comparison =>
  (wanted) => {
    const limit = parse(wanted);
    return (actual) => compare(parse(actual), limit);
  };

const number = (value: string): number => (value.trim() === "" ? NaN : Number(value));
const date = (value: string): number => (/^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value));

const addresses: Comparison = (wanted) => {
  const [network = "", prefix] = wanted.split("/");
  const family = isIP(network);
  if (family === 0) return () => false;
  const list = new BlockList();
  const type = family === 6 ? "ipv6" : "ipv4";
  list.addSubnet(network, prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix), type);
  return (actual) => isIP(actual) === family && list.check(actual, type);
};

const positive: Readonly<Record<string, Comparison>> = {
  StringEquals: text((a, w) => a === w),
  StringEqualsIgnoreCase: text((a, w) => a.toLowerCase() === w.toLowerCase()),
  StringLike: pattern("text"),
  ArnEquals: pattern("arn"),
  ArnLike: pattern("arn"),
  NumericEquals: ordered(number, (a, w) => a === w),
  NumericLessThan: ordered(number, (a, w) => a < w),
  NumericLessThanEquals: ordered(number, (a, w) => a <= w),
  NumericGreaterThan: ordered(number, (a, w) => a > w),
  NumericGreaterThanEquals: ordered(number, (a, w) => a >= w),
  DateEquals: ordered(date, (a, w) => a === w),
  DateLessThan: ordered(date, (a, w) => a < w),
  DateLessThanEquals: ordered(date, (a, w) => a <= w),
  DateGreaterThan: ordered(date, (a, w) => a > w),
  DateGreaterThanEquals: ordered(date, (a, w) => a >= w),
  Bool: (wanted) => (actual) => actual.toLowerCase() === wanted.toLowerCase(),
  BinaryEquals: (wanted) => (actual) => actual === wanted,
  IpAddress: addresses,
};

/** Operators that hold when their positive form does not. */
const negative: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
};

/** Names of the condition operators, without set prefix and `IfExists`. */
export const operators: readonly string[] = [...Object.keys(positive), ...Object.keys(negative), "Null"];

/** Splits `ForAllValues:StringLikeIfExists` into its parts; undefined if there is no such operator. */
export function parseOperator(
  name: string,
): { readonly set?: "all" | "any"; readonly base: string; readonly ifExists: boolean } | undefined {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?(.+?)(IfExists)?$/.exec(name);
  if (!parts || !operators.includes(parts[2]!) || (parts[2] === "Null" && parts[3])) return undefined;
  const set = parts[1] === undefined ? {} : { set: parts[1] === "ForAllValues" ? ("all" as const) : ("any" as const) };
  return { ...set, base: parts[2]!, ifExists: parts[3] !== undefined };
}

/** Compiles a Condition element; all its operators and keys must hold. */
export function compileCondition(block: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Condition {
  const tests: Condition[] = [];
  for (const [name, entries] of Object.entries(block)) {
    const operator = parseOperator(name);
    if (!operator) throw new Error(`unknown condition operator ${name}`);
    for (const [key, wanted] of Object.entries(entries)) {
      tests.push(one(operator, key.toLowerCase(), (Array.isArray(wanted) ? wanted : [wanted]).map(String)));
    }
  }
  return (keys) => tests.every((test) => test(keys));
}

function one(
  operator: NonNullable<ReturnType<typeof parseOperator>>,
  key: string,
  wanted: readonly string[],
): Condition {
  const { base, set, ifExists } = operator;
  if (base === "Null")
    return (keys) => wanted.some((value) => (value.toLowerCase() === "true") === (keys.get(key) === undefined));
  const negated = negative[base];
  const comparisons = wanted.map(positive[negated ?? base]!);
  const matches = (actual: string, keys: KeyValues): boolean => comparisons.some((compare) => compare(actual, keys));
  const holds = (actual: string, keys: KeyValues): boolean => matches(actual, keys) === (negated === undefined);
  return (keys) => {
    const values = keys.get(key);
    if (values === undefined || values.length === 0) {
      // ForAllValues holds for a key that is absent, ForAnyValue never does; without a set, negated operators hold.
      if (set) return set === "all" || ifExists;
      return ifExists || negated !== undefined;
    }
    if (set === "all") return values.every((value) => holds(value, keys));
    if (set === "any") return values.some((value) => holds(value, keys));
    return negated === undefined
      ? values.some((value) => holds(value, keys))
      : values.every((value) => holds(value, keys));
  };
}
