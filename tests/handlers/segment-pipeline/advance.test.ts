import { expect } from "chai";
import { newRun, queryKey } from "../../../components/segment-pipeline/run";
import type { Item } from "../../../components/shared/attributes";
import { context } from "../message-store/world";
import { PART_QUEUE, RUN_QUEUE, RUNS, SegmentWorld } from "./world";

describe("Advancing a segment's run", () => {
  const world = new SegmentWorld();
  before(() => world.open());
  after(() => world.close());
  beforeEach(() => world.reset());

  const begin = async (): Promise<void> => {
    await world.put(newRun("r", "everybody", Math.floor(world.now / 1000)), RUNS);
    world.enqueueCopy(RUN_QUEUE, JSON.stringify({ runId: "r", phase: "starting" }));
    await world.settle();
  };
  const failure = (ErrorMessage: string, ErrorType: number): void => {
    world.verdict = {
      Status: { State: "FAILED", StateChangeReason: ErrorMessage, AthenaError: { ErrorType, ErrorMessage } },
    };
  };

  it("asks only for columns that the copy has", async () => {
    await begin();
    const [, query] = [...world.started.values()];
    expect(query?.text).to.equal(
      `SELECT "pk" FROM "game"."players" WHERE "sk" = 'PROFILE' AND (("level" >= 0E0) AND (NOT (FALSE)))`,
    );
  });

  for (const [message, type] of [
    ["TABLE_NOT_FOUND: line 1:60: Table 'awsdatacatalog.game.players$snapshots' does not exist", 1006],
    ["Table awsdatacatalog.game.players does not exist", 1110],
  ] as const) {
    it(`refuses a run for want of data when the first query ends with "${message.slice(0, 22)}…"`, async () => {
      failure(message, type);
      await begin();
      const run = await world.run("r");
      expect(run).to.include({ status: "refused", reason: "no-data" });
      expect(run.detail).to.include("Start a new run when it has");
      expect(world.started.size).to.equal(1);
    });
  }

  it("fails a run for any other error, with Athena's own words", async () => {
    failure("PERMISSION_DENIED: no access", 1500);
    await begin();
    expect(await world.run("r")).to.include({
      status: "failed",
      reason: "query-failed",
      detail: "PERMISSION_DENIED: no access",
    });
  });

  /** A run in some status whose query is `q0`, begun just now. */
  const at = async (status: string, attributes: Item = {}): Promise<void> => {
    const run = newRun("r", "everybody", Math.floor(world.now / 1000));
    await world.put({ ...run, status: { S: status }, queryId: { S: "q0" }, ...attributes }, RUNS);
    await world.put({ ...queryKey("q0"), runId: { S: "r" } }, RUNS);
    world.started.set("t", { id: "q0", text: "", startedAt: world.now });
  };
  const EVENT = '{"detail":{"queryExecutionId":"q0"}}';
  const wake = (phase: string): string => JSON.stringify({ runId: "r", phase });

  it("hands the result over once when its query has ended", async () => {
    await at("querying");
    world.now += 5_000;
    let status = "";
    world.gate = async ({ operation }, effect) => {
      // Its reader would find nothing to do in a run that is not there yet.
      if (operation === "SendMessage") ({ status } = await world.run("r"));
      return effect();
    };
    await world.deliver("advance", EVENT);
    expect(status).to.equal("enqueueing");
    expect(world.bodies(PART_QUEUE)).to.deep.equal([{ runId: "r", part: 0 }]);
  });

  it("leaves a run alone that another wake-up has brought to its end meanwhile", async () => {
    await at("querying");
    world.now += 5_000;
    world.gate = async ({ operation }, effect) => {
      if (operation === "UpdateItem") await at("done");
      return effect();
    };
    await world.deliver("advance", EVENT);
    expect((await world.run("r")).status).to.equal("done");
  });

  it("notes how old the data was, and what an ended query has read", async () => {
    await begin();
    const dataAsOf = Math.floor(world.now / 1_000) - 60;
    const { dataAsOf: noted } = await world.run("r");
    expect(noted).to.be.within(dataAsOf - 60, dataAsOf);
    await world.reset();
    await world.put(newRun("r", "everybody", Math.floor(world.now / 1_000) + 90_000), RUNS);
    world.enqueueCopy(RUN_QUEUE, wake("starting"));
    await world.settle();
    expect(await world.run("r")).to.include({ status: "refused", reason: "stale-data", dataAsOf: noted });
    await world.reset();
    await at("querying");
    world.now += 5_000;
    world.verdict = { Status: { State: "CANCELLED" }, Statistics: { DataScannedInBytes: 4_096 } };
    await world.deliver("advance", EVENT);
    expect(await world.run("r")).to.include({ status: "over-budget", scannedBytes: 4_096 });
  });

  it("hands the result over again only until one of its parts is done", async () => {
    await at("enqueueing");
    await world.deliver("advance", EVENT);
    expect(world.bodies(PART_QUEUE)).to.deep.equal([{ runId: "r", part: 0 }]);
    await at("enqueueing", { parts: { N: "3" } });
    for (const body of [EVENT, wake("querying")]) await world.deliver("advance", body);
    expect(world.bodies(PART_QUEUE)).to.have.length(1);
  });

  it("has one chain of polls: neither an event nor the poll of an earlier step begins another", async () => {
    await at("querying");
    for (const body of [EVENT, wake("checking"), wake("starting")]) await world.deliver("advance", body);
    expect(world.bodies(RUN_QUEUE)).to.deep.equal([]);
    await world.deliver("advance", wake("querying"));
    expect(world.bodies(RUN_QUEUE)).to.deep.equal([{ runId: "r", phase: "querying" }]);
  });

  it("leaves alone the queries of others, and runs that it does not know", async () => {
    for (const body of ['{"detail":{"queryExecutionId":"q-of-others"}}', '{"runId":"unknown","phase":"starting"}']) {
      expect((await world.deliver("advance", body)).done, body).to.equal(true);
    }
    expect(world.calls.map(({ operation }) => operation)).to.deep.equal(["GetItem", "GetItem"]);
  });

  for (const body of [
    "null",
    "[]",
    '"x"',
    "{}",
    "not JSON",
    '{"runId":"r"}',
    '{"runId":"a b","phase":"starting"}',
    '{"detail":null}',
  ]) {
    it(`refuses the message ${body} and says what it expected`, async () => {
      const { done, log } = await world.deliver("advance", body);
      expect(done).to.equal(false);
      expect(log.join()).to.include(
        `message: got ${JSON.stringify(body)}; expected a runId and its phase, or a state change of a query.`,
      );
    });
  }

  it("refuses a call by hand with anything but a batch", async () => {
    for (const handler of [world.advance, world.enqueue]) {
      for (const event of [null, undefined, 7, "x", [], {}, { Records: null }]) {
        const text = await handler(event as never, context).then(
          () => "taken",
          (error: unknown) => (error as Error).message,
        );
        const shown = JSON.stringify(event) ?? "nothing";
        expect(text).to.equal(`input: got ${shown}; expected a batch of the queue, with Records.`);
      }
    }
  });
});
