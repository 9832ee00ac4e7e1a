import { ArgumentError } from "../shared/errors";
import type { AttributeType } from "../shared/player-directory";
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from "../shared/units";
import { FILTER_LIMITS, TESTS, type PlayerAttributes, type ParsedFilter, type ParsedTest } from "./filter";

/** Why a filter cannot be used: where in it, and what is allowed there. */
export interface FilterProblem {
  /** Path within the filter, e.g. `all[1].not.country`. */
  readonly path: string;
  readonly message: string;
}

interface Reader {
  readonly attributes: PlayerAttributes;
  readonly problems: FilterProblem[];
  tests: number;
}

/**
 * Checks a filter against the declared attributes.
 * @returns the filter in a form that needs no more checks, and the problems; the filter is only of use without any.
 */
export function parseFilter(
  filter: unknown,
  attributes: PlayerAttributes,
): { readonly parsed: ParsedFilter; readonly problems: readonly FilterProblem[] } {
  const reader: Reader = { attributes, problems: [], tests: 0 };
  const parsed = read(reader, filter, "where", 1);
  if (reader.tests > FILTER_LIMITS.tests)
    reader.problems.push({
      path: "where",
      message: `got ${reader.tests} tests; expected at most ${FILTER_LIMITS.tests}`,
    });
  return { parsed, problems: reader.problems };
}

/**
 * The filter in a form that needs no more checks.
 * @param within what the filter is of, before its path in an error: `segment "x": `.
 * @throws ArgumentError with all that is wrong.
 */
export function requireFilter(
  component: string,
  within: string,
  where: unknown,
  attributes: PlayerAttributes,
): ParsedFilter {
  const { parsed, problems } = parseFilter(where, attributes);
  const [first] = problems;
  if (!first) return parsed;
  throw new ArgumentError({
    component,
    argument: `${within}${first.path}`,
    got: where,
    expected: "a filter over the declared player attributes",
    fix: `Mend ${problems.map(({ path, message }) => `${path}: ${message}`).join("; ")}.`,
  });
}

const NEVER: ParsedFilter = { any: [] };

function refuse(reader: Reader, path: string, message: string): ParsedFilter {
  reader.problems.push({ path, message });
  return NEVER;
}

function read(reader: Reader, filter: unknown, path: string, depth: number): ParsedFilter {
  if (typeof filter !== "object" || filter === null || Array.isArray(filter)) {
    return refuse(reader, path, `got ${shown(filter)}; expected {all}, {any}, {not} or a test of an attribute`);
  }
  if (depth > FILTER_LIMITS.depth) return refuse(reader, path, `nested deeper than ${FILTER_LIMITS.depth}`);
  const record = filter as Readonly<Record<string, unknown>>;
  const keys = Object.keys(record);
  for (const key of ["all", "any", "not"] as const) {
    if (!keys.includes(key)) continue;
    if (keys.length > 1) return refuse(reader, path, `got ${keys.join(", ")}; expected "${key}" alone`);
    if (key === "not") return { not: read(reader, record["not"], `${path}.not`, depth + 1) };
    const list = record[key];
    if (!Array.isArray(list)) return refuse(reader, `${path}.${key}`, `got ${shown(list)}; expected a list of filters`);
    const items = list.map((item, i) => read(reader, item, `${path}.${key}[${i}]`, depth + 1));
    return key === "all" ? { all: items } : { any: items };
  }
  return readTest(reader, record, keys, path);
}

function readTest(
  reader: Reader,
  record: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  path: string,
): ParsedFilter {
  reader.tests++;
  const attribute = record["attribute"];
  if (typeof attribute !== "string")
    return refuse(reader, path, `attribute: got ${shown(attribute)}; expected the name of an attribute`);
  const here = `${path}.${attribute}`;
  const type = Object.hasOwn(reader.attributes, attribute) ? reader.attributes[attribute] : undefined;
  if (type === undefined) {
    return refuse(reader, here, `unknown attribute; expected one of ${Object.keys(reader.attributes).join(", ")}`);
  }
  const whenNull = record["whenNull"] ?? false;
  if (typeof whenNull !== "boolean")
    return refuse(reader, `${here}.whenNull`, `got ${shown(whenNull)}; expected true or false`);
  const tests = keys.filter((key) => key !== "attribute" && key !== "whenNull");
  const test = tests[0];
  if (test === undefined || tests.length > 1)
    return refuse(reader, here, `got ${tests.join(", ") || "no test"}; expected exactly one test`);
  const fits = Object.hasOwn(TESTS, test) ? TESTS[test] : undefined;
  if (!fits?.includes(type)) {
    const allowed = Object.keys(TESTS).filter((name) => TESTS[name]?.includes(type));
    return refuse(
      reader,
      here,
      `the test "${test}" does not fit an attribute of type ${type}; expected one of ${allowed.join(", ")}`,
    );
  }
  const wrong = operandProblem(test, type, record[test]);
  if (wrong !== undefined) return refuse(reader, `${here}.${test}`, `got ${shown(record[test])}; expected ${wrong}`);
  const parsed: ParsedTest = { attribute, type, test, operand: record[test], whenNull };
  return parsed;
}

