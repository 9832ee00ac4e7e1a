import { expect } from "chai";
import { AnalyticsWorld } from "./analytics-world";

/**
 * What Trino yields for an expression, as its documentation says (https://trino.io/docs/current/functions.html), in the
 * form of Athena's result file; null is NULL. The time of the cloud is 2026-06-15T12:00:00.100Z when a query runs.
 */
const corpus: readonly (readonly [expression: string, expected: string | null])[] = [
  // time now
  ["to_unixtime(current_timestamp)", "1.7815248001E9"],
  ["current_timestamp", "2026-06-15 12:00:00.100 UTC"],
  ["now() - interval '30' day", "2026-05-16 12:00:00.100 UTC"],
  ["current_date", "2026-06-15"],
  ["current_date - interval '30' day", "2026-05-16"],
  ["current_date + interval '1' month", "2026-07-15"],
  ["localtimestamp", "2026-06-15 12:00:00.100"],
  ["1700000000 >= to_unixtime(current_timestamp - interval '30' day)", "false"],
  ["1.7815e9 >= to_unixtime(current_timestamp - interval '30' day)", "true"],
  ["CAST(1000 * to_unixtime(current_timestamp) AS bigint)", "1781524800100"],
  // ISO text and epoch
  ["from_iso8601_timestamp('2026-01-01T10:00:00Z')", "2026-01-01 10:00:00.000 UTC"],
  ["from_iso8601_timestamp('2026-01-01T10:00:00.123+02:00')", "2026-01-01 08:00:00.123 UTC"],
  ["from_iso8601_timestamp('2026-01-01T10:00Z')", "2026-01-01 10:00:00.000 UTC"],
  ["from_iso8601_timestamp('2026-01-01')", "2026-01-01 00:00:00.000 UTC"],
  ["try(from_iso8601_timestamp('yesterday'))", null],
  ["try(from_iso8601_timestamp('2026-01-01 10:00:00'))", null],
  ["try(from_iso8601_timestamp('2026-01-01T10:00:00Z')) >= current_timestamp - interval '30' day", "false"],
  ["from_iso8601_date('2026-02-03')", "2026-02-03"],
  ["from_unixtime(1.5)", "1970-01-01 00:00:01.500 UTC"],
  ["from_unixtime(1.7E12 / 1000)", "2023-11-14 22:13:20.000 UTC"],
  ["to_unixtime(timestamp '2026-01-01 00:00:00')", "1.7672256E9"],
  ["to_iso8601(from_unixtime(0))", "1970-01-01T00:00:00.000Z"],
  ["to_iso8601(date '2026-01-01')", "2026-01-01"],
  // date arithmetic
  ["date_add('day', -30, timestamp '2026-03-15 10:00:00')", "2026-02-13 10:00:00.000"],
  ["date_add('month', 1, date '2026-01-31')", "2026-02-28"],
  ["date_add('hour', 2 + 1, timestamp '2026-01-01 23:00:00')", "2026-01-02 02:00:00.000"],
  ["date_diff('hour', timestamp '2026-01-01 00:59:00', timestamp '2026-01-01 01:01:00')", "0"],
  ["date_diff('day', timestamp '2026-01-01 12:00:00', timestamp '2026-01-03 11:59:59')", "1"],
  ["date_diff('day', date '2026-01-03', date '2026-01-01')", "-2"],
  ["date_diff('month', date '2026-01-30', date '2026-02-27')", "0"],
  ["date_trunc('month', timestamp '2026-03-15 10:20:30')", "2026-03-01 00:00:00.000"],
  ["date_trunc('week', date '2026-06-18')", "2026-06-15"],
  ["date '2026-01-01' + interval '2' day", "2026-01-03"],
  ["timestamp '2026-01-01 00:00:00' - interval '90' minute", "2025-12-31 22:30:00.000"],
  // parts
  ["year(date '2026-01-01')", "2026"],
  ["month(timestamp '2026-02-01 00:00:00')", "2"],
  ["hour(timestamp '2026-02-01 13:00:00')", "13"],
  ["day_of_week(date '2026-06-14')", "7"],
  ["dow(date '2026-06-14')", "7"],
  ["extract(dow FROM date '2026-06-14')", "7"],
  ["day_of_year(date '2026-02-01')", "32"],
  ["week(date '2026-01-01')", "1"],
  ["millisecond(timestamp '2026-01-01 00:00:07.123')", "123"],
  ["date_format(timestamp '2026-01-02 03:04:05', '%Y-%m-%d %H:%i:%s')", "2026-01-02 03:04:05"],
  ["date_format(timestamp '2026-01-02 03:04:05', '%W %M %e')", "Friday January 2"],
  ["date_parse('2026/01/02 03:04', '%Y/%m/%d %H:%i')", "2026-01-02 03:04:00.000"],
  ["format_datetime(timestamp '2026-01-02 03:04:05', 'yyyy-MM-dd''T''HH:mm:ss')", "2026-01-02T03:04:05"],
  // zones
  ["hour(timestamp '2026-01-01 23:30:00' AT TIME ZONE 'Europe/Berlin')", "0"],
  ["date(from_unixtime(1774747800) AT TIME ZONE 'Asia/Tokyo')", "2026-03-29"],
  ["CAST(from_unixtime(1774747800) AT TIME ZONE 'America/Los_Angeles' AS date)", "2026-03-28"],
  ["hour(from_iso8601_timestamp('2026-03-29T00:59:59Z') AT TIME ZONE 'Europe/Berlin')", "1"],
  ["hour(from_iso8601_timestamp('2026-03-29T01:00:00Z') AT TIME ZONE 'Europe/Berlin')", "3"],
  ["current_timestamp AT TIME ZONE 'Asia/Tokyo' = current_timestamp", "true"],
  ["(current_timestamp AT TIME ZONE 'Asia/Tokyo') - interval '1' hour < current_timestamp", "true"],
  [
    "to_unixtime(date_trunc('day', from_iso8601_timestamp('2026-06-15T23:30:00Z') AT TIME ZONE 'Europe/Berlin'))",
    "1.7815608E9",
  ],
  ["date_trunc('day', current_timestamp AT TIME ZONE 'Europe/Berlin') <= current_timestamp", "true"],
  ["hour(at_timezone(from_unixtime(0), 'Asia/Kolkata'))", "5"],
  ["with_timezone(timestamp '2026-01-01 01:00:00', 'Europe/Berlin') = timestamp '2026-01-01 00:00:00 UTC'", "true"],
  // numbers
  ["7 / 2", "3"],
  ["-7 / 2", "-3"],
  ["7 % 2", "1"],
  ["7e0 / 2", "3.5"],
  ["1.0 * CAST(1 AS double) / nullif(0, 0)", null],
  ["1.7E12", "1.7E12"],
  ["CAST(1.7E12 AS bigint)", "1700000000000"],
  ["CAST(9.5E0 AS bigint)", "10"],
  ["1e0", "1.0"],
  ["1e-4", "1.0E-4"],
  ["1234567.5e0", "1234567.5"],
  ["12345678.5e0", "1.23456785E7"],
  ["nan()", "NaN"],
  ["infinity()", "Infinity"],
  ["CAST(5e0 AS varchar)", "5.0"],
  ["CAST(true AS varchar)", "true"],
  ["try_cast('x' AS double)", null],
  ["try(CAST('x' AS bigint))", null],
  ["round(2.5e0)", "3.0"],
  ["mod(7, 3)", "1"],
  ["greatest(1, 2)", "2"],
  ["if(1 > 2, 'a', 'b')", "b"],
  ["coalesce(NULL, 'x')", "x"],
  // NULL
  ["NULL IS DISTINCT FROM 'x'", "true"],
  ["NULL IS DISTINCT FROM NULL", "false"],
  ["NULL IS NOT DISTINCT FROM NULL", "true"],
  ["NULL <> 'x'", null],
  ["'a' NOT IN ('b', NULL)", null],
  ["'' IS NULL", "false"],
  ["''", ""],
  // text
  ["'a' || 'b'", "ab"],
  ["concat('a', 'b', 'c')", "abc"],
  ["concat('a', NULL)", null],
  ["lower('ÄB')", "äb"],
  ["length('😀é')", "2"],
  ["substr('hello', 2, 3)", "ell"],
  ["substr('hello', -2)", "lo"],
  ["strpos('hello', 'l')", "3"],
  ["split_part('a,b,c', ',', 2)", "b"],
  ["split('a,b', ',')", "[a, b]"],
  ["replace('aXbX', 'X', '-')", "a-b-"],
  ["regexp_like('player-1', '^play')", "true"],
  ["regexp_like('xplayer', 'play')", "true"],
  ["regexp_extract('a12b', '(\\d)(\\d)', 2)", "2"],
  ["regexp_replace('a1b2', '\\d', '#')", "a#b#"],
  ["starts_with('hello', 'he')", "true"],
  ["'50%' LIKE '50!%' ESCAPE '!'", "true"],
  ["'it''s'", "it's"],
  ["to_hex(to_utf8('ab'))", "6162"],
  ["lpad('7', 3, '0')", "007"],
  // arrays
  ["cardinality(ARRAY['a', 'b'])", "2"],
  ["cardinality(ARRAY[])", "0"],
  ["contains(ARRAY['a', 'b'], 'b')", "true"],
  ["contains(ARRAY['a', 'b'], 'x')", "false"],
  ["element_at(ARRAY['a', 'b'], 2)", "b"],
  ["element_at(ARRAY['a'], 5)", null],
  ["ARRAY['a', 'b'][1]", "a"],
  ["ARRAY[1, NULL, 3]", "[1, null, 3]"],
  ["array_join(ARRAY['a', 'b'], '-')", "a-b"],
  ["array_join(ARRAY['a', NULL], '-', '?')", "a-?"],
  ["any_match(ARRAY[1, 5], x -> x > 3)", "true"],
  ["all_match(ARRAY[1, 5], x -> x > 3)", "false"],
  ["filter(ARRAY[1, 5], x -> x > 3)", "[5]"],
  ["transform(ARRAY[1, 2], x -> x * 10)", "[10, 20]"],
  ["arrays_overlap(ARRAY[1, 2], ARRAY[2, 3])", "true"],
  ["array_distinct(ARRAY[1, 1])", "[1]"],
  ["sequence(1, 3)", "[1, 2, 3]"],
  // JSON
  [`json_extract_scalar('{"a":{"b":1}}', '$.a.b')`, "1"],
  [`json_extract_scalar('{"a":"x"}', '$.a')`, "x"],
  [`json_extract_scalar('{"a.b":"x"}', '$["a.b"]')`, "x"],
  [`json_extract_scalar('{"a":{}}', '$.a')`, null],
  ["json_extract_scalar('not json', '$.a')", null],
  ["json_array_length('[1,2,3]')", "3"],
];

