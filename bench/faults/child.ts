import { Campaign } from "./campaign";
import { told, type Told } from "./report";

/** What a child process is asked for: every `step`th seed from `from` to `to`. */
export interface Share {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** Stops at the first seed that fails. */
  readonly stopAtFirst?: boolean;
}

/** Messages of a child: one per run, and what it died of. */
export type Word = { readonly run: Told } | { readonly died: string } | { readonly ended: true };

async function main(share: Share): Promise<void> {
  const campaign = await Campaign.prepare();
  try {
    for (let seed = share.from; seed <= share.to; seed += share.step) {
      const before = process.cpuUsage();
      const result = await campaign.run(seed);
      const { user, system } = process.cpuUsage(before);
      say({ run: told(result, (user + system) / 1e6) });
      if (share.stopAtFirst && result.problems.length > 0) break;
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
