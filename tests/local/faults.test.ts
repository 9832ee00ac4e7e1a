import { expect } from "chai";
import { Campaign } from "../../bench/faults/campaign";
import { poison } from "../../bench/faults/poison";
import type { RunResult } from "../../bench/faults/run";

describe("The fault campaign, small", function () {
  this.timeout(240_000);
  let campaign: Campaign;
  let first: RunResult;

  before(async () => {
    campaign = await Campaign.prepare();
    first = await campaign.run(1);
  });
  after(() => {
    campaign.close();
  });

  const faultsOf = ({ hits }: RunResult): number => [...hits.values()].reduce((a, b) => a + b, 0);

  it("breaks no promise when players do everything at the same moment", () => {
    expect(first.problems).to.deep.equal([]);
    expect(faultsOf(first)).to.be.above(20);
  });

  it("breaks no promise when SES is over its rate again and again", async () => {
    const run = await campaign.run(6);
    expect(run.problems).to.deep.equal([]);
    expect(faultsOf(run)).to.be.above(20);
  });

  it("plays a seed again exactly", async () => {
    expect((await campaign.run(1)).digest).to.equal(first.digest);
  });

  it("parks a record that makes the function throw while its neighbours pass, and redrives it", async () => {
    const { untilAlone, ...rest } = await poison(campaign);
    expect(untilAlone).to.be.within(1, 8);
    expect(rest).to.deep.include({ passed: 99, reason: "RetryAttemptsExhausted", redriven: "channel-unknown" });
  });
});
