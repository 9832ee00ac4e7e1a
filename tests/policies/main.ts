import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../helpers/command";
import { mutate } from "./mutation-run";

/** `npm run policies -- mutants`: tries every mutant of the program, and writes what became of each. */
const REPORT = join(ROOT, ".cache/policies/mutants.json");

async function main([command]: readonly string[]): Promise<number> {
  if (command !== "mutants") {
    process.stderr.write(`npm run policies: got ${JSON.stringify(command) ?? "nothing"}; expected mutants.\n`);
    return 2;
  }
  const runs = [await mutate("prod", "production"), await mutate("dev", "other")];
  const fates = runs.flatMap((run) => run.fates);
  const survivors = runs.flatMap((run) => run.survivors);
  const sum = (part: "tried" | "killed"): number => runs.reduce((total, run) => total + run[part], 0);
  mkdirSync(dirname(REPORT), { recursive: true });
  const summary = { tried: sum("tried"), killed: sum("killed"), excused: fates.length - sum("tried") };
  writeFileSync(REPORT, JSON.stringify({ ...summary, fates }, null, 1));
  for (const { stack, resource, path, operator } of survivors)
    process.stdout.write(`lives: ${stack} ${resource} ${path} ${operator}\n`);
  process.stdout.write(
    `${summary.killed} of ${summary.tried} mutants killed, ${summary.excused} without security; report: ${REPORT}\n`,
  );
  return survivors.length === 0 ? 0 : 1;
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
