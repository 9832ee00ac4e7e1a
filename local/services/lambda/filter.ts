import { AwsError } from "../../aws-error";

/**
 * Filter patterns of event source mappings.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export type Pattern = { readonly [key: string]: unknown };
export type Filter = (event: unknown) => boolean;

/**
 * Compiles the `Pattern` texts of a `FilterCriteria`; they are OR-ed. No pattern admits everything.
 * @throws AwsError InvalidParameterValueException for a pattern that AWS refuses.
 */
export function compileFilters(patterns: readonly string[]): Filter {
  const filters = patterns.map((text) => compile(parse(text)));
  return filters.length === 0 ? () => true : (event) => filters.some((filter) => filter(event));
}

/** Whether some pattern looks into `key` as an object, which makes a text body without JSON drop out. */
export function looksInto(patterns: readonly string[], key: string): boolean {
  return patterns.some((text) => {
    const part = parse(text)[key];
    return typeof part === "object" && part !== null && !Array.isArray(part);
  });
}

function invalid(): AwsError {
  return new AwsError("InvalidParameterValueException", "Invalid filter pattern definition.", 400);
}

function parse(text: string): Pattern {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid();
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid();
  return value as Pattern;
}

function compile(pattern: Pattern): Filter {
  const parts = Object.entries(pattern).map(([key, rule]): Filter => {
    if (key === "$or") {
      if (!Array.isArray(rule) || rule.length === 0) throw invalid();
      const choices = rule.map((one) => compile(one as Pattern));
      return (event) => choices.some((choice) => choice(event));
    }
    if (Array.isArray(rule)) {
      if (rule.length === 0) throw invalid();
      const matchers = rule.map((one) => leaf(one));
      return (event) => {
        const values = leavesOf(member(event, key));
        return matchers.some((matches) => values.some((each) => matches(each)));
      };
    }
    if (typeof rule !== "object" || rule === null) throw invalid();
    const inner = compile(rule as Pattern);
    return (event) => {
      const value = member(event, key);
      return Array.isArray(value) && value.length > 0 ? value.some((each) => inner(each)) : inner(value);
    };
  });
  return (event) => parts.every((part) => part(event));
}

/** What matchers see of a value: of a list its members, of an object nothing, because only leaves exist for them. */
function leavesOf(value: unknown): readonly unknown[] {
  const leaves = (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (each) => each === null || typeof each !== "object",
  );
  return leaves.length === 0 ? [undefined] : leaves;
}

function member(event: unknown, key: string): unknown {
  if (typeof event !== "object" || event === null) return undefined;
  return Object.hasOwn(event, key) ? (event as Record<string, unknown>)[key] : undefined;
}

function leaf(rule: unknown): Filter {
  if (rule === null || typeof rule !== "object") return (value) => value === rule;
  const entries = Object.entries(rule);
  const [name, operand] = entries[0] ?? [];
  if (entries.length !== 1) throw invalid();
  switch (name ?? "") {
    case "exists":
      if (typeof operand !== "boolean") break;
      return (value) => (value !== undefined) === operand;
    case "prefix":
    case "suffix":
      if (typeof operand !== "string") break;
      return (value) =>
        typeof value === "string" && (name === "prefix" ? value.startsWith(operand) : value.endsWith(operand));
    case "equals-ignore-case":
      if (typeof operand !== "string") break;
      return (value) => typeof value === "string" && value.toLowerCase() === operand.toLowerCase();
    case "anything-but":
      return anythingBut(operand);
    case "numeric":
      if (Array.isArray(operand)) return numeric(operand);
  }
  throw invalid();
}

function anythingBut(operand: unknown): Filter {
  const list = Array.isArray(operand) ? (operand as unknown[]) : [operand];
  if (list.length === 0) throw invalid();
  const refused = list.map((one) => leaf(one));
  return (value) => value !== undefined && !refused.some((matches) => matches(value));
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function numeric(operand: readonly unknown[]): Filter {
  const rules: ((value: number) => boolean)[] = [];
  for (let i = 0; i < operand.length; i += 2) {
    const compare = comparisons[String(operand[i])];
    const bound = operand[i + 1];
    if (!compare || typeof bound !== "number") throw invalid();
    rules.push((value) => compare(value, bound));
  }
  if (rules.length === 0) throw invalid();
  return (value) => typeof value === "number" && rules.every((rule) => rule(value));
}
