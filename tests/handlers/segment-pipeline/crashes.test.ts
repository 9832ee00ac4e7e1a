import { expect } from "chai";
import { context } from "../message-store/world";
import { quietly } from "../shared/quietly";
import { lost } from "../shared/sdk";
import { linesOf, SegmentWorld } from "./world";

/** One comes twice, far apart: in two parts. */
const PLAYERS = Array.from({ length: 20 }, (_, i) => `player-${i}`);
const LINES = linesOf([...PLAYERS, "player-0"]);

/** How a call breaks off: before its effect, after it, or after it so that the SDK repeats the request by itself. */
const BREAKS = ["before", "after", "unheard"] as const;

/** A run from its start until nothing is left to do; the call that `fails` says is the one that breaks off. */
async function play(world: SegmentWorld, fails: number, when: (typeof BREAKS)[number]): Promise<number> {
  world.lines = LINES;
  let calls = 0;
  world.gate = async (_call, effect) => {
    const breaks = ++calls === fails;
    if (breaks && when === "before") throw lost();
    const answer = await effect();
    if (breaks && when === "after") throw lost();
    return breaks ? effect() : answer;
  };
  await quietly(async () => {
    const start = (): Promise<unknown> => world.start({ segment: "everybody", runId: "run" }, context);
    // Whoever starts a run and gets no answer starts it again.
    await start().catch(start);
  });
  await world.settle();
  return calls;
}

describe("A segment's run of which one step breaks off", function () {
  this.timeout(60_000);
  const world = new SegmentWorld();
  before(() => world.open());
  after(() => world.close());
  beforeEach(() => world.reset());

  const check = async (): Promise<void> => {
    const run = await world.run("run");
    expect(run).to.include({ status: "done", enqueued: 20, duplicates: 1, malformed: 0, refusedPlayers: 0 });
    expect(run.doneParts).to.have.length(run.parts ?? 0);
    expect(await world.recipients()).to.deep.equal([...PLAYERS].sort());
    // Two queries, whatever happened: how old the data is, and who is in the segment.
    expect([...world.started.values()].map(({ text }) => text.slice(0, 11))).to.deep.equal([
      "SELECT (SEL",
      'SELECT "pk"',
    ]);
  };

  for (const copies of [0, 1, 2]) {
    const events = ["are lost", "come once", "come twice"][copies] ?? "";
    it(`ends with each message once, whichever call it is, when Athena's events ${events}`, async () => {
      world.eventCopies = copies;
      const calls = await play(world, 0, "before");
      await check();
      expect(calls).to.be.greaterThan(40);
      for (let fails = 1; fails <= calls; fails++) {
        for (const when of BREAKS) {
          await world.reset();
          world.eventCopies = copies;
          await play(world, fails, when);
          await check().catch((error: unknown) => {
            throw new Error(`Call ${fails}, ${when}: ${(error as Error).message}`);
          });
        }
      }
    });
  }
});
