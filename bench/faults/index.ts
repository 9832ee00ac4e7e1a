import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ArgumentError, type Benchmark, type Row, type RunOptions } from "../benchmark";
import { exactly } from "../shared/rows";
import { Campaign } from "./campaign";
import { coverage } from "./coverage";
import { outdated } from "./mutate";
import { MUTATIONS } from "./mutation-list";
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
const OPTIONS = {
  seeds: { type: "string" },
  real: { type: "string" },
  seed: { type: "string" },
  mutations: { type: "boolean" },
} as const;
const LEAST_HITS = 20;

/** The fault campaign: many seeds on the deterministic runner, then some through workers and HTTP. */
const faults: Benchmark = {
  name: "faults",
  summary: "seeded faults at every outgoing call",
  takes: "[--seeds N] [--real N] | --seed N | --mutations [<name>...]",
  run: async ({ smoke, args }: RunOptions): Promise<readonly Row[]> => {
    const { values, positionals: mutations } = parse(args);
    if (values.mutations) return runMutations(...named(mutations));
    if (mutations.length > 0)
      throw new ArgumentError(`Mutations: got ${mutations.join(" ")}; expected --mutations before them.`);
    const seed = count("--seed", values.seed);
    if (seed !== undefined) return replay(seed);
    const real = count("--real", values.real);
    if (real !== undefined && values.seeds === undefined) return runReal(real);
    const seeds = count("--seeds", values.seeds) ?? (smoke ? SMOKE_SEEDS : SEEDS);
    const rows = await campaign(seeds, smoke);
    if (smoke) rows.push(exactly("mutations whose text the sources do not have", outdated().length, 0));
    return smoke ? rows : [...rows, ...(await poisoned()), ...(await runReal(real ?? 20))];
  },
};

export default faults;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new ArgumentError(`Options: got ${args.join(" ")}; expected ${faults.takes!}.`, { cause: error });
  }
}

/** Mutations by their names; none stands for all. */
function named(mutations: readonly string[]): [] | [readonly string[]] {
  const all = MUTATIONS.map(({ name }) => name);
  const unknown = mutations.filter((one) => !all.includes(one));
  if (unknown.length > 0)
    throw new ArgumentError(`Mutations: got ${unknown.join(" ")}; expected some of ${all.join(", ")}.`);
  return mutations.length > 0 ? [mutations] : [];
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new ArgumentError(`${name}: got ${text}; expected a whole number from 1.`);
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
