import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect } from "chai";
import { readRun, runKey, type Run } from "../../components/segment-pipeline/run";
import type { Operations } from "../../components/operations/operations";
import { encodePlayerId, playerPk } from "../../components/shared/player-keys";
import { VirtualClock } from "../../local/clock";
import type { AthenaService } from "../../local/services/athena";
import { cloudwatchEngine } from "../../local/services/cloudwatch";
import { drawnWidgets } from "../../local/services/cloudwatch/dashboard-data";
import { refreshIntegrations } from "../../local/services/glue";
import { TestStack } from "../helpers/local-stack";
import { nameOf } from "../helpers/messages";

type Item = Readonly<Record<string, Readonly<{ S?: string; N?: string }>>>;

const START = Date.UTC(2026, 2, 28, 12);
const ENDS = ["done", "refused", "over-budget", "failed"];
/** Players whose keys are so long that a result of them has two parts. */
const CROWD = 1_150;

describe("Segments", function () {
  this.timeout(120_000);
  let stack: TestStack;
  let athena: AthenaService;

  before(async () => {
    stack = await TestStack.startProgram(join(__dirname, "segments-program"), { clock: new VirtualClock(START) });
    athena = stack.cloud.services.get("athena") as AthenaService;
    const profiles = {
      "auth0|ada": { level: 60, vip: false },
      grace: { level: 50 },
      "Zoë 😀": { level: 99.5, vip: true },
      "o'brien": { level: 49 },
      newcomer: {},
    };
    for (const [player, profile] of Object.entries(profiles)) await stack.profile(player, profile);
    for (let i = 0; i < CROWD; i += 25) {
      const requests = Array.from({ length: Math.min(25, CROWD - i) }, (_, j) => ({
        PutRequest: {
          Item: {
            pk: { S: playerPk(crowdId(i + j)) },
            sk: { S: "PROFILE" },
            region: { S: "crowd" },
            level: { N: "1" },
          },
        },
      }));
      await call("dynamodb", "BatchWriteItem", { RequestItems: { [stack.stack.output("playersTable")]: requests } });
    }
    // Thousands of sweeps of nothing would be the most of this suite's work.
    const sweeps = stack.stack.evaluation.resources.find(({ name }) => name === "messages-every-minute");
    await call("events", "DisableRule", { Name: sweeps!.state["name"] });
    await refresh();
  });
  after(() => stack.close());
  afterEach(() => {
    stack.cloud.faults = () => undefined;
    athena.queries.eventCopies = () => 1;
  });

  const call = <O>(service: string, operation: string, input: Record<string, unknown>): Promise<O> =>
    stack.cloud.call<O>(service, operation, input, stack.cloud.operator);
  const refresh = async (): Promise<void> => {
    await stack.clock.advance(2_000);
    const [report] = await refreshIntegrations(stack.cloud);
    expect([report?.status, report?.errors]).to.deep.equal(["ACTIVE", []]);
  };
  const runOf = async (runId: string): Promise<Run> => {
    const input = { TableName: stack.stack.output("runsTable"), Key: runKey(runId) };
    const { Item } = await call<{ Item?: Parameters<typeof readRun>[0] }>("dynamodb", "GetItem", input);
    return readRun(Item ?? {});
  };
  const start = (segment: string, runId?: string): Promise<{ runId: string; created: boolean; status: string }> =>
    stack.invoke("segmentFunction", { segment, ...(runId === undefined ? {} : { runId }) });
  const ended = async (runId: string, seconds = 3_600): Promise<Run> => {
    await stack.clock.advanceUntil(async () => ENDS.includes((await runOf(runId)).status), seconds * 1_000);
    return runOf(runId);
  };
  const run = async (segment: string, runId?: string): Promise<Run> => ended((await start(segment, runId)).runId);
  /** A run in a workgroup whose queries may scan nothing. */
  const cutOff = async (segment: string): Promise<Run> => {
    const { Configuration } = athena.queries.workGroups.get(stack.stack.output("workgroup"));
    const limits = Configuration as { BytesScannedCutoffPerQuery?: number | undefined };
    const declared = limits.BytesScannedCutoffPerQuery;
    expect(declared).to.equal(10_737_418_240);
    limits.BytesScannedCutoffPerQuery = 1;
    try {
      return await run(segment);
    } finally {
      limits.BytesScannedCutoffPerQuery = declared;
    }
  };
  /** Players of the messages that a run made, each as often as it has one. */
  const sentTo = (runId: string): string[] => {
    const items = stack.cloud.ports.tables.items(stack.stack.output("messagesArn")) as Iterable<Item>;
    return [...items]
      .filter((item) => item["run"]?.S === runId)
      .map((item) => item["player"]?.S ?? "")
      .sort();
  };
  const runs = (): Item[] => {
    const table = stack.stack.evaluation.resources.find(({ name }) => name === "segments-runs")!;
    const items = stack.cloud.ports.tables.items(table.state["arn"] as string) as Iterable<Item>;
    return [...items].filter((item) => item["pk"]?.S?.startsWith("RUN#"));
  };
  const crowdId = (index: number): string => `${"ü".repeat(37)}${String(index).padStart(4, "0")}`;

  describe("The analytics copy", () => {
    it("is Parquet below the declared location, in the declared database, with a column per attribute", async () => {
      const bucket = stack.stack.output("copyBucket");
      const { Table } = await call<{
        Table: { StorageDescriptor: { Location: string; Columns: { Name: string; Type: string }[] } };
      }>("glue", "GetTable", {
        DatabaseName: stack.stack.output("copyDatabase"),
        Name: stack.stack.output("playersTable").toLowerCase(),
      });
      expect(Table.StorageDescriptor.Location).to.equal(`s3://${bucket}/players/`);
      const types = Object.fromEntries(Table.StorageDescriptor.Columns.map(({ Name, Type }) => [Name, Type]));
      expect(types).to.include({
        pk: "string",
        sk: "string",
        name: "string",
        email: "string",
        level: "double",
        vip: "boolean",
        region: "string",
      });

      const files = (await stack.cloud.ports.objects.list(bucket, "players/")).filter(({ key }) =>
        key.endsWith(".parquet"),
      );
      expect(files).to.have.length.greaterThan(0);
      const paths = files.map(({ key }) => `'${join(stack.cloud.ports.objects.folder(bucket), key)}'`);
      const connection = await (await DuckDBInstance.create(":memory:")).connect();
      try {
        const rows = await connection.runAndReadAll(
          `SELECT pk, level, vip, typeof(level) AS kind FROM read_parquet([${paths.join(", ")}], union_by_name = true)
           WHERE sk = 'PROFILE' AND level >= 49 ORDER BY level`,
        );
        expect(rows.getRowObjectsJson()).to.deep.equal([
          { pk: `PLAYER#${encodePlayerId("o'brien")}`, level: 49, vip: null, kind: "DOUBLE" },
          { pk: "PLAYER#grace", level: 50, vip: null, kind: "DOUBLE" },
          { pk: "PLAYER#auth0_7cada", level: 60, vip: false, kind: "DOUBLE" },
          { pk: `PLAYER#${encodePlayerId("Zoë 😀")}`, level: 99.5, vip: true, kind: "DOUBLE" },
        ]);
      } finally {
        connection.closeSync();
      }
    });

    it("is encrypted with the stack's key, as the bucket is declared", async () => {
      const bucket = stack.stack.output("copyBucket");
      const [file] = await stack.cloud.ports.objects.list(bucket, "players/");
      const head = await call<Record<string, unknown>>("s3", "HeadObject", { Bucket: bucket, Key: file!.key });
      expect(head["ServerSideEncryption"]).to.equal("aws:kms");
    });
  });

  describe("A run", () => {
    it("makes one message for each player of the segment and for nobody else", async () => {
      const done = await run("veterans");
      expect(done).to.include({ status: "done", enqueued: 2, malformed: 0, refusedPlayers: 0, parts: 1 });
      expect(sentTo(done.runId)).to.deep.equal(["auth0|ada", "grace"]);
      expect(done.dataAsOf).to.be.within(START / 1_000, START / 1_000 + 60);
      expect(done.scannedBytes).to.be.greaterThan(0);
    });

    it("is the same run when it is started again with its id, at once or later", async () => {
      const first = await Promise.all([start("veterans", "spring"), start("veterans", "spring")]);
      expect(first.map(({ created }) => created).sort()).to.deep.equal([false, true]);
      await ended("spring");
      expect(await start("veterans", "spring")).to.deep.equal({ runId: "spring", created: false, status: "done" });
      await stack.clock.advance(120_000);
      expect(sentTo("spring")).to.deep.equal(["auth0|ada", "grace"]);
      expect((await runOf("spring")).enqueued).to.equal(2);
    });

    it("refuses the id of another segment's run, a wrong id, and an unknown segment", async () => {
      await run("nobody", "taken");
      const refusal = (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => "started",
          (error: unknown) => (error as Error).message,
        );
      expect(await refusal(start("veterans", "taken"))).to.equal(
        'runId: got "taken"; expected another id: this one is a run of "nobody".',
      );
      expect(await refusal(start("veterans", "a b"))).to.equal(
        'runId: got "a b"; expected 1 to 128 letters, digits or _.:+-.',
      );
      expect(await refusal(start("vetrans"))).to.include('segment: got "vetrans"; expected one of veterans, crowd,');
    });

    it("neither doubles nor loses a message when its functions crash half-way, again and again", async () => {
      let writes = 0;
      let crashes = 0;
      stack.cloud.faults = ({ service, operation, principal }) => {
        if (nameOf(principal.type === "role" ? principal.arn : "") !== "segments-enqueue-role") return undefined;
        if (service !== "dynamodb" || operation !== "PutItem") return undefined;
        writes++;
        if (writes !== 100 && writes !== 900) return undefined;
        crashes++;
        return writes === 100 ? "crash-before" : "crash-after";
      };
      const done = await run("crowd");
      expect(crashes).to.equal(2);
      expect(writes).to.be.greaterThan(CROWD);
      expect(done).to.include({ status: "done", enqueued: CROWD, parts: 2, refusedPlayers: 0 });
      expect(sentTo(done.runId)).to.deep.equal(Array.from({ length: CROWD }, (_, i) => crowdId(i)).sort());
    });

    it("is brought to its end by a redrive where its start failed for good, once, also when nobody named it", async () => {
      const { segments, deadLetters } = stack.stack.evaluation.outputs["operations"] as Operations;
      const { url: QueueUrl, back } = deadLetters.find(({ name }) => name === "segments-failures")!;
      expect(back).to.deep.equal({ kind: "invoke", functionArn: segments!.startFunction });
      const begin = (event: object): Promise<unknown> => {
        const Payload = Buffer.from(JSON.stringify(event)).toString("base64");
        return call("lambda", "Invoke", { FunctionName: segments!.startFunction, InvocationType: "Event", Payload });
      };
      type Answer = { readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[] };
      const letter = async () =>
        (await call<Answer>("sqs", "ReceiveMessage", { QueueUrl, VisibilityTimeout: 60 })).Messages?.[0];
      const before = runs().length;
      // The third try writes the run down, and dies before it wakes it.
      let tries = 0;
      stack.cloud.faults = ({ operation, principal }) => {
        if (operation !== "PutItem" || nameOf(principal.type === "role" ? principal.arn : "") !== "segments-start-role")
          return undefined;
        return ++tries < 3 ? "crash-before" : "crash-after";
      };
      await begin({ segment: "veterans" });
      let given: Awaited<ReturnType<typeof letter>>;
      await stack.clock.advanceUntil(async () => (given = await letter()) !== undefined, 3_600_000);
      stack.cloud.faults = () => undefined;
      const parked = JSON.parse(given!.Body) as { readonly requestContext: { readonly requestId: string } };
      const runId = `veterans-${parked.requestContext.requestId}`;
      expect([tries, runs().length - before, (await runOf(runId)).status]).to.deep.equal([3, 1, "starting"]);
      // An operator who dies before he deletes the letter brings it back again.
      await begin(parked);
      await begin(parked);
      await call("sqs", "DeleteMessage", { QueueUrl, ReceiptHandle: given!.ReceiptHandle });
      expect(await ended(runId)).to.include({ status: "done", enqueued: 2 });
      await stack.clock.advance(120_000);
      expect([runs().length - before, sentTo(runId)]).to.deep.equal([1, ["auth0|ada", "grace"]]);
    });

    it("goes on when Athena's events are lost: the poll comes after them", async () => {
      athena.queries.eventCopies = () => 0;
      const begun = stack.clock.now();
      const done = await run("veterans");
      expect(done.status).to.equal("done");
      expect(stack.clock.now() - begun).to.be.within(30_000, 120_000);
      expect(sentTo(done.runId)).to.deep.equal(["auth0|ada", "grace"]);
    });

    it("does nothing twice when Athena's events come twice", async () => {
      athena.queries.eventCopies = () => 2;
      const done = await run("veterans");
      await stack.clock.advance(120_000);
      expect(await runOf(done.runId)).to.include({ status: "done", enqueued: 2, duplicates: 0 });
      expect(sentTo(done.runId)).to.deep.equal(["auth0|ada", "grace"]);
    });

    it("ends without messages when nobody is in the segment", async () => {
      const done = await run("nobody");
      expect(done).to.include({ status: "done", enqueued: 0, malformed: 0, parts: 1 });
      expect(sentTo(done.runId)).to.deep.equal([]);
    });

    it("counts lines that are no players, and players that come twice", async () => {
      const done = await run("messy");
      expect(done).to.include({ status: "done", enqueued: 3, duplicates: 3, malformed: 2, refusedPlayers: 0 });
      expect(sentTo(done.runId)).to.deep.equal(["Zoë 😀", "auth0|ada", "grace"]);
    });

    it("takes an attribute that no player has yet for absent in all of them", async () => {
      const done = await run("unguilded");
      expect(done).to.include({ status: "done", enqueued: 3, malformed: 0 });
      expect(sentTo(done.runId)).to.deep.equal(["Zoë 😀", "auth0|ada", "grace"]);
    });

    it("is refused before the first refresh has made the copy, and says what to do", async () => {
      await call("glue", "DeleteTable", {
        DatabaseName: stack.stack.output("copyDatabase"),
        Name: stack.stack.output("playersTable"),
      });
      const refused = await run("veterans");
      expect(refused).to.include({ status: "refused", reason: "no-data" });
      expect(refused.detail).to.match(/^the analytics copy holds no data yet: .* Start a new run when it has/);
      expect(sentTo(refused.runId)).to.deep.equal([]);
      await refresh();
      expect(await run("veterans")).to.include({ status: "done", enqueued: 2 });
    });

    it("says why a query failed", async () => {
      const failed = await run("broken");
      expect(failed).to.include({ status: "failed", reason: "query-failed" });
      expect(failed.detail).to.match(/COLUMN_NOT_FOUND.*no_such_column/i);
    });

    it("is refused when the files hold more bytes than allowed, before the query", async () => {
      const before = athena.queries.executions.size;
      const refused = await run("tiny-only");
      expect(refused).to.include({ status: "refused", reason: "over-budget" });
      expect(refused.detail).to.match(/^the files have \d+ bytes; allowed are 10$/);
      expect(athena.queries.executions.size - before).to.equal(1);
    });

    it("is marked over budget when the workgroup's cut-off cancels its query", async () => {
      const over = await cutOff("veterans");
      expect(over).to.include({ status: "over-budget", reason: "over-budget" });
      expect(over.detail).to.include("Bytes scanned limit was exceeded");
      expect(sentTo(over.runId)).to.deep.equal([]);
    });

    it("gives up a query that does not end, stops it, and says so", async () => {
      // A query that waits for ever in Athena's queue.
      Object.defineProperty(athena.queries, "run", { value: () => Promise.resolve(), configurable: true });
      try {
        const failed = await run("veterans");
        expect(failed).to.include({ status: "failed", reason: "query-timeout", detail: "not ended after 2400 s" });
        await stack.clock.advance(60_000);
        expect(athena.queries.get(failed.queryId!).state).to.equal("CANCELLED");
        expect((await runOf(failed.runId)).status).to.equal("failed");
      } finally {
        Reflect.deleteProperty(athena.queries, "run");
      }
    });

    it("is refused on data older than allowed, with both ages", async () => {
      await refresh();
      await stack.clock.advance(300_000);
      const refused = await run("fresh-only");
      expect(refused).to.include({ status: "refused", reason: "stale-data" });
      expect(refused.detail).to.match(/^the data is \d+ s old; allowed are 60 s$/);
      expect(sentTo(refused.runId)).to.deep.equal([]);
      await refresh();
      expect((await run("fresh-only")).status).to.equal("done");
    });
  });

  describe("The dashboard", () => {
    it("shows how much queries scanned and how long they took, by how they ended", async () => {
      // What ran before ran in minutes before.
      await stack.clock.advance(60_000 - (stack.clock.now() % 60_000));
      const period = stack.clock.now();
      const ended = [await run("veterans"), await run("broken"), await cutOff("veterans")];
      expect(ended.map(({ status }) => status)).to.deep.equal(["done", "failed", "over-budget"]);

      const [dashboard] = cloudwatchEngine(stack.cloud).dashboards.values();
      const { widgets } = JSON.parse(dashboard!.body) as {
        widgets: readonly { properties: { metrics?: unknown[][] } }[];
      };
      const ofAthena = widgets.filter(({ properties }) =>
        properties.metrics?.some(([space]) => space === "AWS/Athena"),
      );
      const range = { starts: [period], periodMs: stack.clock.now() + 60_000 - period };
      const drawn = drawnWidgets(cloudwatchEngine(stack.cloud), JSON.stringify({ widgets: ofAthena }), range);
      const shown = drawn.map(({ title, lines }) => [title, lines.map(({ label, points }) => [label, points[0]])]);
      const queries = [...athena.queries.executions.values()].filter(({ submittedAt }) => submittedAt >= period);
      const of = (state: string, figure: (query: (typeof queries)[number]) => number): number =>
        queries.filter((query) => query.state === state).reduce((sum, query) => sum + figure(query), 0);
      const rows = (figure: (query: (typeof queries)[number]) => number) => [
        ["succeeded", of("SUCCEEDED", figure)],
        ["failed", of("FAILED", figure)],
        ["canceled", of("CANCELLED", figure)],
      ];
      expect(shown).to.deep.equal([
        ["Bytes scanned", rows(({ bytesScanned }) => bytesScanned)],
        ["Query time (ms)", rows((query) => query.completedAt! - query.submittedAt)],
      ]);
      expect(of("SUCCEEDED", ({ bytesScanned }) => bytesScanned)).to.be.greaterThan(0);
      expect(of("CANCELLED", ({ bytesScanned }) => bytesScanned)).to.equal(1);
    });
  });

  describe("A schedule", () => {
    it("starts runs at its time in its own zone, once a day, over the change of the clocks", async () => {
      // Europe/Berlin goes from UTC+1 to UTC+2 in the night to 29 March 2026.
      await stack.clock.advance(Date.UTC(2026, 2, 30, 6) - stack.clock.now());
      const daily = runs().filter((item) => item["segment"]?.S === "daily");
      expect(daily.map((item) => item["runId"]?.S).sort()).to.deep.equal([
        "daily_2026-03-29T05:30:00Z",
        "daily_2026-03-30T05:30:00Z",
      ]);
      for (const item of daily) {
        expect(item["status"]?.S).to.equal("done");
        expect(sentTo(item["runId"]!.S!)).to.deep.equal(["Zoë 😀"]);
      }
    });
  });
});
