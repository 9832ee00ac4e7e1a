import type { Check } from "./check";
import { grantsOf, type Grant } from "./grants";
import { Ledger } from "./ledger";
import { DEPLOYMENT, runCheck, type CheckResult } from "./run-check";
import type { House } from "./stage";
import { usageOf, type GrantUsage } from "./usage";

/** What all checks together did with the program's grants. */
export interface Survey {
  readonly usages: readonly GrantUsage[];
  readonly results: readonly CheckResult[];
}

export interface SurveyOptions {
  readonly onCheck?: (result: CheckResult, cpuMs: number) => void;
}

/** Plays every check on the untouched program and notes which statements decided its requests. */
export async function survey(house: House, checks: readonly Check[], options: SurveyOptions = {}): Promise<Survey> {
  const played: { result: CheckResult; ledger: Ledger; cpuMs: number }[] = [];
  let grants: readonly Grant[] = [];
  for (const check of [undefined, ...checks]) {
    const ledger = new Ledger();
    const before = process.cpuUsage();
    const result = await runCheck(house, check, {
      prepare: (cloud) => {
        if (check === undefined) ledger.watch(cloud);
      },
      deployed: ({ cloud }) => {
        if (check === undefined) grants = grantsOf(cloud);
        else ledger.watch(cloud);
      },
    });
    const { user, system } = process.cpuUsage(before);
    const cpuMs = Math.round((user + system) / 1_000);
    played.push({ result, ledger, cpuMs });
    options.onCheck?.(result, cpuMs);
  }
  const byTime = [...played].sort((a, b) => rank(a.result) - rank(b.result) || a.cpuMs - b.cpuMs);
  return {
    results: played.map(({ result }) => result),
    usages: grants.map((grant) =>
      usageOf(
        grant,
        byTime.map(({ result, ledger }) => ({ check: result.check, uses: ledger.of(grant.key) })),
      ),
    ),
  };
}

/** What a deployment uses is named last: a check that shows the effect says more. */
function rank({ check }: CheckResult): number {
  return check === DEPLOYMENT ? 1 : 0;
}
