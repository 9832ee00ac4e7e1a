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
const MOCHA = require.resolve("mocha/bin/mocha.js");
/** Folders of tests/ that run together; those that are named nowhere run at the end. */
const TOGETHER = [["closures", "components", "docs", "handlers"], ["journeys"], ["local"]];
/** Folders with a script of their own. */
const APART = ["browser"];

const all = readdirSync(path.join(ROOT, "tests"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !APART.includes(entry.name))
  .map(({ name }) => name)
  .filter((name) =>
    readdirSync(path.join(ROOT, "tests", name), { recursive: true }).some((file) => /\.test\.ts$/.test(file)),
  );
const named = TOGETHER.flat();
const gone = named.filter((name) => !existsSync(path.join(ROOT, "tests", name)));
if (gone.length > 0) throw new Error(`tools/test.cjs names folders that are not there: ${gone.join(", ")}.`);
const groups = [...TOGETHER, all.filter((name) => !named.includes(name))];

const failed = groups.filter((folders) => {
  const patterns = folders.map((name) => `tests/${name}/**/*.test.ts`);
  const words = [MOCHA, "--parallel", "--jobs", "2", ...process.argv.slice(2), ...patterns];
  return spawnSync(process.execPath, words, { cwd: ROOT, stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) console.error(`Tests failed in: ${failed.map((folders) => folders.join(", ")).join("; ")}.`);
process.exit(failed.length > 0 ? 1 : 0);
