import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../local/cli/errors";
import { readInteger, readOptions } from "../local/cli/options";
import { allChecks } from "./checks";
import { candidatesOf, describeCandidate, missedBy, pick, tryRemoval, type RemovalResult } from "./removals";
import { isClean, reportJson, reportLines, totalsOf, type Findings } from "./report";
import { House } from "./stage";
import { survey } from "./survey";
import { avoidableWildcards } from "./wildcards";

const TABLE = join(__dirname, "missed-by.json");

const USAGE = `Usage: npm run iam -- [options]

Plays every check of privilege/checks on the program and reports, for each statement of each role, trust policy, resource
policy and key policy, which check uses it. Ends with 1 when a grant is unused or wider than needed, or a check fails.

  --removals     take each statement away, and each action, resource and condition of it, and see that a check fails
                 (some minutes)
  --write        with --removals: note in privilege/missed-by.json which check misses what, for the samples of npm test
  --sample N     with --removals: only N of them
  --seed N       which ones, by chance (default 1)
  --only TEXT    only checks, or with --removals only grants, whose name holds this text
  --json         the report as JSON
  --quiet        only what is wrong, and the totals
  --help         this text

Read more: docs/how-to/prove-least-privilege.md`;

/**
 * `npm run iam`. Resolves to the exit code: 1 when something is unused, too wide, failing or not missed.
 * @param print takes the report.
 */
export async function iamCommand(args: readonly string[], print: (text: string) => void): Promise<number> {
  const { values, positionals } = readOptions(
    args,
    {
      removals: { type: "boolean" },
      write: { type: "boolean" },
      sample: { type: "string" },
      seed: { type: "string" },
      only: { type: "string" },
      json: { type: "boolean" },
      quiet: { type: "boolean" },
    },
    USAGE,
  );
  if (values.help) {
    print(USAGE);
    return 0;
  }
  if (positionals.length > 0) throw new CliError(`Unknown argument "${positionals[0] ?? ""}".\n\n${USAGE}`);
  const sample = readInteger("sample", values.sample, 1, 100_000);
  const seed = readInteger("seed", values.seed, 0, 2 ** 32 - 1) ?? 1;
  if (values.write && (!values.removals || sample !== undefined || values.only !== undefined))
    throw new CliError("--write needs all removals: use it with --removals, without --sample and --only.");
  const house = await House.open();
  try {
    const findings = await find(house, { removals: values.removals === true, sample, seed, only: values.only });
    const totals = totalsOf(findings);
    const lines = reportLines(findings);
    if (values.json) print(JSON.stringify(reportJson(findings), undefined, 2));
    else print((values.quiet ? lines.slice(firstProblem(lines)) : lines).join("\n"));
    if (values.write && isClean(totals))
      writeFileSync(TABLE, `${JSON.stringify(missedBy(findings.removals), undefined, 2)}\n`);
    return isClean(totals) ? 0 : 1;
  } finally {
    house.close();
  }
}

interface Plan {
  readonly removals: boolean;
  readonly sample: number | undefined;
  readonly seed: number;
  readonly only: string | undefined;
}

async function find(house: House, plan: Plan): Promise<Findings> {
  const chosen = plan.removals || plan.only === undefined ? allChecks : allChecks.filter(named(plan.only));
  let played = 0;
  const surveyed = await survey(house, chosen, {
    onCheck: ({ check, failure }) => {
      progress(`check ${++played} of ${chosen.length + 1}: ${check}${failure === undefined ? "" : `: ${failure}`}`);
    },
  });
  // Of some checks alone nothing can be said about what is unused.
  const usages =
    chosen === allChecks ? surveyed.usages : surveyed.usages.filter(({ checks }) => checks.length > 0).map(asUsed);
  const wildcards = await avoidableWildcards(usages, house.image.arns);
  const removals = plan.removals ? await removeEach(house, surveyed.usages, plan) : [];
  progress("");
  return { ...surveyed, usages, wildcards, removals };
}

const named =
  (text: string) =>
  ({ name }: { readonly name: string }): boolean =>
    name.includes(text);

function asUsed<U extends object>(usage: U): U & { unusedActions: never[]; unusedResources: never[] } {
  return { ...usage, unusedActions: [], unusedResources: [] };
}

async function removeEach(
  house: House,
  usages: Findings["usages"],
  { sample, seed, only }: Plan,
): Promise<readonly RemovalResult[]> {
  const all = candidatesOf(usages).filter((one) => only === undefined || describeCandidate(one).includes(only));
  const chosen = sample === undefined ? all : pick(all, sample, seed);
  const checks = new Map(allChecks.map((check) => [check.name, check]));
  const results: RemovalResult[] = [];
  for (const candidate of chosen) {
    progress(`removal ${results.length + 1} of ${chosen.length}: ${describeCandidate(candidate)}`);
    results.push(await tryRemoval(house, candidate, checks));
  }
  return results;
}

/** One line that is written over, where somebody is looking. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text.slice(0, process.stderr.columns - 1)}`);
}

function firstProblem(lines: readonly string[]): number {
  const titles = ["Checks that", "Wildcards that could be narrower", "Removals that nothing notices"];
  const at = lines.findIndex((line) => titles.some((title) => line.startsWith(title)));
  // The totals are the lines after the last blank one.
  return at >= 0 ? at : lines.lastIndexOf("") + 1;
}