describe("Athena's SQL", () => {
  let world: AnalyticsWorld;
  before(async () => {
    world = await new AnalyticsWorld().prepare();
    await world.table(
      "players",
      `SELECT * FROM (VALUES
         ('p1', 1.0::DOUBLE, 'de', 12.0::DOUBLE, ['vip']),
         ('p2', 2.0, NULL, 30.0, []),
         ('p3', 3.0, '', 5.0, NULL),
         ('p''4', 4.0, 'fr', 12.0, ['vip', 'beta'])) t(playerid, lastactive, country, "stats.level", tags)`,
      { playerid: "string", lastactive: "double", country: "string", "stats.level": "double", tags: "array<string>" },
    );
  });
  after(() => world.close());

  it("yields Trino's value for every expression of the corpus", async () => {
    const { id, execution } = await world.run(
      `SELECT ${corpus.map(([expression], i) => `${expression} AS v${i}`).join(", ")}`,
    );
    if (execution.Status.State !== "SUCCEEDED") {
      // Find the one that is refused.
      for (const [expression] of corpus)
        await world
          .value(expression)
          .catch((error: unknown) => expect.fail(`${expression}: ${(error as Error).message}`));
    }
    const file = (await world.cloud.ports.objects.get("results", `segments/${id}.csv`)).toString("utf8");
    const values = file.slice(file.indexOf("\n") + 1, -1).match(/"(?:[^"]|"")*"|(?<=,|^)(?=,|$)/g)!;
    const seen = corpus.map(([expression], i) => [
      expression,
      values[i] === "" ? null : values[i]!.slice(1, -1).replaceAll('""', '"'),
    ]);
    expect(seen.length).to.equal(values.length);
    const expected = corpus.map(([expression, value]) => [
      expression,
      expression.includes("current_timestamp") && value?.startsWith("2026-06-15") ? values[1]!.slice(1, -1) : value,
    ]);
    expect(seen).to.deep.equal(expected);
  });

  const rows = async (query: string, more: object = {}): Promise<string[]> =>
    (await world.csv(query, { ...more })).slice(0, -1).split("\n").slice(1);

  it("reads quoted names, folds case, and lower-cases the names of columns", async () => {
    const text = await world.csv(
      `SELECT PlayerId, "stats.level" AS Level FROM "game"."Players" WHERE "STATS.LEVEL" > 20`,
    );
    expect(text).to.equal('"playerid","level"\n"p2","30.0"\n');
    expect(await rows(`SELECT p.playerid FROM players AS p WHERE p."stats.level" < 6`)).to.deep.equal(['"p3"']);
    expect(await rows(`SELECT game.players.playerid FROM game.players WHERE players.lastactive = 4`)).to.deep.equal([
      `"p'4"`,
    ]);
  });

  it("tells NULL, the empty text and other texts apart", async () => {
    expect(await rows("SELECT country FROM players ORDER BY lastactive")).to.deep.equal(['"de"', "", '""', '"fr"']);
    expect(await rows("SELECT playerid FROM players WHERE country IS DISTINCT FROM 'de' ORDER BY 1")).to.deep.equal([
      `"p'4"`,
      '"p2"',
      '"p3"',
    ]);
    expect(await rows("SELECT playerid FROM players WHERE country <> 'de' ORDER BY 1")).to.deep.equal([
      `"p'4"`,
      '"p3"',
    ]);
  });

  it("puts NULL last when it sorts, in both directions", async () => {
    expect(await rows("SELECT country FROM players ORDER BY country")).to.deep.equal(['""', '"de"', '"fr"', ""]);
    expect(await rows("SELECT country FROM players ORDER BY country DESC")).to.deep.equal(['"fr"', '"de"', '""', ""]);
  });

  it("joins, groups, counts, unnests and names its columns as Trino does", async () => {
    expect(await world.csv("SELECT count(*), approx_distinct(country) FROM players")).to.equal(
      '"_col0","_col1"\n"4","3"\n',
    );
    expect(
      await rows("WITH v AS (SELECT playerid FROM players WHERE contains(tags, 'vip')) SELECT count(*) FROM v"),
    ).to.deep.equal(['"2"']);
    expect(
      await rows("SELECT p.playerid, t.tag FROM players p CROSS JOIN UNNEST(tags) AS t (tag) ORDER BY 1, 2"),
    ).to.deep.equal([`"p'4","beta"`, `"p'4","vip"`, '"p1","vip"']);
    expect(await rows(`SELECT "stats.level", count(*) AS n FROM players GROUP BY 1 HAVING count(*) > 1`)).to.deep.equal(
      ['"12.0","2"'],
    );
    expect(
      await rows(
        "SELECT a.playerid FROM players a JOIN players b ON a.lastactive = b.lastactive + 1 AND b.country = 'de'",
      ),
    ).to.deep.equal(['"p2"']);
    expect(await rows("SELECT max_by(playerid, lastactive) FROM players")).to.deep.equal([`"p'4"`]);
  });

  it("binds parameters as SQL text in WHERE, and lets none break out", async () => {
    const by = (parameter: string) => ({ ExecutionParameters: [parameter] });
    const query = "SELECT playerid FROM players WHERE playerid = ?";
    expect(await rows(query, by("'p''4'"))).to.deep.equal([`"p'4"`]);
    expect(
      await rows("SELECT playerid FROM players WHERE lastactive < ? AND country = ?", {
        ExecutionParameters: ["CAST('2' AS double)", "'de'"],
      }),
    ).to.deep.equal(['"p1"']);
    for (const parameter of ["'x' OR true", "'x'; SELECT 1", "'x' UNION SELECT country FROM players", "'x", "1, 2"]) {
      const { execution } = await world.run(query, by(parameter));
      if (parameter === "'x' OR true") expect(execution.Status.State).to.equal("FAILED");
      else expect(execution.Status.StateChangeReason, parameter).to.match(/^SYNTAX_ERROR/);
    }
    const { execution } = await world.run(query, { ExecutionParameters: ["'a'", "'b'"] });
    expect(execution.Status.StateChangeReason).to.include("Incorrect number of parameters: expected 1 but found 2");
  });
});
