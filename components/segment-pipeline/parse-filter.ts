import { ArgumentError } from "../shared/errors";
import type { PlayerAttributes } from "../shared/player-directory";
import { FILTER_LIMITS, TESTS, type ParsedFilter, type ParsedTest } from "./filter";
import { operandProblem } from "./operands";

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

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? "nothing" : text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
