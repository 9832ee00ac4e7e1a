import { expect } from "chai";
import { Game } from "./game";
import { BROKEN_RULES, type Sabotage } from "./interleaving/broken-rules";
import { SCENARIOS } from "./interleaving/scenarios";
import { Schedule } from "./interleaving/schedule";
import { quietly } from "../shared/quietly";
import { World } from "./world";

/** Schedules in all; more by the environment for a campaign. */
const SCHEDULES = Number(process.env["INTERLEAVINGS"] ?? 1_800);
/** Seeds from here on; one failing seed replays exactly. */
const FIRST_SEED = Number(process.env["INTERLEAVINGS_FROM"] ?? 1);

describe("presence protocol, interleaved", function () {
  // Schedules share one world: one that went on after a time-out would disturb the next.
  this.timeout(600_000);
  let world: World;
  let game: Game;

  before(async () => {
    world = await World.make();
    game = new Game(world);
  });

  after(() => world.close());

  const each = Math.ceil(SCHEDULES / Object.keys(SCENARIOS).length);

  /** Seeds that end wrong, with what is wrong. */
  async function failing(name: string, count: number, sabotage?: Sabotage, stopAtFirst = false): Promise<string[]> {
    const found: string[] = [];
    await quietly(async () => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + count; seed++) {
        const schedule = new Schedule(world, game, SCENARIOS[name]!, seed);
        await schedule.run(sabotage);
        if (schedule.problems.length > 0) found.push(`seed ${seed}: ${schedule.problems.join("; ")}`);
        if (stopAtFirst && found.length > 0) break;
      }
    });
    return found;
  }

  for (const name of Object.keys(SCENARIOS)) {
    it(`keeps every friend and leaves no ghost: ${name}`, async () => {
      expect((await failing(name, each)).slice(0, 5)).to.deep.equal([]);
    });
  }

  for (const [rule, [name, sabotage]] of Object.entries(BROKEN_RULES)) {
    it(`goes wrong with ${rule}`, async () => {
      expect(await failing(name, 3_000, sabotage, true)).to.have.length(1);
    });
  }
});
