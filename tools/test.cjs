"use strict";
/**
 * Runs the tests of `npm test`, folder by folder: every evaluation of a program stays in the memory of the process that
 * made it (some 20 MB, kept by Pulumi's runtime), so that one process for all of them would spend its time on garbage.
 *
 * Use: node tools/test.cjs [arguments of mocha]
 */
const { spawnSync } = require("node:child_process");
const { existsSync, readdirSync } = require("node:fs");
const path = require("node:path");

const ROOT = path.join(__dirname, "..");
const MOCHA = require.resolve("mocha/bin/_mocha");
/** Folders of tests/ that run together; those that are named nowhere run at the end. */
const TOGETHER = [["closures", "components", "docs", "handlers"], ["journeys"], ["local"]];
/** Folders with a script of their own. */
const APART = ["browser"];
/** What takes longest starts first, so that no core waits for it at the end. */
const LONG = [
  "handlers/email-dispatcher/send-once",
  "handlers/realtime-gateway/interleaving",
  "components/segment-pipeline/differential",
  "journeys/compose",
  "journeys/segments",
  "local/cli/operator",
  "local/cli/running-stack",
  "local/provider/release",
  "policies/program",
].map((name) => path.join("tests", `${name}.test.ts`));
/** What evaluates programs has a heap of this size (MB) sooner or later: until then it is not searched for garbage. */
const HEAP = "--initial-heap-size=1500";

const all = readdirSync(path.join(ROOT, "tests"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !APART.includes(entry.name))
  .map(({ name }) => name)
  .filter((name) => filesIn([name]).length > 0);
const named = TOGETHER.flat();
const gone = [...named.map((name) => path.join("tests", name)), ...LONG].filter(
  (name) => !existsSync(path.join(ROOT, name)),
);
if (gone.length > 0) throw new Error(`tools/test.cjs names what is not there: ${gone.join(", ")}.`);
const groups = [...TOGETHER, all.filter((name) => !named.includes(name))];

/** Files of tests in folders of tests/, those that take longest first. */
function filesIn(folders) {
  const files = folders.flatMap((name) =>
    readdirSync(path.join(ROOT, "tests", name), { recursive: true })
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => path.join("tests", name, file))
      .sort(),
  );
  return [...LONG.filter((file) => files.includes(file)), ...files.filter((file) => !LONG.includes(file))];
}

const failed = groups.filter((folders) => {
  const words = [HEAP, MOCHA, "--parallel", "--jobs", "2", ...process.argv.slice(2), ...filesIn(folders)];
  return spawnSync(process.execPath, words, { cwd: ROOT, stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) console.error(`Tests failed in: ${failed.map((folders) => folders.join(", ")).join("; ")}.`);
process.exit(failed.length > 0 ? 1 : 0);
