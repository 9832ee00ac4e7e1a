import { type AthenaClient, GetQueryResultsCommand } from "@aws-sdk/client-athena";
import { expect } from "chai";
import * as fc from "fast-check";
import { refusalOf } from "../../helpers/refusal";
import type { AnalyticsWorld } from "./analytics-world";
import { beforeEachSession, type AthenaSession } from "./athena-session";

describe("Athena through the AWS SDK: results and what they cost", () => {
  let session: AthenaSession;
  let world: AnalyticsWorld;
  let athena: AthenaClient;

  beforeEachSession((opened) => {
    session = opened;
    ({ world, athena } = session);
  });

  it("hands results out in pages, the header first", async () => {
    const id = await session.start(
      "SELECT playerid, CAST(lastactive AS bigint) AS n, nullif(playerid, 'p1') AS maybe FROM players ORDER BY lastactive",
    );
    expect(await refusalOf(athena.send(new GetQueryResultsCommand({ QueryExecutionId: id })))).to.include(
      "Query has not yet finished. Current state: QUEUED",
    );
    await world.virtual.advance(1_000);

    const rows: (string | undefined)[][] = [];
    const sizes: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken }));
      sizes.push(page.ResultSet!.Rows!.length);
      rows.push(...page.ResultSet!.Rows!.map(({ Data }) => Data!.map(({ VarCharValue }) => VarCharValue)));
      NextToken = page.NextToken;
      const types = page.ResultSet!.ResultSetMetadata!.ColumnInfo!.map(({ Name, Type }) => `${Name} ${Type}`);
      expect(types).to.deep.equal(["playerid varchar", "n bigint", "maybe varchar"]);
    } while (NextToken);
    expect(sizes).to.deep.equal([1000, 1000, 501]);
    expect(rows.slice(0, 3)).to.deep.equal([
      ["playerid", "n", "maybe"],
      ["p0", "0", "p0"],
      ["p1", "1", undefined],
    ]);
    expect(rows.at(-1)).to.deep.equal(["p2499", "2499", "p2499"]);
    const few = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 2 }));
    expect(few.ResultSet!.Rows).to.have.length(2);
  });

  it("counts the bytes of the columns that it reads, and bills 10 MB at least", async () => {
    const bytes = async (query: string): Promise<number> =>
      (await world.run(query)).execution.Statistics.DataScannedInBytes;
    const one = await bytes("SELECT lastactive FROM players");
    const two = await bytes("SELECT lastactive, playerid FROM players");
    const all = await bytes("SELECT * FROM players");

    expect(await bytes("SELECT count(*) FROM players")).to.equal(0);
    expect(one).to.be.greaterThan(0);
    expect(await bytes("SELECT 1 FROM players WHERE lastactive > 3")).to.equal(one);
    expect(two).to.be.greaterThan(one);
    expect(all).to.be.greaterThan(two * 4);
    expect(await bytes("SELECT count(*) FROM players a JOIN players b ON a.lastactive = b.lastactive")).to.equal(
      2 * one,
    );
    expect(world.cloud.meter.snapshot().units["athena.tb"]).to.be.closeTo((6 * 10 * 1024 ** 2) / 1024 ** 4, 1e-12);
  });

  it("cancels a query that would scan more than the workgroup allows", async () => {
    await world.table(
      "large",
      `SELECT ${Array(6).fill("md5(CAST(random() AS VARCHAR))").join(" || ")} AS padding, i FROM range(70000) t(i)`,
      {
        padding: "string",
        i: "bigint",
      },
    );
    await world.declare("aws:athena/workgroup:Workgroup", "capped", {
      name: "capped",
      configuration: {
        bytesScannedCutoffPerQuery: 10_485_760,
        resultConfiguration: { outputLocation: "s3://results/" },
      },
    });
    const whole = await world.run("SELECT padding FROM large", { WorkGroup: "capped" });
    const narrow = await world.run("SELECT max(i) FROM large", { WorkGroup: "capped" });

    expect(whole.execution.Status).to.deep.include({
      State: "CANCELLED",
      StateChangeReason: "Query cancelled! : Bytes scanned limit was exceeded",
    });
    expect(whole.execution.Statistics.DataScannedInBytes).to.equal(10_485_760);
    expect(await world.cloud.ports.objects.list("results", whole.id)).to.deep.equal([]);
    expect(narrow.execution.Status.State).to.equal("SUCCEEDED");
    // Exactly as many as allowed are allowed.
    const bytesScannedCutoffPerQuery = (await world.run("SELECT padding FROM large")).execution.Statistics
      .DataScannedInBytes;
    const configuration = { bytesScannedCutoffPerQuery, resultConfiguration: { outputLocation: "s3://results/" } };
    await world.declare("aws:athena/workgroup:Workgroup", "exact", { name: "exact", configuration });
    const exact = await world.run("SELECT padding FROM large", { WorkGroup: "exact" });
    expect(exact.execution.Status.State).to.equal("SUCCEEDED");
  });

  it("holds to the workgroup's location, and takes the caller's only where it may", async () => {
    const other = { ResultConfiguration: { OutputLocation: "s3://results/mine" } };
    const enforced = await session.start("SELECT 1", other);
    await world.declare("aws:athena/workgroup:Workgroup", "free", {
      name: "free",
      configuration: { enforceWorkgroupConfiguration: false },
    });
    const free = await session.start("SELECT 1", { ...other, WorkGroup: "free" });

    expect((await session.describe(enforced)).ResultConfiguration!.OutputLocation).to.equal(
      `s3://results/segments/${enforced}.csv`,
    );
    expect((await session.describe(free)).ResultConfiguration!.OutputLocation).to.equal(
      `s3://results/mine/${free}.csv`,
    );
    // The workgroup that every account has enforces nothing, and names no place.
    const primary = await session.start("SELECT 1", { ...other, WorkGroup: "primary" });
    expect((await session.describe(primary)).ResultConfiguration!.OutputLocation).to.equal(
      `s3://results/mine/${primary}.csv`,
    );
    expect(await refusalOf(session.start("SELECT 1", { WorkGroup: "primary" }))).to.match(/InvalidRequestException/);
  });

  it("names columns without a name by their place, and writes a header alone for no rows", async () => {
    expect(await world.csv("SELECT 1, 'a' AS b, lower('C') FROM players LIMIT 1")).to.equal(
      '"_col0","b","_col2"\n"1","a","c"\n',
    );
    expect(await world.csv("SELECT playerid FROM players WHERE lastactive < 0")).to.equal('"playerid"\n');
  });

  it("writes any text so that an independent reader of CSV gets it back", async () => {
    const texts = fc.sample(
      fc.array(
        fc.option(
          fc.string({ unit: "binary" }).filter((s) => !s.includes("\0")),
          { nil: null },
        ),
        { minLength: 3, maxLength: 3 },
      ),
      { numRuns: 30, seed: 7 },
    );
    const sql = (text: string | null): string =>
      text === null ? "CAST(NULL AS varchar)" : `'${text.replaceAll("'", "''")}'`;
    const query = `SELECT a, b, c FROM (VALUES ${texts.map((row, i) => `(${i}, ${row.map(sql).join(", ")})`).join(", ")}) AS t (i, a, b, c) ORDER BY i`;
    const id = await session.start(query);
    await world.virtual.advance(1_000);
    const file = (await world.cloud.ports.objects.get("results", `segments/${id}.csv`)).toString("utf8");

    expect(readCsv(file)).to.deep.equal([["a", "b", "c"], ...texts]);
    const page = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
    expect(
      page.ResultSet!.Rows!.slice(1).map(({ Data }) => Data!.map(({ VarCharValue }) => VarCharValue ?? null)),
    ).to.deep.equal(texts);
  });
});

/** A reader of RFC 4180 that tells bare from quoted fields, written apart from the service's own. */
function readCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/gy;
  for (let match = pattern.exec(text); match && pattern.lastIndex <= text.length; match = pattern.exec(text)) {
    rows.at(-1)!.push(match[1] === undefined ? null : match[1].replace(/""/g, '"'));
    if (match[3] === "\n" && pattern.lastIndex < text.length) rows.push([]);
    if (match[3] === "" || pattern.lastIndex === text.length) break;
  }
  return rows;
}
