import { readTest, type Wildcards } from "./pattern-expression";
import { matcherOf, type FieldTest } from "./pattern-match";
import { PatternError, PatternReader } from "./pattern-reader";
import { isTooComplex } from "./pattern-wildcard";

export { PatternError };

/**
 * Event patterns: one implementation for EventBridge rules, SNS filter policies and Lambda's event filters, whose grammars agree.
 * Sources: EventBridge user guide "Comparison operators for use in event patterns", SNS developer guide "Subscription filter policies";
 * refusals and their order are those of AWS's open source event-ruler.
 */
export type Pattern = Readonly<Record<string, unknown>>;

export type Matcher = (event: unknown) => boolean;

/** Fields by their path with dots. */
type Fields = ReadonlyMap<string, readonly FieldTest[]>;

const TOO_COMPLEX =
  "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character";

/** Names that match expressions have; below `$or` they are no fields' names (EventBridge user guide, "Using $or"). */
const RESERVED = new Set(["exactly", "prefix", "suffix", "anything-but", "exists", "cidr", "numeric", "wildcard"]);

/**
 * Checks a pattern and makes its predicate.
 * @param pattern the pattern as JSON text, or as an object: then refusals do not name the place.
 * @throws PatternError
 */
export function compilePattern(pattern: unknown): Matcher {
  const given = typeof pattern === "string";
  const compiler = new Compiler(new PatternReader(given ? pattern : (JSON.stringify(pattern) ?? "null"), given));
  return matcherOf(
    compiler.compile().map((fields) => [...fields].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))),
  );
}

class Compiler {
  constructor(private readonly reader: PatternReader) {}

  compile(): readonly Fields[] {
    if (this.reader.next().kind !== "{") throw this.reader.refuse("Filter is not an object");
    return this.object([new Map()], "", false);
  }

  /** Every alternative so far, with the fields of this object too; a path that comes again replaces what it had. */
  private object(before: readonly Fields[], path: string, within: boolean): readonly Fields[] {
    const { reader } = this;
    let alternatives = before;
    let empty = true;
    for (let token = reader.next(); token.kind !== "}"; token = reader.next()) {
      empty = false;
      const name = token.text;
      if (name === "$or") {
        alternatives = this.or(alternatives, path);
        continue;
      }
      if (within && RESERVED.has(name))
        throw reader.refuse(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
      const below = path ? `${path}.${name}` : name;
      const value = reader.next();
      if (value.kind === "{") alternatives = this.object(alternatives, below, within);
      else if (value.kind === "[") {
        const tests = this.values();
        alternatives = alternatives.map((fields) => new Map(fields).set(below, tests));
      } else throw reader.refuse(`"${name}" must be an object or an array`);
    }
    if (empty) throw reader.refuse("Empty objects are not allowed");
    return alternatives;
  }

  private or(before: readonly Fields[], path: string): readonly Fields[] {
    const { reader } = this;
    if (reader.next().kind !== "[") throw reader.refuse("It must be an Array followed with $or.");
    const alternatives: (readonly Fields[])[] = [];
    for (let token = reader.next(); token.kind !== "]"; token = reader.next()) {
      if (token.kind !== "{") throw reader.refuse("Only JSON object is allowed in array of $or relationship.");
      alternatives.push(this.object(before, path, true));
    }
    if (alternatives.length < 2) throw reader.refuse("There must have at least 2 Objects in $or relationship.");
    return alternatives.flat();
  }

  private values(): readonly FieldTest[] {
    const { reader } = this;
    const tests: FieldTest[] = [];
    const wildcards: Wildcards = [];
    for (let token = reader.next(); token.kind !== "]"; token = reader.next())
      tests.push(readTest(reader, token, wildcards));
    if (tests.length === 0) throw reader.refuse("Empty arrays are not allowed");
    if (isTooComplex(wildcards)) throw new PatternError(TOO_COMPLEX);
    return tests;
  }
}
