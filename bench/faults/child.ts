import { appendFileSync } from "node:fs";
import { mutate } from "./mutate";
import { MODE_COUNT, modeOf } from "./modes";
import type * as CampaignModule from "./campaign";
import type * as ReportModule from "./report";
import type { Told } from "./report";

/** What a child process is asked for: seeds from `from` to `to`. */
export interface Share {
  readonly from: number;
  readonly to: number;
  /** Which share of them, of how many: each has as many seeds of every mode. @default all */
  readonly part?: readonly [index: number, of: number];
  /** Only seeds of these modes, by name. @default all */
  readonly modes?: readonly string[];
  /** File that the traces of the runs are written to. @default none */
  readonly trace?: string;
  /** Stops at the first broken promise that matches. @default never */
  readonly until?: string;
}

/** Messages of a child: one per run, and what it died of. */
export type Word = { readonly run: Told } | { readonly died: string } | { readonly ended: true };

async function main(share: Share): Promise<void> {
  const name = process.env["FAULT_MUTATION"];
  if (name !== undefined) mutate(name);
  // Loaded only now: a mutation must come before the sources that it changes.
  /* eslint-disable @typescript-eslint/no-require-imports -- import() would not find TypeScript's modules */
  const { Campaign } = require("./campaign") as typeof CampaignModule;
  const { told } = require("./report") as typeof ReportModule;
  /* eslint-enable @typescript-eslint/no-require-imports */
  const campaign = await Campaign.prepare();
  const until = share.until === undefined ? undefined : new RegExp(share.until);
  try {
    for (let seed = share.from; seed <= share.to; seed++) {
      const [index, of] = share.part ?? [0, 1];
      if ((seed + Math.floor(seed / MODE_COUNT)) % of !== index) continue;
      if (share.modes && !share.modes.includes(modeOf(seed).name)) continue;
      const before = process.cpuUsage();
      const result = await campaign.run(seed, share.trace !== undefined);
      if (share.trace !== undefined) appendFileSync(share.trace, `${result.lines.join("\n")}\n`);
      const { user, system } = process.cpuUsage(before);
      say({ run: told(result, (user + system) / 1e6) });
      if (until && result.problems.some((problem) => until.test(problem))) break;
    }
  } finally {
    campaign.close();
  }
}

// Nobody is left to tell.
process.on("disconnect", () => process.exit(1));

function say(word: Word): void {
  process.send?.(word);
}

main(JSON.parse(process.argv[2] ?? "{}") as Share).then(
  () => process.send?.({ ended: true }, () => process.exit(0)),
  (error: unknown) =>
    process.send?.({ died: error instanceof Error ? (error.stack ?? error.message) : String(error) }, () =>
      process.exit(1),
    ),
);
