import { expect } from "chai";
import * as fc from "fast-check";
import { compilePattern, PatternError, type Matcher } from "../../../local/services/events/pattern";

type Leaf = string | number | boolean | null;

/** A matcher as written in a pattern, and what it means, said plainly. */
interface Case {
  readonly written: unknown;
  readonly means: (values: readonly Leaf[]) => boolean;
}

const word = fc.string({ unit: fc.constantFrom("a", "b", "A", "*", "\\", "."), maxLength: 4 });
const nonEmpty = word.filter((text) => text !== "");
const number = fc.constantFrom(-1, 0, 1, 1.5, 100);
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  word,
  number,
  fc.constant(null),
  fc.boolean(),
  fc.constantFrom("10.0.0.7", "10.0.1.7"),
);

const any = (test: (value: Leaf) => boolean) => (values: readonly Leaf[]) => values.some(test);
const text = (test: (value: string) => boolean) => any((value) => typeof value === "string" && test(value));
const escape = (value: string): string => value.replace(/[\\*]/g, "\\$&");
const regex = (value: string): string => value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const wildcards = fc
  .array(word, { minLength: 1, maxLength: 4 })
  .filter((parts) => parts.slice(1, -1).every((part) => part !== ""));

const matcher: fc.Arbitrary<Case> = fc.oneof(
  leaf.map((value) => ({ written: value, means: any((one) => one === value) })),
  nonEmpty.map((prefix) => ({ written: { prefix }, means: text((one) => one.indexOf(prefix) === 0) })),
  nonEmpty.map((suffix) => ({ written: { suffix }, means: text((one) => one.slice(-suffix.length) === suffix) })),
  nonEmpty.map((prefix) => ({
    written: { prefix: { "equals-ignore-case": prefix } },
    means: text((one) => new RegExp(`^${regex(prefix)}`, "i").test(one)),
  })),
  word.map((same) => ({
    written: { "equals-ignore-case": same },
    means: text((one) => new RegExp(`^${regex(same)}$`, "i").test(one)),
  })),
  wildcards.map((parts) => ({
    written: { wildcard: parts.map(escape).join("*") },
    means: text((one) => new RegExp(`^${parts.map(regex).join(".*")}$`, "s").test(one)),
  })),
  fc
    .boolean()
    .map((exists) => ({ written: { exists }, means: (values: readonly Leaf[]) => values.length > 0 === exists })),
  fc
    .oneof(fc.array(word, { minLength: 1, maxLength: 3 }), fc.array(number, { minLength: 1, maxLength: 3 }))
    .map((refused: readonly Leaf[]) => ({
      written: { "anything-but": refused },
      means: any((one) => refused.every((other) => other !== one)),
    })),
  fc.array(nonEmpty, { minLength: 1, maxLength: 2 }).map((prefix) => ({
    written: { "anything-but": { prefix } },
    means: any((one) => prefix.every((other) => typeof one !== "string" || !one.startsWith(other))),
  })),
  fc.array(nonEmpty, { minLength: 1, maxLength: 2 }).map((suffix) => ({
    written: { "anything-but": { suffix } },
    means: any((one) => suffix.every((other) => typeof one !== "string" || !one.endsWith(other))),
  })),
  nonEmpty.map((part) => ({
    written: { "anything-but": { wildcard: `*${escape(part)}*` } },
    means: any((one) => typeof one !== "string" || !one.includes(part)),
  })),
  fc.tuple(fc.constantFrom("=", "<", "<=", ">", ">="), number).map(([operator, bound]) => ({
    written: { numeric: [operator, bound] },
    means: any((one) => typeof one === "number" && plain(operator, one, bound)),
  })),
  fc
    .tuple(number, number)
    .filter(([from, to]) => from < to)
    .map(([from, to]) => ({
      written: { numeric: [">=", from, "<", to] },
      means: any((one) => typeof one === "number" && from <= one && one < to),
    })),
  fc.constant({ written: { cidr: "10.0.0.0/24" }, means: text((one) => one.startsWith("10.0.0.")) }),
);

function plain(operator: string, a: number, b: number): boolean {
  if (operator === "=") return a === b;
  if (operator === "<") return a < b;
  if (operator === "<=") return a < b || a === b;
  if (operator === ">") return b < a;
  return b < a || a === b;
}

const key = fc.constantFrom("a", "b", "c");
const event = fc.dictionary(
  key,
  fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(key, leaf, { maxKeys: 2 })),
  { maxKeys: 3 },
);
const cases = fc.array(matcher, { minLength: 1, maxLength: 3 });

