import { mutate } from "./mutate";
import type * as CampaignModule from "./campaign";
import type * as ReportModule from "./report";
import type { Told } from "./report";

/** What a child process is asked for: every `step`th seed from `from` to `to`. */
export interface Share {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** Only seeds that end with one of these digits. @default all */
  readonly endings?: readonly number[];
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
    for (let seed = share.from; seed <= share.to; seed += share.step) {
      if (share.endings && !share.endings.includes(seed % 10)) continue;
      const before = process.cpuUsage();
      const result = await campaign.run(seed);
      const { user, system } = process.cpuUsage(before);
      say({ run: told(result, (user + system) / 1e6) });
      if (until && result.problems.some((problem) => until.test(problem))) break;
    }
  } finally {
    campaign.close();
  }
}

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
