import { expect } from "chai";
import * as fc from "fast-check";
import { FILTER_LIMITS, TESTS } from "../../../components/segment-pipeline/filter";
import { parseFilter } from "../../../components/segment-pipeline/parse-filter";
import { attributes, filter } from "./filter-world";

const problems = (source: unknown): string[] =>
  parseFilter(source, attributes).problems.map(({ path, message }) => `${path}: ${message}`);

const text = `well-formed text of at most 1024 bytes without NUL`;
const duration = `a duration such as {"days": 30}, above zero and at most 36500 days`;
const day = `a day such as {"daysAgo": 7, "timeZone": "Europe/Berlin"}`;
const nested = (depth: number): unknown => (depth === 0 ? { all: [] } : { not: nested(depth - 1) });

const refused: readonly (readonly [source: unknown, problem: string])[] = [
  [undefined, "where: got nothing; expected {all}, {any}, {not} or a test of an attribute"],
  [null, "where: got null; expected {all}, {any}, {not} or a test of an attribute"],
  [[], "where: got []; expected {all}, {any}, {not} or a test of an attribute"],
  ["level > 3", 'where: got "level > 3"; expected {all}, {any}, {not} or a test of an attribute'],
  [{}, "where: attribute: got nothing; expected the name of an attribute"],
  [{ all: {} }, "where.all: got {}; expected a list of filters"],
  [{ all: [], any: [] }, 'where: got all, any; expected "all" alone'],
  [{ any: [{ not: 3 }] }, "where.any[0].not: got 3; expected {all}, {any}, {not} or a test of an attribute"],
  [
    { attribute: "levle", equals: 3 },
    "where.levle: unknown attribute; expected one of name, country, select, level, spentCents, guildRank, premium, lastActiveAt, createdAt",
  ],
  [
    { attribute: "__proto__", equals: 3 },
    "where.__proto__: unknown attribute; expected one of name, country, select, level, spentCents, guildRank, premium, lastActiveAt, createdAt",
  ],
  [
    { attribute: 'level" = 1 OR "level', equals: 3 },
    'where.level" = 1 OR "level: unknown attribute; expected one of name, country, select, level, spentCents, guildRank, premium, lastActiveAt, createdAt',
  ],
  [{ attribute: "level" }, "where.level: got no test; expected exactly one test"],
  [{ attribute: "level", atLeast: 3, atMost: 5 }, "where.level: got atLeast, atMost; expected exactly one test"],
  [
    { attribute: "level", startsWith: "3" },
    'where.level: the test "startsWith" does not fit an attribute of type number; expected one of exists, equals, notEquals, oneOf, noneOf, lessThan, atMost, moreThan, atLeast, between',
  ],
  [
    { attribute: "premium", toString: true },
    'where.premium: the test "toString" does not fit an attribute of type boolean; expected one of exists, equals, notEquals',
  ],
  [{ attribute: "level", equals: 3, whenNull: "yes" }, 'where.level.whenNull: got "yes"; expected true or false'],
  [{ attribute: "level", equals: "3" }, 'where.level.equals: got "3"; expected a finite number'],
  [{ attribute: "level", equals: NaN }, "where.level.equals: got null; expected a finite number"],
  [{ attribute: "level", oneOf: 3 }, "where.level.oneOf: got 3; expected a list of at most 1000 values"],
  [{ attribute: "level", oneOf: [1, "2"] }, 'where.level.oneOf: got [1,"2"]; expected a finite number'],
  [{ attribute: "level", between: [1] }, "where.level.between: got [1]; expected two values, the lower first"],
  [{ attribute: "level", between: [9, 3] }, "where.level.between: got [9,3]; expected two values, the lower first"],
  [
    // By code points: UTF-16 units would have it the other way round.
    { attribute: "name", between: ["\u{1f600}", "\uffff"] },
    'where.name.between: got ["\u{1f600}","\uffff"]; expected two values, the lower first',
  ],
  [{ attribute: "level", exists: 1 }, "where.level.exists: got 1; expected true or false"],
  [{ attribute: "premium", equals: "true" }, 'where.premium.equals: got "true"; expected true or false'],
  [{ attribute: "name", equals: 3 }, `where.name.equals: got 3; expected ${text}`],
  [{ attribute: "name", equals: "\ud800" }, `where.name.equals: got "\\ud800"; expected ${text}`],
  [{ attribute: "name", equals: "a\0" }, `where.name.equals: got "a\\u0000"; expected ${text}`],
  [{ attribute: "name", equals: "é".repeat(513) }, `where.name.equals: got "${"é".repeat(76)}...; expected ${text}`],
  [{ attribute: "name", startsWith: "" }, 'where.name.startsWith: got ""; expected text that is not empty'],
  [
    { attribute: "lastActiveAt", atLeast: "2026-01-01" },
    'where.lastActiveAt.atLeast: got "2026-01-01"; expected a time in epoch seconds',
  ],
  [{ attribute: "lastActiveAt", within: 30 }, `where.lastActiveAt.within: got 30; expected ${duration}`],
  [{ attribute: "lastActiveAt", within: {} }, `where.lastActiveAt.within: got {}; expected ${duration}`],
  [
    { attribute: "lastActiveAt", within: { weeks: 1 } },
    `where.lastActiveAt.within: got {"weeks":1}; expected ${duration}`,
  ],
  [
    { attribute: "lastActiveAt", before: { days: -1, hours: 48 } },
    `where.lastActiveAt.before: got {"days":-1,"hours":48}; expected ${duration}`,
  ],
  [
    { attribute: "lastActiveAt", before: { days: 36_501 } },
    `where.lastActiveAt.before: got {"days":36501}; expected ${duration}`,
  ],
  [
    { attribute: "lastActiveAt", sinceDay: { daysAgo: 0, timeZone: "Europe/Berlln" } },
    `where.lastActiveAt.sinceDay: got {"daysAgo":0,"timeZone":"Europe/Berlln"}; expected ${day}`,
  ],
  [{ attribute: "lastActiveAt", sinceDay: "today" }, `where.lastActiveAt.sinceDay: got "today"; expected ${day}`],
  [
    { attribute: "lastActiveAt", beforeDay: { daysAgo: 0.5 } },
    `where.lastActiveAt.beforeDay: got {"daysAgo":0.5}; expected ${day}`,
  ],
  [
    { attribute: "lastActiveAt", beforeDay: { daysAgo: 1, days: 2 } },
    `where.lastActiveAt.beforeDay: got {"daysAgo":1,"days":2}; expected ${day}`,
  ],
  [nested(16), `where${".not".repeat(16)}: nested deeper than 16`],
  [
    { any: Array.from({ length: 201 }, () => ({ attribute: "level", equals: 1 })) },
    "where: got 201 tests; expected at most 200",
  ],
];

