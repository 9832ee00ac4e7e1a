import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../shared/rows";
import type { Pair } from "./archives";

/** ms that each of the two needs to load, fresh processes by turns. */
export interface LoadTimes {
  readonly archive: number;
  readonly hand: number;
}

const SCRIPT = `const t = process.hrtime.bigint();
require(process.argv[1]);
process.stdout.write(String(Number(process.hrtime.bigint() - t) / 1e6));`;

/** Medians of `runs` fresh processes each. */
export function loadTimes(pair: Pair, folder: string, runs: number): LoadTimes {
  const files = { archive: join(folder, `${pair.name}.archive.js`), hand: join(folder, `${pair.name}.hand.js`) };
  writeFileSync(files.archive, pair.archive);
  writeFileSync(files.hand, pair.hand);
  const load = (file: string): number =>
    Number(
      execFileSync(process.execPath, ["--no-deprecation", "-e", SCRIPT, file], {
        env: { ...pair.variables, AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "bench", AWS_SECRET_ACCESS_KEY: "bench" },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    );
  const times: { archive: number[]; hand: number[] } = { archive: [], hand: [] };
  for (let i = 0; i < runs; i++) {
    // Who goes first changes, so that neither always finds the disk warm.
    const order = i % 2 === 0 ? (["archive", "hand"] as const) : (["hand", "archive"] as const);
    for (const which of order) times[which].push(load(files[which]));
  }
  return { archive: median(times.archive), hand: median(times.hand) };
}
