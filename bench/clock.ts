import { VirtualClock } from "../local/clock";
import type { Benchmark } from "./benchmark";
import { atMost, median } from "./shared/rows";

const MINUTE = 60_000;
const DAYS = 30;

/** What the virtual clock itself costs in a scenario of a month: a timer a minute, which does nothing. */
const benchmark: Benchmark = {
  name: "clock",
  summary: "seconds that 30 virtual days take, apart from the work in them",
  async run({ smoke }) {
    const seconds: number[] = [];
    for (let i = 0; i < (smoke ? 1 : 5); i++) {
      const clock = new VirtualClock();
      const again = (): void => void clock.setTimer(MINUTE, again);
      again();
      const began = performance.now();
      await clock.advance(DAYS * 24 * 60 * MINUTE);
      seconds.push((performance.now() - began) / 1_000);
    }
    return [atMost(`${DAYS} days with a timer a minute`, median(seconds), 1, `${DAYS * 24 * 60} timers`, " s")];
  },
};

export default benchmark;