/** The leaves under a path of keys; none where anything else stands. */
function leavesAt(value: unknown, path: readonly string[]): readonly Leaf[] {
  const [first, ...rest] = path;
  if (first !== undefined) {
    const inside =
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)[first]
        : undefined;
    return leavesAt(inside, rest);
  }
  if (value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value))) return [];
  return [value].flat() as Leaf[];
}

/** Leaves out what AWS refuses for its many wildcards. */
function unlessTooComplex(pattern: unknown): Matcher {
  try {
    return compilePattern(JSON.stringify(pattern));
  } catch (error) {
    fc.pre(!(error instanceof PatternError && error.message.startsWith("Rule is too complex")));
    throw error;
  }
}

describe("event patterns", () => {
  it("mean what a plain predicate says, for every operator at two levels", () => {
    fc.assert(
      fc.property(
        event,
        fc.dictionary(key, cases, { minKeys: 1, maxKeys: 2 }),
        fc.option(fc.tuple(key, key, cases)),
        (given, flat, nested) => {
          const pattern: Record<string, unknown> = Object.fromEntries(
            Object.entries(flat).map(([name, list]) => [name, list.map(({ written }) => written)]),
          );
          const rules = Object.entries(flat).map(([name, list]) => ({ path: [name], list }));
          if (nested) {
            const [outer, inner, list] = nested;
            pattern[outer] = { [inner]: list.map(({ written }) => written) };
            const at = rules.findIndex(({ path }) => path[0] === outer);
            if (at >= 0) rules.splice(at, 1);
            rules.push({ path: [outer, inner], list });
          }
          const expected = rules.every(({ path, list }) => list.some(({ means }) => means(leavesAt(given, path))));
          expect(unlessTooComplex(pattern)(given)).to.equal(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("find the pieces around wildcards wherever they fit, and only there", () => {
    const piece = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 2 });
    const leaves = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), leaves, (pieces, one) => {
        const expected = new RegExp(`^${pieces.join(".*")}$`).test(one);
        expect(unlessTooComplex({ a: [{ wildcard: pieces.join("*") }] })({ a: one })).to.equal(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("join $or with the fields beside it", () => {
    const matches = compilePattern({ source: ["shop"], $or: [{ price: [{ numeric: [">", 10] }] }, { vip: [true] }] });
    expect(matches({ source: "shop", price: 11 })).to.equal(true);
    expect(matches({ source: "shop", vip: true })).to.equal(true);
    expect(matches({ source: "shop", price: 10 })).to.equal(false);
    expect(matches({ source: "game", vip: true })).to.equal(false);
  });

  it("ask that one element of an array of objects matches as a whole", () => {
    const matches = compilePattern({ detail: { items: { sku: ["sword"], count: [{ numeric: [">=", 2] }] } } });
    expect(
      matches({
        detail: {
          items: [
            { sku: "sword", count: 1 },
            { sku: "bow", count: 2 },
          ],
        },
      }),
    ).to.equal(false);
    expect(
      matches({
        detail: {
          items: [
            { sku: "bow", count: 1 },
            { sku: "sword", count: 2 },
          ],
        },
      }),
    ).to.equal(true);
  });

  it("know IPv6 blocks", () => {
    const matches = compilePattern({ ip: [{ cidr: "2001:db8::/32" }] });
    expect(matches({ ip: "2001:db8::1" })).to.equal(true);
    expect(matches({ ip: "2001:db9::1" })).to.equal(false);
    expect(matches({ ip: "10.0.0.1" })).to.equal(false);
  });

  for (const [name, pattern] of Object.entries({
    "no JSON": "{",
    "a bare value": { a: "b" },
    "an empty list": { a: [] },
    "an unknown operator": { a: [{ like: "b" }] },
    "two operators in one": { a: [{ prefix: "b", suffix: "c" }] },
    "an $or of one": { $or: [{ a: ["b"] }] },
    "a range that is upside down": { a: [{ numeric: [">", 5, "<", 1] }] },
    "a bound that is too large": { a: [{ numeric: [">", 6e9] }] },
    "two wildcards in a row": { a: [{ wildcard: "a**" }] },
    "an unknown escape": { a: [{ wildcard: "\\a" }] },
    "a block that is none": { a: [{ cidr: "10.0.0/8" }] },
    "exists with a text": { a: [{ exists: "true" }] },
    "a boolean in anything-but": { a: [{ "anything-but": [true] }] },
  })) {
    it(`refuse ${name}`, () => {
      expect(() => compilePattern(pattern)).to.throw(PatternError);
    });
  }
});
