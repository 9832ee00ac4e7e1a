import { expect } from "chai";
import { World } from "../message-store/world";
import { handlers, openQuietly } from "./fixture";
import type { Break } from "./send-once/broken-rules";
import { instances, Schedule, type Outcome } from "./send-once/schedule";

/** More for a longer campaign: `SCHEDULES=20000 npx mocha …`. */
const SCHEDULES = Number(process.env["SCHEDULES"] ?? 1_000);

describe("a mail under faults", function () {
  // Schedules share one world: one that went on after a time-out would disturb the next.
  this.timeout(120_000 + SCHEDULES * 50);
  const world = new World();
  openQuietly(world);

  async function campaign(schedules: number, broken?: Break): Promise<Outcome[]> {
    // Rules that live in the settings are broken there, the others where the calls pass.
    const h = handlers(broken === "hold" ? { holdSeconds: 0 } : {});
    const made = instances(h);
    const outcomes: Outcome[] = [];
    for (let seed = 1; seed <= schedules; seed++) {
      const outcome = await new Schedule(world, made, broken ? { seed, broken } : { seed }).run();
      outcomes.push(outcome);
      if (broken && outcome.wrong.length > 0) break;
      expect(broken ? [] : outcome.wrong, `seed ${seed}`).to.deep.equal([]);
    }
    return outcomes;
  }

  it("is sent once or said not to be, in every schedule", async () => {
    const outcomes = await campaign(SCHEDULES);
    const count = (status: string): number => outcomes.filter((outcome) => outcome.status === status).length;
    const ends = ["sent", "delivered", "opened", "clicked", "bounced", "failed"];
    expect(ends.reduce((sum, end) => sum + count(end), 0)).to.equal(SCHEDULES);
    expect(count("failed")).to.be.above(20);
    expect(outcomes.reduce((sum, { faults }) => sum + faults, 0)).to.be.above(SCHEDULES * 2);
  });

  const rules: readonly [Break, string][] = [
    ["claim", "sends without a claim"],
    ["hold", "retries an unclear attempt at once"],
    ["release", "takes a lost reply for a refusal"],
    ["condition", "writes without the condition on the attempt"],
    ["blind", "gives up without waiting for the last event"],
    ["count-throttles", "counts throttles as tries"],
    ["silent-dlq", "leaves the queue's own dead letters unread"],
    ["forget-copy", "arms no reconcile message"],
    ["rank", "writes events over higher statuses"],
    ["redrive-condition", "redrives whatever the status is"],
  ];
  for (const [rule, what] of rules) {
    it(`is seen to go wrong by a build that ${what}`, async () => {
      const outcomes = await campaign(SCHEDULES, rule);
      expect(outcomes.at(-1)?.wrong).to.not.deep.equal([]);
    });
  }
});
