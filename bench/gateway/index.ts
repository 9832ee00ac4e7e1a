import type { Benchmark, Row } from "../benchmark";
import { exactly } from "../shared/rows";
import { countingStack } from "../shared/stack";
import { burstRows } from "./burst";
import { helloRows } from "./hello";
import { noticeRows } from "./notice";
import { Calls } from "./calls";

/** Counts what a friend notice, a hello and a burst of changes ask of AWS. */
const benchmark: Benchmark = {
  name: "gateway",
  summary: "requests and units of notices, hellos and bursts",
  async run({ smoke }) {
    const stack = await countingStack();
    const calls = new Calls(stack.cloud);
    const rows: Row[] = [
      ...(await noticeRows(stack, calls, smoke ? [4, 12] : [10, 200], smoke ? 4 : 10)),
      ...(await helloRows(stack, calls, smoke ? [[3, 2]] : HELLOS)),
      ...(await burstRows(stack, calls, smoke ? 200 : 1_000)),
      exactly("scans in all of this", calls.scans, 0),
    ];
    calls.close();
    return rows;
  },
};

/** Friends in all, and of these online. */
const HELLOS: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [10, 10],
  [99, 12],
  [101, 13],
  [200, 50],
  [500, 100],
];

export default benchmark;
