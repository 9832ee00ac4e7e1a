import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Benchmark, Row, RunOptions } from "../benchmark";
import { exactly } from "../shared/rows";
import { Campaign } from "./campaign";
import { coverage } from "./coverage";
import { outdated } from "./mutate";
import { runMutations } from "./mutations";
import { runShares, warm } from "./parallel";
import { poison } from "./poison";
import { Report, sum, type Told } from "./report";
import { runReal } from "./real";

/** Each takes over a gigabyte at times. */
const PROCESSES = Math.min(availableParallelism(), 8);
const SEEDS = 500;
const SMOKE_SEEDS = 2;
const LEAST_FAULTS = 100_000;
const LEAST_HITS = 20;

/** The fault campaign: many seeds on the deterministic runner, then some through workers and HTTP. */
const faults: Benchmark = {
  name: "faults",
  summary: "seeded faults at every outgoing call; options: --seeds N, --seed N, --mutations, --real N",
  run: async ({ smoke, args }: RunOptions): Promise<readonly Row[]> => {
    const seed = option(args, "--seed");
    if (seed !== undefined) return replay(seed);
    if (args.includes("--mutations")) {
      const named = args.slice(args.indexOf("--mutations") + 1);
      return runMutations(...(named.length > 0 ? [named] : []));
    }
    const real = option(args, "--real");
    if (real !== undefined && !args.includes("--seeds")) return runReal(real);
    const seeds = option(args, "--seeds") ?? (smoke ? SMOKE_SEEDS : SEEDS);
    const rows = await campaign(seeds, smoke);
    if (smoke) rows.push(exactly("mutations whose text the sources do not have", outdated().length, 0));
    return smoke ? rows : [...rows, ...(await poisoned()), ...(await runReal(real ?? 20))];
  },
};

export default faults;

function option(args: readonly string[], name: string): number | undefined {
  const at = args.indexOf(name);
  if (at < 0) return undefined;
  const value = Number(args[at + 1]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name}: got ${args[at + 1] ?? "nothing"}; expected a whole number from 1.`);
}

async function campaign(seeds: number, smoke: boolean): Promise<Row[]> {
  const report = new Report();
  const began = Date.now();
  await warm();
  const processes = smoke ? 1 : PROCESSES;
  const shares = Array.from({ length: processes }, (_, i) => ({ from: 1, to: seeds, part: [i, processes] as const }));
  await runShares(shares, (run) => {
    report.add(run);
    for (const problem of run.problems) console.log(`  seed ${run.seed}: ${problem}`);
    if (report.seeds % 25 > 0) return;
    const minutes = ((Date.now() - began) / 60_000).toFixed(1);
    console.log(`  ${report.seeds} of ${seeds} seeds, ${report.faults} faults, ${minutes} minutes`);
  });
  const minutes = (Date.now() - began) / 60_000;
  console.log(`\n${report.table()}\n`);
  for (const [kind, count] of [...report.byKind()].sort())
    console.log(`  ${kind.padEnd(20)}${String(count).padStart(8)}`);
  console.log("");
  for (const [end, count] of [...report.ends].sort()) console.log(`  ${end.padEnd(32)}${String(count).padStart(8)}`);
  console.log("");
  const covered = coverage(report);
  if (!smoke) for (const line of covered.lines) console.log(`  ${line}`);
  return [
    row("seeds", report.seeds, `>= ${SEEDS}`, report.seeds >= SEEDS),
    exactly("seeds with a broken promise", report.failures.length, 0),
    row("injected faults", report.faults, `>= ${LEAST_FAULTS}`, report.faults >= LEAST_FAULTS),
    row("calls made", sum(report.calls), "", true),
    row("calls never made", covered.missing, "0", covered.missing === 0),
    exactly("calls that the list does not know", covered.unknown, 0),
    row(
      "fewest hits of a call by a kind of fault",
      covered.fewest,
      `>= ${LEAST_HITS}`,
      covered.fewest >= LEAST_HITS,
      covered.rarest,
    ),
    row("messages", report.messages, "", true),
    row("notices", report.notices, "", true),
    row("given up and driven back", report.parked, "", true),
    {
      what: "minutes",
      measured: minutes.toFixed(1),
      bar: "<= 15",
      ok: minutes <= 15,
      detail: `${report.cpu.toFixed(0)} s of CPU`,
    },
  ];
}

/** A record that makes the function throw, among ninety-nine that do not. */
async function poisoned(): Promise<Row[]> {
  const prepared = await Campaign.prepare();
  try {
    const { untilAlone, failed, passed, reason, redriven } = await poison(prepared);
    return [
      row("failed invocations until a poison record is alone", untilAlone, "<= 8", untilAlone > 0 && untilAlone <= 8),
      row("failed invocations of it in all, retries included", failed, "", true),
      row("its neighbours that passed", passed, "99", passed === 99),
      {
        what: "the poison record was parked",
        measured: reason,
        bar: "RetryAttemptsExhausted",
        ok: reason === "RetryAttemptsExhausted",
      },
      {
        what: "and redriven to its end",
        measured: redriven,
        bar: "channel-unknown",
        ok: redriven === "channel-unknown",
      },
    ];
  } finally {
    prepared.close();
  }
}

function row(what: string, measured: number, bar: string, ok: boolean, detail?: string): Row {
  return { what, measured: String(measured), bar, ok, ...(detail === undefined ? {} : { detail }) };
}

/** One seed, in two processes: the second run must be the first. Its trace is kept. */
async function replay(seed: number): Promise<Row[]> {
  await warm();
  const folder = join(__dirname, "../results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `faults-${seed}.txt`);
  rmSync(file, { force: true });
  const share = { from: seed, to: seed };
  const runs: Told[] = [];
  await runShares([{ ...share, trace: file }], (run) => runs.push(run));
  await runShares([share], (run) => runs.push(run));
  const [first, second] = runs as [Told, Told];
  for (const problem of first.problems) console.log(`  ${problem}`);
  const faults = [...first.hits, ...first.others].reduce((total, [, times]) => total + times, 0);
  return [
    row("broken promises", first.problems.length, "0", first.problems.length === 0),
    row("injected faults", faults, "", true),
    {
      what: "replayed exactly",
      measured: second.digest,
      bar: `= ${first.digest}`,
      ok: second.digest === first.digest,
      detail: `trace in ${file}`,
    },
  ];
}
