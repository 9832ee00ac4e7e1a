import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError, type Benchmark, type Row } from "./benchmark";

const USAGE = `Usage: npm run bench [-- <name>...]

Runs the named benchmarks, or all but "faults", prints a table and writes bench/results/<name>.json.
  smoke     all benchmarks, small, to see that they run; judged ("ok" or "MISS") only by what holds at any size
  list      the names, and what some take behind theirs`;

/** Every folder or file of this folder that exports a benchmark by default. */
function load(): Benchmark[] {
  const own = ["main.ts", "benchmark.ts", "results", "shared"];
  return readdirSync(__dirname)
    .filter((name) => !own.includes(name))
    .sort()
    .map((name) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- the list is the folder itself
      const loaded = require(join(__dirname, name.replace(/\.ts$/, ""))) as { default?: Benchmark };
      if (!loaded.default) throw new Error(`bench/${name} exports no benchmark by default.`);
      return loaded.default;
    });
}

async function main(args: readonly string[]): Promise<number> {
  const all = load();
  const [first] = args;
  if (first === "--help" || first === "-h") {
    console.log(USAGE);
    return 0;
  }
  if (first === "list") {
    for (const { name, summary, takes } of all) {
      console.log(`${name.padEnd(14)}${summary}${takes === undefined ? "" : `\n${" ".repeat(14)}${takes}`}`);
    }
    return 0;
  }
  const smoke = first === "smoke";
  const end = args.findIndex((word) => /^[-\d]/.test(word));
  const [names, options] = end === -1 ? [args, []] : [args.slice(0, end), args.slice(end)];
  const unknown = smoke ? names.slice(1) : names.filter((one) => !all.some(({ name }) => name === one));
  if (unknown.length > 0) {
    const allowed = smoke ? "nothing after smoke" : `some of ${all.map(({ name }) => name).join(", ")}`;
    console.error(`Benchmarks: got ${unknown.map((name) => `"${name}"`).join(", ")}; expected ${allowed}.`);
    return 1;
  }
  const takes = names.length === 1 ? all.find(({ name }) => name === names[0])?.takes : undefined;
  if (options.length > 0 && takes === undefined) {
    const who = all.filter((one) => one.takes !== undefined).map((one) => `${one.name} ${one.takes!}`);
    console.error(`Options: got ${options.join(" ")}; expected none, or those of one of: ${who.join("; ")}.`);
    return 1;
  }
  const chosen = all.filter(({ name }) => smoke || (names.length === 0 ? name !== "faults" : names.includes(name)));
  let failed = 0;
  for (const benchmark of chosen) {
    console.log(`\n${benchmark.name}: ${benchmark.summary}${smoke ? " (smoke)" : ""}`);
    const rows = await benchmark.run({ smoke, args: options });
    print(rows, smoke);
    keep(benchmark.name, rows, smoke);
    failed += rows.filter((row) => !row.ok && (!smoke || row.always)).length;
  }
  if (failed > 0) console.log(`\n${failed} ${failed === 1 ? "figure misses its" : "figures miss their"} bar.`);
  return failed > 0 ? 1 : 0;
}

/** A small run says nothing of bars that hold for a whole one alone. */
function print(rows: readonly Row[], smoke: boolean): void {
  const width = Math.max(10, ...rows.map(({ what }) => what.length));
  for (const { what, measured, bar, ok, always, detail } of rows) {
    const verdict = smoke && !always ? "-" : ok ? "ok" : "MISS";
    console.log(
      `  ${verdict.padEnd(4)} ${what.padEnd(width)}  ${measured.padStart(12)}  ${bar}${detail === undefined ? "" : `   ${detail}`}`,
    );
  }
}

function keep(name: string, rows: readonly Row[], smoke: boolean): void {
  const folder = join(__dirname, "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `${name}.json`),
    `${JSON.stringify({ name, smoke, node: process.version, rows }, null, 2)}\n`,
  );
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof ArgumentError ? error.message : error);
    process.exit(1);
  },
);