describe("parseFilter", () => {
  for (const [source, problem] of refused) {
    it(`refuses with: ${problem.slice(0, 110)}`, () => expect(problems(source)).to.deep.equal([problem]));
  }

  it("tells every problem, each with its place", () => {
    const source = { all: [{ attribute: "level", equals: "1" }, { not: { attribute: "nam", equals: 1 } }] };
    expect(problems(source).map((problem) => problem.split(":")[0])).to.deep.equal([
      "where.all[0].level.equals",
      "where.all[1].not.nam",
    ]);
  });

  it("takes the limits themselves", () => {
    expect(problems(nested(15))).to.deep.equal([]);
    expect(problems({ attribute: "name", equals: "é".repeat(512) })).to.deep.equal([]);
    expect(problems({ attribute: "lastActiveAt", within: { days: FILTER_LIMITS.days } })).to.deep.equal([]);
    expect(
      problems({ attribute: "level", oneOf: Array.from({ length: FILTER_LIMITS.setSize }, (_, i) => i) }),
    ).to.deep.equal([]);
  });

  it("takes every filter of the generator, and those after a way through JSON alike", () => {
    fc.assert(
      fc.property(filter, (source) => {
        const direct = parseFilter(source, attributes);
        expect(direct.problems).to.deep.equal([]);
        const stored: unknown = JSON.parse(JSON.stringify(source));
        expect(JSON.stringify(parseFilter(stored, attributes).parsed)).to.equal(JSON.stringify(direct.parsed));
      }),
      { numRuns: 200 },
    );
  });

  it("answers any value at all with a filter or with problems, and never throws", () => {
    const names = fc.constantFrom("all", "any", "not", "attribute", "whenNull", ...Object.keys(TESTS), "__proto__");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.anything(),
        fc.constantFrom(...Object.keys(attributes)),
        fc.dictionary(names, tie("tree"), { maxKeys: 3 }),
        fc.array(tie("tree"), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (source) => {
        for (const { path, message } of parseFilter(source, attributes).problems) {
          expect(path).to.match(/^where/);
          expect(message).to.be.a("string").and.have.length.lessThan(400);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
