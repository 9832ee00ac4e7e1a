import { expect } from "chai";
import * as fc from "fast-check";
import { runKey } from "../../../components/segment-pipeline/run";
import { context, type Gate } from "../message-store/world";
import { lost } from "../shared/sdk";
import { linesOf, PART_QUEUE, RUNS, SegmentWorld, VALID_SECONDS } from "./world";

describe("Enqueueing the parts of a segment's result", () => {
  const world = new SegmentWorld();
  before(() => world.open());
  after(() => world.close());
  beforeEach(() => world.reset());

  const part = (number: number): Promise<{ done: boolean; log: readonly string[] }> =>
    world.deliver("enqueue", JSON.stringify({ runId: "r", part: number }));
  /** Breaks off at the n-th message, before or after it is written. */
  const breaksAt = (n: number, when: "before" | "after"): Gate => {
    let writes = 0;
    return async (call, effect) => {
      const breaks = call.operation === "PutItem" && ++writes === n;
      if (breaks && when === "before") throw lost();
      const answer = await effect();
      if (breaks) throw lost();
      return answer;
    };
  };

  it("counts each player once, wherever the lines that repeat a player lie", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 40 }), async (numbers) => {
        await world.reset();
        world.lines = linesOf(numbers.map((n) => `player-${n}`));
        await world.enqueueing("r");
        await part(0);
        await world.settle();
        const players = new Set(numbers);
        expect(await world.run("r")).to.include({
          status: "done",
          enqueued: players.size,
          duplicates: numbers.length - players.size,
        });
        expect(await world.recipients()).to.deep.equal([...players].map((n) => `player-${n}`).sort());
      }),
      { numRuns: 30 },
    );
  });

  for (const when of ["before", "after"] as const) {
    it(`counts a part whole that broke off ${when} a write and came again`, async () => {
      world.lines = linesOf(["a", "b", "c", "d", "e"]);
      await world.enqueueing("r");
      world.gate = breaksAt(3, when);
      const first = await part(0);
      expect(first.done).to.equal(false);
      expect(first.log.join()).to.include("part not worked off");
      expect((await world.run("r")).enqueued).to.equal(0);
      await part(0);
      expect(await world.run("r")).to.include({ status: "done", enqueued: 5, duplicates: 0 });
    });
  }

  it("counts a part once that is delivered twice at the same time", async () => {
    world.lines = linesOf(["a", "b", "c"]);
    await world.enqueueing("r");
    const bodies = world.sqsEvent([JSON.stringify({ runId: "r", part: 0 }), JSON.stringify({ runId: "r", part: 0 })]);
    const alone = bodies.Records.map((record) => world.enqueue({ Records: [record] }, context));
    await Promise.all(alone);
    expect(await world.run("r")).to.include({ status: "done", enqueued: 3, duplicates: 0 });
  });

  it("hands out nothing of a file of one part, whose messages are worth sending from the run's start on", async () => {
    world.lines = linesOf(["a"]);
    const startedAt = Math.floor(world.now / 1_000) - 500;
    await world.enqueueing("r", { startedAt: { N: String(startedAt) } });
    await part(0);
    expect(world.calls.map(({ operation }) => operation)).to.not.include("SendMessageBatch");
    expect((await world.scan()).map((item) => item["validUntil"])).to.deep.equal([
      { N: String(startedAt + VALID_SECONDS) },
    ]);
  });

  it("does nothing again of a part that is done", async () => {
    world.lines = linesOf(Array.from({ length: 20 }, (_, i) => `player-${i}`));
    await world.enqueueing("r");
    await part(0);
    world.calls.length = 0;
    expect((await part(0)).done).to.equal(true);
    expect(world.calls.map(({ operation }) => operation)).to.deep.equal(["GetItem"]);
  });

  it("ends once, at the time of the first, when two deliveries do the last part", async () => {
    world.lines = linesOf(["a"]);
    await world.enqueueing("r");
    const endedAt = async () => (await world.item(runKey("r"), RUNS))?.["endedAt"];
    world.gate = async (call, effect) => {
      if (!String(call.input["UpdateExpression"]).includes("endedAt")) return effect();
      world.gate = (_call, go) => go();
      world.now += 60_000;
      await part(0);
      return effect();
    };
    await part(0);
    expect(await world.run("r")).to.include({ status: "done", enqueued: 1 });
    expect(await endedAt()).to.deep.equal({ N: String(Math.floor(world.now / 1_000)) });
  });

  it("takes a message that another part made with the run's key for a duplicate", async () => {
    world.lines = linesOf(["a", "b"]);
    await world.enqueueing("r");
    await part(0);
    await world.enqueueing("r"); // as if its record had been lost
    world.lines = linesOf([...Array<string>(12).fill("x"), "a", "b"]); // the same two in another part
    await part(0);
    await world.settle();
    expect(await world.run("r")).to.include({ status: "done", enqueued: 1, duplicates: 13 });
    expect(await world.recipients()).to.deep.equal(["a", "b", "x"]);
  });

  it("hands out each other part before its own work", async () => {
    world.lines = linesOf(Array.from({ length: 100 }, (_, i) => `player-${i}`));
    await world.enqueueing("r");
    world.gate = breaksAt(1, "before");
    await part(0);
    const parts = Math.ceil((5 + world.lines.join("\n").length + 1) / 128);
    expect(parts).to.be.greaterThan(10);
    const expected = Array.from({ length: parts - 1 }, (_, i) => ({ runId: "r", part: i + 1 }));
    expect(world.bodies(PART_QUEUE)).to.deep.equal(expected);
  });

  it("counts what is no key of a player, a line that was cut off included, and goes on", async () => {
    world.file = Buffer.from('"pk"\n"PLAYER#a"\n"IDENTITY#x"\n\n"PLAYER#_zz"\nPLAYER#b\n"PLAYER#c"\n"PLAYER#fan-12');
    await world.enqueueing("r");
    await part(0);
    expect(await world.run("r")).to.include({ status: "done", enqueued: 2, malformed: 4, duplicates: 0 });
    expect(await world.recipients()).to.deep.equal(["a", "c"]);
  });

  for (const [what, text] of [
    ["is empty", ""],
    ["has another column", '"sk"\n"PROFILE"\n'],
    ["is no result at all", "<Error><Code>NoSuchKey</Code></Error>"],
  ] as const) {
    it(`ends the run as failed when the file ${what}`, async () => {
      world.file = Buffer.from(text);
      await world.enqueueing("r");
      expect((await part(0)).done).to.equal(true);
      expect(await world.run("r")).to.include({
        status: "failed",
        reason: "result-malformed",
        detail: "the result s3://results/q.csv does not begin with the column pk",
      });
      expect(await world.recipients()).to.deep.equal([]);
    });
  }

  it("ends the run as failed when its segment is no longer defined", async () => {
    await world.enqueueing("r", { segment: { S: "gone" } });
    expect((await part(0)).done).to.equal(true);
    expect(await world.run("r")).to.include({ status: "failed", reason: "unknown-segment", detail: "gone" });
  });

  it("does nothing for a run that has ended, and for one that is not known", async () => {
    world.lines = linesOf(["a"]);
    await world.enqueueing("r", { status: { S: "failed" } });
    expect((await part(0)).done).to.equal(true);
    expect((await world.deliver("enqueue", '{"runId":"other","part":0}')).done).to.equal(true);
    expect(await world.recipients()).to.deep.equal([]);
  });

  for (const body of [
    "null",
    "[]",
    "7",
    "{}",
    "not JSON",
    '{"runId":"r"}',
    '{"runId":7,"part":0}',
    '{"runId":"r","part":-1}',
    '{"runId":"r","part":"0"}',
  ]) {
    it(`refuses the message ${body} and says what it expected`, async () => {
      const { done, log } = await world.deliver("enqueue", body);
      expect(done).to.equal(false);
      expect(log.join()).to.include(
        `message: got ${JSON.stringify(body)}; expected a runId and a part, a whole number from 0.`,
      );
    });
  }
});
