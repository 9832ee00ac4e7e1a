import { expect } from "chai";
import * as fc from "fast-check";
import { VirtualClock } from "../../../local/clock";
import { MetricStore } from "../../../local/services/cloudwatch/metric-store";

const minute = 60_000;
const metric = { namespace: "AWS/SQS", name: "Depth", dimensions: { QueueName: "q" } };

describe("gauges", () => {
  it("show in each minute what was read in it, or else what they showed before", () => {
    const step = fc.record({ minutes: fc.integer({ min: 0, max: 5 }), value: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const store = new MetricStore(new VirtualClock(0));
        let shown = 0;
        store.setGauge(metric, () => shown);
        const expected: (number | undefined)[] = [];
        let at = 0;
        for (const { minutes, value } of steps) {
          at += minutes;
          for (let missed = expected.length; missed < at; missed++) expected[missed] = expected[missed - 1];
          shown = value;
          expected[at] = value;
          store.sample(metric, at * minute + 1);
        }
        const found = expected.map((_, i) => store.statistic(metric, "Maximum", i * minute, (i + 1) * minute));
        expect(found).to.deep.equal(expected);
        expect(store.statistic(metric, "Maximum", (at + 1) * minute, (at + 9) * minute)).to.equal(undefined);
      }),
    );
  });

  it("that rest for weeks show the same in every minute", () => {
    const store = new MetricStore(new VirtualClock(0));
    store.setGauge(metric, () => 7);
    store.sample(metric, 0);
    store.sample(metric, 10 * 24 * 60 * minute);
    expect(store.statistic(metric, "SampleCount", 0, 24 * 60 * minute)).to.equal(24 * 60);
    expect(store.statistic(metric, "Average", 5 * 24 * 60 * minute, 6 * 24 * 60 * minute)).to.equal(7);
  });
});
