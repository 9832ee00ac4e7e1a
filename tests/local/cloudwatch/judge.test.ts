import { expect } from "chai";
import { VirtualClock } from "../../../local/clock";
import { comparisons, judge, type MetricAlarm } from "../../../local/services/cloudwatch/alarm";
import { compileRule } from "../../../local/services/cloudwatch/alarm-rule";
import { MetricStore } from "../../../local/services/cloudwatch/metric-store";

type Treatment = MetricAlarm["treatMissing"];

/** An alarm above 0 whose present state is `OK`, unless it says otherwise. */
function alarm(more: Partial<MetricAlarm> = {}, namespace = "AWS/Lambda"): MetricAlarm {
  return {
    kind: "metric",
    name: "a",
    arn: "arn",
    actions: { enabled: true, ok: [], alarm: [], insufficientData: [] },
    updated: 0,
    state: "OK",
    stateReason: "",
    stateTime: 0,
    queries: [{ id: "m", returnData: true, metric: { namespace, name: "n", dimensions: {}, stat: "Sum", period: 60 } }],
    comparison: "GreaterThanThreshold",
    threshold: 0,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissing: "missing",
    period: 60,
    ...more,
  };
}

/** `0` is within the threshold, `X` over it, `-` missing; the newest stands last. */
function points(text: string): (number | undefined)[] {
  return text.split(" ").map((each) => (each === "-" ? undefined : each === "X" ? 1 : 0));
}

const treatments: readonly Treatment[] = ["missing", "ignore", "breaching", "notBreaching"];
/** The state before, so that one that is kept shows. */
const KEPT = "kept";

describe("Judging an alarm", () => {
  /** The tables of alarms-and-missing-data.html: the state for each treatment of missing data. */
  const tables: readonly (readonly [datapointsToAlarm: number, points: string, ...states: string[]])[] = [
    [3, "0 - X - X", "OK", "OK", "OK", "OK"],
    [3, "0 - - - -", "OK", "OK", "OK", "OK"],
    [3, "- - - - -", "INSUFFICIENT_DATA", KEPT, "ALARM", "OK"],
    [3, "0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
    [3, "- - X - -", "ALARM", KEPT, "ALARM", "OK"],
    [2, "0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
    [2, "0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
    [2, "0 - X - -", "OK", "OK", "ALARM", "OK"],
    [2, "- - - - 0", "OK", "OK", "ALARM", "OK"],
    [2, "- - - X -", "ALARM", KEPT, "ALARM", "OK"],
    // "Avoiding premature transitions": a breach alone that is too new waits for the next data.
    [3, "- - - - X", "OK", KEPT, "ALARM", "OK"],
    [3, "- - - X -", "OK", KEPT, "ALARM", "OK"],
    [3, "- - X - 0", "OK", "OK", "OK", "OK"],
  ];
  for (const [datapointsToAlarm, text, ...states] of tables) {
    it(`finds for ${text}, ${datapointsToAlarm} of 3, what AWS's page says`, () => {
      for (const state of ["OK", "ALARM"] as const) {
        const found = treatments.map((treatMissing) =>
          judge(alarm({ datapointsToAlarm, treatMissing, state }), points(text)),
        );
        expect(found).to.deep.equal(states.map((each) => (each === KEPT ? state : each)));
      }
    });
  }

  it("keeps the state of an alarm on DynamoDB's metrics while data are missing, whatever it declares", () => {
    for (const treatMissing of treatments) {
      const one = alarm({ treatMissing, state: "ALARM", evaluationPeriods: 1, datapointsToAlarm: 1 }, "AWS/DynamoDB");
      expect(judge(one, points("- - -")), treatMissing).to.equal("ALARM");
      expect(judge(one, points("- - 0")), treatMissing).to.equal("OK");
    }
  });

  it("compares below, at and above the threshold", () => {
    const around = (name: string): boolean[] => [1, 2, 3].map((value) => comparisons[name]!(value, 2));
    expect(around("GreaterThanThreshold")).to.deep.equal([false, false, true]);
    expect(around("GreaterThanOrEqualToThreshold")).to.deep.equal([false, true, true]);
    expect(around("LessThanThreshold")).to.deep.equal([true, false, false]);
    expect(around("LessThanOrEqualToThreshold")).to.deep.equal([true, true, false]);
  });

  it("composes by AND, OR, NOT and parentheses, AND before OR", () => {
    const states = { on: "ALARM", off: "OK", none: "INSUFFICIENT_DATA" } as const;
    const holds = (rule: string): boolean => compileRule(rule)((name) => states[name as keyof typeof states]);
    expect(holds("ALARM(on) AND ALARM(off)")).to.equal(false);
    expect(holds("ALARM(on) OR ALARM(off) AND ALARM(off)")).to.equal(true);
    expect(holds("(ALARM(on) OR ALARM(off)) AND ALARM(off)")).to.equal(false);
    expect(holds('NOT OK("on") AND INSUFFICIENT_DATA(none)')).to.equal(true);
    expect(holds("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:on)")).to.equal(true);
  });

  it("takes as a percentile the value that so many of a hundred do not exceed", () => {
    const store = new MetricStore(new VirtualClock());
    const metric = { namespace: "n", name: "m", dimensions: {} };
    for (let value = 1; value <= 10; value++) store.put(metric, value, { time: 0 });
    const at = (stat: string): number | undefined => store.statistic(metric, stat, 0, 60_000);
    expect([at("p50"), at("p95"), at("p100"), at("p0")]).to.deep.equal([5, 10, 10, 1]);
  });
});
