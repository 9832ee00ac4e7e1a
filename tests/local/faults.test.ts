import { expect } from "chai";
import { Campaign } from "../../bench/faults/campaign";
import { poison } from "../../bench/faults/poison";

describe("The fault campaign, small", function () {
  this.timeout(180_000);
  let campaign: Campaign;

  before(async () => {
    campaign = await Campaign.prepare();
  });
  after(() => {
    campaign.close();
  });

  // One of each: players at the same moment, SES that does not answer, SES over its rate.
  for (const seed of [1, 2, 6]) {
    it(`breaks no promise under the faults of seed ${seed}`, async () => {
      const { problems, hits } = await campaign.run(seed);
      expect(problems).to.deep.equal([]);
      expect([...hits.values()].reduce((a, b) => a + b, 0)).to.be.above(20);
    });
  }

  it("plays a seed again exactly", async () => {
    expect((await campaign.run(9)).digest).to.equal((await campaign.run(9)).digest);
  });

  it("parks a record that makes the function throw while its neighbours pass, and redrives it", async () => {
    const { untilAlone, ...rest } = await poison(campaign);
    expect(untilAlone).to.be.within(1, 8);
    expect(rest).to.deep.include({ passed: 99, reason: "RetryAttemptsExhausted", redriven: "channel-unknown" });
  });
});
