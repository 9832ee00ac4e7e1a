import { expect } from "chai";
import { mutate, type MutationRun } from "./mutation-run";
import { WITHOUT_SECURITY } from "./without-security";

/** Part of the mutants that `npm test` tries; `npm run policies -- mutants` tries all. */
const SHARE = 0.02;

describe("Mutants of the program", function () {
  this.timeout(180_000);

  const runs: MutationRun[] = [];
  for (const [stack, environment] of [
    ["prod", "production"],
    ["dev", "other"],
  ] as const) {
    it(`are each refused by a rule (${stack}, a sample)`, async () => {
      const run = await mutate(stack, environment, SHARE);
      runs.push(run);
      expect(run.survivors).to.deep.equal([]);
      expect(run.tried).to.be.greaterThan(50);
    });
  }

  it("are excused for reasons that are all needed", () => {
    const excused = new Set(runs.flatMap((run) => [...run.excused]));
    expect(WITHOUT_SECURITY.filter((one) => !excused.has(one))).to.deep.equal([]);
  });
});
