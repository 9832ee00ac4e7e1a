"use strict";
/**
 * Loads TypeScript modules, types stripped and nothing checked, keeping on disk what was made of each source. A start
 * that finds all sources unchanged does not even load the compiler for them. The text of a program's functions is
 * TypeScript's own, as with ts-node in transpile-only mode: what is serialized does not depend on who transpiled. The local
 * cloud itself, of which nothing is serialized, is made by esbuild, which takes a twentieth of the time.
 *
 * Use: node -r ./local/register.cjs file.ts
 */
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const FOLDER = path.join(process.cwd(), ".cache", "transpiled");

const OPTIONS = {
  target: "es2022",
  module: "node16",
  moduleResolution: "node16",
  esModuleInterop: true,
  isolatedModules: true,
  sourceMap: false,
  inlineSourceMap: true,
  inlineSources: false,
};

let compiler;
/** @returns the compiler, loaded when a source is new. */
function typescript() {
  return (compiler ??= require("typescript"));
}

/** The local cloud's own modules. */
const OWN = __dirname + path.sep;
const OWN_OPTIONS = {
  loader: "ts",
  format: "cjs",
  platform: "node",
  target: "node20",
  supported: { "dynamic-import": true },
  sourcemap: "inline",
  sourcesContent: false,
  logLevel: "silent",
  tsconfigRaw: { compilerOptions: { target: "es2022", useDefineForClassFields: true } },
};

const salt = JSON.stringify(OPTIONS) + require("typescript/package.json").version;
const ownSalt = JSON.stringify(OWN_OPTIONS) + require("esbuild/package.json").version;

/**
 * @param {string} source text of a module
 * @param {string} file its path
 * @returns {string} what Node.js runs, with its source map inside
 */
function compile(source, file) {
  const isOwn = file.startsWith(OWN);
  const key = createHash("sha256")
    .update(isOwn ? ownSalt : salt)
    .update("\0")
    .update(path.relative(process.cwd(), file))
    .update("\0")
    .update(source)
    .digest("hex");
  const kept = path.join(FOLDER, `${key}.js`);
  try {
    return fs.readFileSync(kept, "utf8");
  } catch {
    // not made yet
  }
  const text = isOwn ? byEsbuild(source, file) : byTypeScript(source, file);
  fs.mkdirSync(FOLDER, { recursive: true });
  // Written aside and renamed, so that a process beside this one never reads half a file.
  const aside = `${kept}.${process.pid}`;
  fs.writeFileSync(aside, text);
  fs.renameSync(aside, kept);
  return text;
}

function byEsbuild(source, file) {
  return require("esbuild").transformSync(source, { ...OWN_OPTIONS, sourcefile: path.basename(file) }).code;
}

function byTypeScript(source, file) {
  const ts = typescript();
  const { options } = ts.convertCompilerOptionsFromJson(OPTIONS, path.dirname(file));
  const { outputText, diagnostics } = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: options,
    reportDiagnostics: true,
  });
  const wrong = (diagnostics ?? []).filter((diagnostic) => diagnostic.category === ts.DiagnosticCategory.Error);
  if (wrong.length > 0) {
    const { line, character } = ts.getLineAndCharacterOfPosition(
      ts.createSourceFile(file, source, ts.ScriptTarget.ES2022),
      wrong[0].start ?? 0,
    );
    throw new SyntaxError(
      `${file}:${line + 1}:${character + 1}: ${ts.flattenDiagnosticMessageText(wrong[0].messageText, "\n")}`,
    );
  }
  return outputText;
}

require.extensions[".ts"] = (module, file) => {
  process.setSourceMapsEnabled?.(true);
  module._compile(compile(fs.readFileSync(file, "utf8"), file), file);
};

// In an ES module TypeScript has its neighbours imported by the names that they will have as JavaScript.
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  try {
    return resolveFilename.call(this, request, parent, ...rest);
  } catch (error) {
    const typed = /^\.{1,2}\/.*\.js$/.test(request) && parent?.filename?.endsWith(".ts");
    if (!typed || error.code !== "MODULE_NOT_FOUND") throw error;
    try {
      return resolveFilename.call(this, request.replace(/\.js$/, ".ts"), parent, ...rest);
    } catch {
      throw error;
    }
  }
};

// Reading the source maps of all packages would take a tenth of a start; our own frames are the ones that get mapped.
const loadPlain = require.extensions[".js"];
require.extensions[".js"] = (module, file) => {
  if (!file.includes(`${path.sep}node_modules${path.sep}`)) return loadPlain(module, file);
  process.setSourceMapsEnabled?.(false);
  try {
    return loadPlain(module, file);
  } finally {
    process.setSourceMapsEnabled?.(true);
  }
};

// Who maps a stack frame to its TypeScript line asks for the text that runs under the name that ts-node made common.
process[Symbol.for("ts-node.register.instance")] ??= { compile };
process.setSourceMapsEnabled?.(true);
