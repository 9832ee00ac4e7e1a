import { expect } from "chai";
import * as fc from "fast-check";
import { compileFilter } from "../../../components/segment-pipeline/compile-filter";
import { predicateOf, type PlayerRecord } from "../../../components/segment-pipeline/evaluate-filter";
import type { ParsedFilter } from "../../../components/segment-pipeline/filter";
import { parseFilter } from "../../../components/segment-pipeline/parse-filter";
import { attributes, filter, FilterWorld, now, player, playerId } from "./filter-world";

const PLAYERS = 2_000;
const FILTERS = 300;

describe("A segment's filter, evaluated as a predicate and compiled to Athena SQL", function () {
  this.timeout(120_000);
  let world: FilterWorld;
  const players: PlayerRecord[] = fc.sample(player, { numRuns: PLAYERS, seed: 8 });

  before(async () => {
    world = new FilterWorld();
    await world.load(players);
  });
  after(() => world.close());

  const parse = (source: unknown): ParsedFilter => {
    const { parsed, problems } = parseFilter(source, attributes);
    expect(problems).to.deep.equal([]);
    return parsed;
  };
  const expected = (parsed: ParsedFilter, at: number, among = players): string[] => {
    const fits = predicateOf(parsed, at);
    return among.flatMap((record, i) => (fits(record) ? [playerId(i)] : [])).sort();
  };

  it(`selects the same of ${PLAYERS} players for ${FILTERS} random filters`, async () => {
    let someButNotAll = 0;
    const property = fc.asyncProperty(filter, now, async (source, at) => {
      const where = parse(source);
      const wanted = expected(where, at);
      if (wanted.length > 0 && wanted.length < PLAYERS) someButNotAll++;
      expect(await world.select({ where }, at)).to.deep.equal(wanted);
    });
    await fc.assert(property, { numRuns: FILTERS, seed: 8 });
    // The comparison says something: most filters divide the players.
    expect(someButNotAll).to.be.greaterThan(FILTERS / 2);
  });

  it("learns the copy's columns, its age and its size from a query that reads no data", async () => {
    const { values, columns, bytes } = await world.preflight();
    const held = Object.keys(attributes).filter((name) => name !== "guildRank");
    expect([...(columns ?? [])]).to.have.members(["pk", "sk", ...held.map((name) => name.toLowerCase())]);
    expect(Number(values[0])).to.be.within(Date.UTC(2026, 5, 15, 12) / 1_000, Date.UTC(2026, 5, 15, 13) / 1_000);
    expect(Number(values[1])).to.be.greaterThan(0);
    expect(bytes).to.equal(0);
  });

  it("selects as if nobody had an attribute for which the copy has no column", async () => {
    const property = fc.asyncProperty(filter, now, fc.subarray(Object.keys(attributes)), async (source, at, kept) => {
      const where = parse(source);
      const among = players.map((record) =>
        Object.fromEntries(Object.entries(record).filter(([name]) => kept.includes(name))),
      );
      const columns = new Set(["pk", "sk", ...kept.filter((name) => name !== "guildRank").map((n) => n.toLowerCase())]);
      expect(await world.select({ where }, at, columns)).to.deep.equal(expected(where, at, among));
    });
    await fc.assert(property, { numRuns: 60, seed: 9 });
  });

  const injections = [
    "' OR '1'='1",
    "'; DROP TABLE players; --",
    "'' OR TRUE --",
    "\\' OR 1=1 /*",
    '" OR "1"="1',
    "') UNION SELECT 'PLAYER#x' --",
    "\u{2019} OR 1=1",
    "${players}",
    "?",
  ];
  for (const hostile of injections) {
    it(`takes ${JSON.stringify(hostile)} for text and nothing else`, async () => {
      for (const test of [
        { equals: hostile },
        { oneOf: [hostile, `${hostile}'`] },
        { startsWith: hostile },
        { contains: hostile },
        { between: [hostile, hostile] },
      ]) {
        const where = parse({ attribute: "select", ...test });
        expect(await world.select({ where }, 0)).to.deep.equal(expected(where, 0));
      }
    });
  }

  it("compiles each test to the SQL that it is read as", () => {
    const sql = (source: unknown): string => compileFilter(parse(source), 1_000_000);
    expect(sql({ attribute: "lastActiveAt", within: { days: 1, hours: 2, minutes: 3 } })).to.equal(
      '"lastactiveat" >= 9.0622E5',
    );
    expect(sql({ attribute: "select", oneOf: ["a", "it's"] })).to.equal(`"select" IN ('a', 'it''s')`);
    expect(sql({ not: { attribute: "country", noneOf: ["DE"] } })).to.equal(
      `NOT (COALESCE("country" NOT IN ('DE'), FALSE))`,
    );
    expect(sql({ attribute: "premium", equals: true, whenNull: true })).to.equal(`COALESCE("premium" = TRUE, TRUE)`);
    expect(sql({ all: [] })).to.equal("TRUE");
    expect(sql({ any: [] })).to.equal("FALSE");
    expect(
      sql({
        all: [
          { attribute: "level", exists: true },
          { attribute: "name", contains: "a" },
        ],
      }),
    ).to.equal(`("level" IS NOT NULL) AND (strpos("name", 'a') > 0)`);
  });

  it("names no column that the copy has not", () => {
    const columns = new Set(["pk", "sk", "level"]);
    const sql = (source: unknown): string => compileFilter(parse(source), 0, columns);
    expect(sql({ attribute: "guildRank", atLeast: 3 })).to.equal("FALSE");
    expect(sql({ attribute: "guildRank", atLeast: 3, whenNull: true })).to.equal("TRUE");
    expect(sql({ attribute: "guildRank", exists: false })).to.equal("TRUE");
    expect(sql({ attribute: "guildRank", exists: true })).to.equal("FALSE");
    expect(sql({ not: { attribute: "guildRank", equals: 3 } })).to.equal("NOT (FALSE)");
    expect(
      sql({
        all: [
          { attribute: "level", atLeast: 3 },
          { attribute: "name", equals: "x" },
        ],
      }),
    ).to.equal(`("level" >= 3E0) AND (FALSE)`);
  });

  it("selects by an expert's SQL", async () => {
    const sql = `SELECT "pk" FROM {players} WHERE "sk" = 'PROFILE' AND "level" > 10 AND "country" IS NOT NULL`;
    const wanted = players.flatMap((record, i) =>
      Number(record["level"] ?? 0) > 10 && record["country"] !== null ? [playerId(i)] : [],
    );
    expect(await world.select({ sql }, 0)).to.deep.equal(wanted.sort());
  });
});
