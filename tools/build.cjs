"use strict";
/**
 * Builds the package into dist/: JavaScript, declarations, source maps, and what is copied beside them. What an earlier
 * build has compiled is not compiled again, and a tree that has not changed since is not even looked at by the compiler.
 *
 * Use: node tools/build.cjs
 */
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const ROOT = path.join(__dirname, "..");
const DIST = path.join(ROOT, "dist");
/** Says which sources dist/ was built from; not packed. */
const STAMP = path.join(DIST, ".built");
const SOURCES = ["components", "local"];
/** Files that run, or are read, as they are. */
const COPIED = ["local/register.cjs", "local/prices.json", "local/http/input-shapes.json"];
const BIN = "local/cli/main.js";

/** @returns {string[]} files below a folder of the repository, relative to its root */
function filesBelow(folder) {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(ROOT, file)))
      .update("\0");
  return hash.digest("hex");
}

/** Removes what was built from sources that are gone: it would be packed. */
function prune(sources) {
  if (!fs.existsSync(DIST)) return;
  const kept = new Set(COPIED);
  for (const source of sources) {
    const stem = source.replace(/\.ts$/, "");
    for (const extension of [".js", ".js.map", ".d.ts"]) kept.add(stem + extension);
  }
  for (const file of filesBelow("dist")) {
    const inside = path.relative("dist", file);
    if (!inside.startsWith(".") && !kept.has(inside)) fs.rmSync(path.join(ROOT, file));
  }
}

const sources = SOURCES.flatMap(filesBelow).filter((file) => /\.(ts|cjs|json)$/.test(file));
const stamp = hashOf([...sources, "tools/build.cjs", "tsconfig.json", "tsconfig.build.json", "package-lock.json"]);
if (!fs.existsSync(STAMP) || fs.readFileSync(STAMP, "utf8") !== stamp || !fs.existsSync(path.join(DIST, BIN))) {
  fs.rmSync(STAMP, { force: true });
  prune(sources);
  const compiler = require.resolve("typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(1);
  for (const file of COPIED) {
    fs.mkdirSync(path.dirname(path.join(DIST, file)), { recursive: true });
    fs.copyFileSync(path.join(ROOT, file), path.join(DIST, file));
  }
  fs.chmodSync(path.join(DIST, BIN), 0o755);
  fs.writeFileSync(STAMP, stamp);
}