/** What was expected, when the operand is not it. */
function operandProblem(test: string, type: AttributeType, operand: unknown): string | undefined {
  switch (test) {
    case "exists":
      return typeof operand === "boolean" ? undefined : "true or false";
    case "oneOf":
    case "noneOf":
      if (!Array.isArray(operand) || operand.length > FILTER_LIMITS.setSize)
        return `a list of at most ${FILTER_LIMITS.setSize} values`;
      return operand.map((item) => scalarProblem(type, item)).find((problem) => problem !== undefined);
    case "between":
      if (!Array.isArray(operand) || operand.length !== 2) return "two values, the lower first";
      return (
        operand.map((item) => scalarProblem(type, item)).find((problem) => problem !== undefined) ??
        (isAbove(operand[0], operand[1]) ? "two values, the lower first" : undefined)
      );
    case "startsWith":
    case "contains":
      return operand === "" ? "text that is not empty" : scalarProblem("string", operand);
    case "within":
    case "before":
      return durationProblem(operand);
    case "sinceDay":
    case "beforeDay":
      return dayProblem(operand);
    default:
      return scalarProblem(type, operand);
  }
}

/** As the query compares: text by code points, which the bytes of UTF-8 keep in order. */
function isAbove(low: unknown, high: unknown): boolean {
  return typeof low === "string" && typeof high === "string"
    ? Buffer.compare(Buffer.from(low), Buffer.from(high)) > 0
    : Number(low) > Number(high);
}

function scalarProblem(type: AttributeType, value: unknown): string | undefined {
  if (type === "boolean") return typeof value === "boolean" ? undefined : "true or false";
  if (type === "string") {
    const fits =
      typeof value === "string" &&
      value.isWellFormed() &&
      !value.includes("\0") &&
      Buffer.byteLength(value) <= FILTER_LIMITS.textBytes;
    return fits ? undefined : `well-formed text of at most ${FILTER_LIMITS.textBytes} bytes without NUL`;
  }
  return typeof value === "number" && Number.isFinite(value)
    ? undefined
    : type === "number"
      ? "a finite number"
      : "a time in epoch seconds";
}

function durationProblem(value: unknown): string | undefined {
  const expected = `a duration such as {"days": 30}, above zero and at most ${FILTER_LIMITS.days} days`;
  if (typeof value !== "object" || value === null) return expected;
  const entries = Object.entries(value);
  const sound = entries.every(
    ([key, n]) => ["days", "hours", "minutes"].includes(key) && typeof n === "number" && Number.isFinite(n) && n >= 0,
  );
  const total = durationSeconds(value);
  return sound && total > 0 && total <= FILTER_LIMITS.days * SECONDS_PER_DAY ? undefined : expected;
}

function dayProblem(value: unknown): string | undefined {
  const expected = `a day such as {"daysAgo": 7, "timeZone": "Europe/Berlin"}`;
  if (typeof value !== "object" || value === null) return expected;
  const { daysAgo, timeZone, ...rest } = value as Record<string, unknown>;
  if (Object.keys(rest).length > 0) return expected;
  if (!Number.isInteger(daysAgo) || (daysAgo as number) < 0 || (daysAgo as number) > FILTER_LIMITS.days)
    return expected;
  return timeZone === undefined || (typeof timeZone === "string" && isTimeZone(timeZone)) ? undefined : expected;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Seconds of a duration that has been checked. */
export function durationSeconds(duration: {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
}): number {
  return (
    (duration.days ?? 0) * SECONDS_PER_DAY + (duration.hours ?? 0) * SECONDS_PER_HOUR + (duration.minutes ?? 0) * 60
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? "nothing" : text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
