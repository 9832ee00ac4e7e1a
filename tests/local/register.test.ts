import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

describe("The loader of TypeScript", () => {
  const folder = mkdtempSync(join(tmpdir(), "register-"));
  after(() => rmSync(folder, { recursive: true }));

  const load = (name: string, source: string): unknown => {
    writeFileSync(join(folder, name), source);
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- what is tested is how require finds modules
    return require(join(folder, name));
  };

  it("finds a neighbour by the name that it will have as JavaScript, as an ES module imports it", () => {
    writeFileSync(join(folder, "typed.ts"), "export const from: string = 'typed.ts';");
    writeFileSync(join(folder, "plain.js"), "exports.from = 'plain.js';");
    writeFileSync(join(folder, "plain.ts"), "export const from = 'plain.ts';");
    const program = 'export { from } from "./typed.js"; export { from as other } from "./plain.js";';
    expect(load("program.ts", program)).to.include({ from: "typed.ts", other: "plain.js" });
  });

  it("names the module as it was asked for when there is none", () => {
    expect(() => load("lost.ts", 'export * from "./nowhere.js";')).to.throw("Cannot find module './nowhere.js'");
  });
});
