import type { ParsedFilter } from "./filter";
import { resolveTest, type ResolvedTest } from "./resolve-test";
import { identifier, literal } from "./sql";

/**
 * A checked filter as a condition of Athena SQL (engine version 3, Trino). Identifiers come from the declared
 * attributes only, values are literals of their type; nothing of a filter reaches the text unescaped.
 *
 * @param now epoch seconds, the run's reference time.
 * @param columns names of the copy's columns, in lower case; an attribute without one is NULL for every player. All, when
 *   it is left out.
 */
export function compileFilter(filter: ParsedFilter, now: number, columns?: ReadonlySet<string>): string {
  return compile(filter, { now, columns }, false);
}

interface Reference {
  readonly now: number;
  readonly columns: ReadonlySet<string> | undefined;
}

/**
 * SQL logic has three values, ours two: below a `not`, a test must not be NULL. Elsewhere NULL counts as false by
 * itself, and the bare comparison lets the engine skip data.
 */
function compile(filter: ParsedFilter, reference: Reference, negated: boolean): string {
  if ("all" in filter) return join(filter.all, " AND ", "TRUE", reference, negated);
  if ("any" in filter) return join(filter.any, " OR ", "FALSE", reference, negated);
  if ("not" in filter) return `NOT (${compile(filter.not, reference, true)})`;
  return compileTest(resolveTest(filter, reference.now), reference.columns, negated);
}

function join(
  filters: readonly ParsedFilter[],
  operator: string,
  empty: string,
  reference: Reference,
  negated: boolean,
): string {
  if (filters.length === 0) return empty;
  return filters.map((filter) => `(${compile(filter, reference, negated)})`).join(operator);
}

function compileTest(test: ResolvedTest, columns: ReadonlySet<string> | undefined, negated: boolean): string {
  // A column that is not there cannot be named at all; what the test says of NULL is known without it.
  if (columns && !columns.has(test.attribute.toLowerCase()))
    return (test.test === "exists" ? test.operand === false : test.whenNull) ? "TRUE" : "FALSE";
  const column = columnName(test.attribute);
  if (test.test === "exists") return `${column} IS ${test.operand === true ? "NOT NULL" : "NULL"}`;
  const condition = comparison(column, test);
  return test.whenNull || negated ? `COALESCE(${condition}, ${test.whenNull ? "TRUE" : "FALSE"})` : condition;
}

const OPERATORS: Readonly<Record<string, string>> = {
  equals: "=",
  notEquals: "<>",
  lessThan: "<",
  atMost: "<=",
  moreThan: ">",
  atLeast: ">=",
};

function comparison(column: string, { attribute, test, operand }: ResolvedTest): string {
  const operator = OPERATORS[test];
  if (operator !== undefined) return `${column} ${operator} ${literal(operand as string | number | boolean)}`;
  switch (test) {
    case "oneOf":
    case "noneOf": {
      const values = operand as readonly (string | number)[];
      // An empty set is legal in a filter and not in SQL; the column keeps NULL apart.
      if (values.length === 0) return `CASE WHEN ${column} IS NOT NULL THEN ${test === "oneOf" ? "FALSE" : "TRUE"} END`;
      return `${column} ${test === "oneOf" ? "IN" : "NOT IN"} (${values.map(literal).join(", ")})`;
    }
    case "between": {
      const [low, high] = operand as readonly [string | number, string | number];
      return `${column} BETWEEN ${literal(low)} AND ${literal(high)}`;
    }
    case "startsWith":
      return `starts_with(${column}, ${literal(operand as string)})`;
    case "contains":
      return `strpos(${column}, ${literal(operand as string)}) > 0`;
    default:
      throw new Error(
        `test of "${attribute}": got ${test}; expected one that SQL knows. Resolve relative times first.`,
      );
  }
}

/** Glue keeps column names in lower case; quoted, a name that is also a word of SQL is safe. */
export function columnName(attribute: string): string {
  return identifier(attribute.toLowerCase());
}
