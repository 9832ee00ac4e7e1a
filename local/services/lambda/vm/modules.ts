import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as timersPromises from "node:timers/promises";
import * as timers from "node:timers";
import { tokenizer, type Token } from "acorn";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as vm from "node:vm";
import { httpModule, type Outgoing } from "./network";
import type { Surroundings } from "./globals";

type ModuleFunction = (...args: unknown[]) => void;

/** Names that the code of an archive finds changed; everything else is the host's own. */
const shadowed = [
  "Date",
  "Math",
  "console",
  "process",
  "performance",
  "crypto",
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "clearImmediate",
  "globalThis",
  "global",
] as const;

/** Compiles each file once; running the function again gives a fresh module. */
const compiled = new Map<string, ModuleFunction>();

function compile(file: string): ModuleFunction {
  let found = compiled.get(file);
  if (!found) {
    const parameters = ["exports", "require", "module", "__filename", "__dirname", dynamicImport, ...shadowed];
    const text = withoutImports(fs.readFileSync(file, "utf8"));
    found = vm.compileFunction(text, parameters, { filename: file }) as ModuleFunction;
    compiled.set(file, found);
  }
  return found;
}

/** As long as the keyword, so that positions in stacks stay true. */
const dynamicImport = "$mport";

/** `import()` would reach the host's own modules past the stand-ins: each becomes a call of a parameter. */
function withoutImports(source: string): string {
  if (!/\bimport\s*\(/.test(source)) return source;
  const parts: string[] = [];
  let taken = 0;
  let before: Token | undefined;
  let last: Token | undefined;
  // Tokens are enough to tell a call from text that looks like one, and ten times faster than a syntax tree.
  for (const token of tokenizer(source, { ecmaVersion: "latest" })) {
    const property = before?.type.label === "." || before?.type.label === "?.";
    if (token.type.label === "(" && last?.type.keyword === "import" && !property) {
      parts.push(source.slice(taken, last.start), dynamicImport);
      taken = last.end;
    }
    before = last;
    last = token;
  }
  return parts.join("") + source.slice(taken);
}

/** Forgets the files of a folder, whose code was replaced. */
export function forget(root: string): void {
  for (const file of compiled.keys()) if (file.startsWith(root)) compiled.delete(file);
}

/** Loads the module `file` with everything it requires, in the surroundings of one environment. */
export function load(file: string, around: Surroundings, outgoing: Outgoing): unknown {
  const loaded = new Map<string, { exports: unknown }>();
  const builtins = builtinsOf(around, outgoing);
  const enter = (name: string): unknown => {
    const known = loaded.get(name);
    if (known) return known.exports;
    const module = { exports: {} as unknown };
    loaded.set(name, module);
    if (name.endsWith(".json")) module.exports = JSON.parse(fs.readFileSync(name, "utf8")) as unknown;
    else {
      const native = createRequire(name);
      const requireFrom = Object.assign((id: string): unknown => resolve(id, native), { resolve: native.resolve });
      const values = shadowed.map((one) => around.globals[one]);
      const importFrom = async (id: string): Promise<unknown> => {
        const found = resolve(id, native);
        return { ...(found as object), default: found };
      };
      const own = [module.exports, requireFrom, module, name, path.dirname(name), importFrom];
      compile(name).call(module.exports, ...own, ...values);
    }
    return module.exports;
  };
  const resolve = (id: string, native: NodeJS.Require): unknown => {
    const plain = id.replace(/^node:/, "");
    const own = builtins.get(plain);
    if (own !== undefined) return own;
    const found = native.resolve(id);
    return path.isAbsolute(found) && !found.endsWith(".node") ? enter(found) : (native(id) as unknown);
  };
  return enter(file);
}

function builtinsOf(around: Surroundings, outgoing: Outgoing): ReadonlyMap<string, unknown> {
  const web = httpModule(outgoing);
  // The thread pool answers in no fixed order; files are read at once instead.
  const promises = {
    ...fs.promises,
    readFile: async (...args: Parameters<typeof fs.readFileSync>) => fs.readFileSync(...args),
  };
  const { globals } = around;
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = globals;
  const clock = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
  return new Map<string, unknown>([
    ["http", web],
    ["https", web],
    ["fs", { ...fs, promises }],
    ["fs/promises", promises],
    ["timers", { ...timers, ...clock }],
    ["timers/promises", { ...timersPromises, setTimeout: around.sleep }],
    ["process", globals.process],
    ["perf_hooks", { performance: globals.performance }],
    ["crypto", { ...crypto, ...around.random, webcrypto: globals.crypto }],
  ]);
}
