import { expect } from "chai";
import { isRunId, newRun, RUN_LIMITS } from "../../../components/segment-pipeline/run";
import { readPlayers } from "../../../components/segment-pipeline/result-lines";
import type { StartRunEvent } from "../../../components/segment-pipeline/start";
import { SECONDS_PER_DAY } from "../../../components/shared/units";
import { context } from "../message-store/world";
import { lost } from "../shared/sdk";
import { linesOf, PART_QUEUE, RUN_QUEUE, RUNS, SegmentWorld } from "./world";

describe("A segment's run, at its limits", () => {
  const world = new SegmentWorld();
  before(() => world.open());
  after(() => world.close());
  beforeEach(() => world.reset());

  /** A run that was started a day ago, and whose query was submitted so many seconds ago and does not end. */
  const querying = async (submittedAgo: number): Promise<void> => {
    const run = newRun("r", "everybody", Math.floor(world.now / 1_000) - SECONDS_PER_DAY);
    await world.put({ ...run, status: { S: "querying" }, queryId: { S: "q0" } }, RUNS);
    world.queryMs = Infinity;
    world.started.set("t", { id: "q0", text: "", startedAt: world.now - submittedAgo * 1_000 });
  };
  const look = () => world.deliver("advance", JSON.stringify({ runId: "r", phase: "querying" }));

  it("has an id of at most 128 characters", () => {
    expect([isRunId("r".repeat(RUN_LIMITS.idLength)), isRunId("r".repeat(RUN_LIMITS.idLength + 1))]).to.deep.equal([
      true,
      false,
    ]);
    expect([RUN_LIMITS.idLength, RUN_LIMITS.querySeconds]).to.deep.equal([128, 2_400]);
  });

  it("waits for a query until its time is over, however long the run waited before it, and looks again", async () => {
    await querying(RUN_LIMITS.querySeconds);
    expect((await look()).done).to.equal(true);
    expect((await world.run("r")).status).to.equal("querying");
    expect(world.queues[RUN_QUEUE]).to.have.length(1);
  });

  it("gives a query up one second later: first it ends, then the query is stopped", async () => {
    await querying(RUN_LIMITS.querySeconds + 1);
    world.calls.length = 0;
    await look();
    expect(await world.run("r")).to.include({ status: "failed", reason: "query-timeout" });
    const operations = world.calls.map(({ operation }) => operation);
    expect(operations.slice(-2)).to.deep.equal(["UpdateItem", "StopQueryExecution"]);
    expect(world.queues[RUN_QUEUE] ?? []).to.deep.equal([]);
  });

  it("is started anew by who finds it without its message, and is nobody else's", async () => {
    world.gate = (call, effect) => (call.operation === "SendMessage" ? Promise.reject(lost()) : effect());
    const died = await world.start({ segment: "everybody", runId: "r" }, context).catch((error: unknown) => error);
    expect(died).to.be.instanceOf(Error);
    world.gate = (_call, effect) => effect();
    expect(await world.start({ segment: "everybody", runId: "r" }, context)).to.deep.equal({
      runId: "r",
      created: false,
      status: "starting",
    });
    expect(world.bodies(RUN_QUEUE)).to.deep.equal([{ runId: "r", phase: "starting" }]);
    await querying(0);
    expect(await world.start({ segment: "everybody", runId: "r" }, context)).to.include({ status: "querying" });
    expect(world.bodies(RUN_QUEUE)).to.have.length(1);
    await world.put(newRun("other", "nobody", 0), RUNS);
    const taken = await world.start({ segment: "everybody", runId: "other" }, context).catch((error: unknown) => error);
    expect((taken as Error).message).to.equal(
      'runId: got "other"; expected another id: this one is a run of "nobody".',
    );
  });

  it("is one run over Lambda's tries and an operator's redrives, also when nobody named it", async () => {
    const start = (event: unknown, awsRequestId: string) =>
      world.start(event as StartRunEvent, { ...context, awsRequestId });
    const asked = { segment: "everybody" };
    world.gate = (call, effect) => (call.operation === "SendMessage" ? Promise.reject(lost()) : effect());
    for (let tries = 0; tries < 3; tries++) await start(asked, "first").catch(() => undefined);
    const parked = { requestContext: { requestId: "first" }, requestPayload: asked };
    await start(parked, "second").catch(() => undefined);
    const again = { requestContext: { requestId: "second" }, requestPayload: parked };
    world.gate = (_call, effect) => effect();
    const { runId, created } = await start(again, "third");
    expect({ runId, created }).to.deep.equal({ runId: "everybody-first", created: false });
    expect(world.bodies(RUN_QUEUE)).to.deep.equal([{ runId, phase: "starting" }]);
    expect(await world.scan(RUNS)).to.have.length(1);
  });

  it("brings a part back whose other parts could not all be handed out", async () => {
    world.lines = linesOf(Array.from({ length: 20 }, (_, i) => `player-${i}`));
    await world.enqueueing("r");
    world.gate = (call, effect) =>
      call.operation === "SendMessageBatch"
        ? Promise.resolve({ Failed: [{ Id: "0", Code: "InternalError", Message: "later", SenderFault: false }] })
        : effect();
    expect((await world.deliver("enqueue", JSON.stringify({ runId: "r", part: 0 }))).done).to.equal(false);
    expect(await world.recipients()).to.deep.equal([]);
    expect(world.queues[PART_QUEUE] ?? []).to.deep.equal([]);
  });

  it("reads no key that is another spelling of a player's", () => {
    // `a` and `_61` are the same letter: only the first is how it is written.
    expect(readPlayers(['"PLAYER#a"', '"PLAYER#_61"'])).to.deep.equal({ players: ["a"], malformed: 1, repeated: 0 });
  });
});
