import { expect } from "chai";
import { VirtualClock } from "../../local/clock";

const MINUTE = 60_000;
const DAYS = 30;

describe("The virtual clock", () => {
  it("passes 30 days of timers, one a minute, each at its time", async () => {
    const clock = new VirtualClock();
    const start = clock.now();
    let fired = 0;
    const again = (): void => {
      fired++;
      clock.setTimer(MINUTE, again);
    };
    clock.setTimer(MINUTE, again);
    await clock.advance(DAYS * 24 * 60 * MINUTE);
    expect(fired).to.equal(DAYS * 24 * 60);
    expect(clock.now() - start).to.equal(DAYS * 24 * 60 * MINUTE);
  });

  it("jumps over time in which nothing is due, however long", async () => {
    const clock = new VirtualClock();
    const start = clock.now();
    await clock.advance(365 * 24 * 60 * MINUTE);
    expect(clock.now() - start).to.equal(365 * 24 * 60 * MINUTE);
  });

  it("fires in the order of time, then of setting, each after the work of the one before", async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} ends`);
    };
    clock.setTimer(2, work("late"));
    clock.setTimer(1, work("first"));
    clock.setTimer(1, work("second"));
    await clock.advance(2);
    expect(seen).to.deep.equal(["first", "second", "late"].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });
});
