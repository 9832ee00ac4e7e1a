import * as pulumi from "@pulumi/pulumi";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { packageFunction } from "../../../components/shared/packaging";

export type Factory = () => (...args: never[]) => unknown;

const requireHere = createRequire(path.join(process.cwd(), "index.js"));
let count = 0;

/** Loads the text of a module from a file of its own and returns what it exports. */
export function load(code: string): { handler: (...args: unknown[]) => unknown } {
  const folder = mkdtempSync(path.join(tmpdir(), "closure-"));
  const file = path.join(folder, `bundle${count++}.js`);
  try {
    writeFileSync(file, code);
    return createRequire(file)(file) as { handler: (...args: unknown[]) => unknown };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Loads Pulumi's own text, with its `with` blocks, as the reference of what serialization means. */
async function loadUndissolved(factory: Factory): Promise<(...args: unknown[]) => unknown> {
  const { text } = await pulumi.runtime.serializeFunction(factory, { isFactoryFunction: true });
  const module = { exports: {} as { handler: (...args: unknown[]) => unknown } };
  new Function("module", "exports", "require", text)(module, module.exports, requireHere);
  return module.exports.handler;
}

/** A result, or what was thrown, as data that can be compared. */
async function outcome(run: () => unknown): Promise<unknown> {
  try {
    const value = await run();
    return { value };
  } catch (error) {
    return { threw: error instanceof Error ? { name: error.name, message: error.message } : error };
  }
}

/** What a handler answers as written, as Pulumi serializes it, and as it is packaged. */
export async function answers(
  factory: Factory,
  args: readonly unknown[],
): Promise<{ original: unknown; undissolved: unknown; packaged: unknown }> {
  const call = (handler: unknown): unknown => (handler as (...a: readonly unknown[]) => unknown)(...args);
  const undissolved = await loadUndissolved(factory);
  const { code } = await packageFunction("corpus", factory);
  const { handler } = load(code);
  return {
    original: await outcome(() => call(factory())),
    undissolved: await outcome(() => call(undissolved)),
    packaged: await outcome(() => call(handler)),
  };
}
