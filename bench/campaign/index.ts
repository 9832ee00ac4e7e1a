import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { ArgumentError, type Benchmark } from "../benchmark";
import { atMost, exactly } from "../shared/rows";
import { countingStack } from "../shared/stack";
import { campaign, type Campaign } from "./campaign";

/** Enqueues campaigns of two sizes and compares what they take. */
const benchmark: Benchmark = {
  name: "campaign",
  summary: "from a segment's result file to queued messages, at two sizes",
  takes: "[recipients of the small one] [of the large one]",
  async run({ smoke, args }) {
    const [small = 100_000, large = 400_000] = args.map(Number);
    for (const size of [small, large]) {
      if (!Number.isInteger(size) || size < 1 || args.length > 2)
        throw new ArgumentError(`Recipients of the campaign: got ${args.join(" ")}; expected two numbers above zero.`);
    }
    const runs: Campaign[] = [];
    if (smoke) {
      const stack = await countingStack();
      for (const recipients of [100, 400]) runs.push(await campaign(stack, recipients));
    } else for (const recipients of [small, large]) runs.push(await alone(recipients));
    const [one, more] = runs as [Campaign, Campaign];
    const times = `${one.recipients} in ${one.seconds.toFixed(1)} s, ${more.recipients} in ${more.seconds.toFixed(1)} s`;
    return [
      atMost("time, large / small", more.seconds / one.seconds, 4.3, times),
      atMost(
        "CPU time, large / small",
        more.cpuSeconds / one.cpuSeconds,
        4.3,
        `${one.cpuSeconds.toFixed(1)} and ${more.cpuSeconds.toFixed(1)} s`,
      ),
      atMost(
        "memory of the enqueueing function, large / small",
        more.functionMb / one.functionMb,
        1.3,
        `${one.functionMb} and ${more.functionMb} MB`,
      ),
      atMost(
        "memory of the whole process, large / small",
        more.processMb / one.processMb,
        4.3,
        `${one.processMb.toFixed(0)} and ${more.processMb.toFixed(0)} MB`,
      ),
      exactly(
        "messages lost",
        runs.reduce((sum, run) => sum + run.recipients - run.players, 0),
        0,
      ),
      exactly(
        "messages doubled",
        runs.reduce((sum, run) => sum + run.messages - run.players, 0),
        0,
      ),
    ];
  },
};

/** In a fresh process: what an earlier campaign left in memory must not count. */
async function alone(recipients: number): Promise<Campaign> {
  const root = resolve(__dirname, "../..");
  const child = spawn(
    process.execPath,
    [
      "--no-deprecation",
      "--max-old-space-size=8192",
      "-r",
      join(root, "local", "register.cjs"),
      join(__dirname, "alone.ts"),
      String(recipients),
    ],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`The campaign of ${recipients} recipients ended with code ${String(code)}.`);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Campaign;
}

export default benchmark;
