import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { ROOT } from "../../helpers/command";

/** What of the repository a checkout has: all that the program is, and nothing that was made from it. */
const SOURCES = [
  "Pulumi.yaml",
  "Pulumi.dev.yaml",
  "Pulumi.prod.yaml",
  "components",
  "config.ts",
  "index.ts",
  "local/register.cjs",
  "package.json",
  "package-lock.json",
  "policies",
  "templates",
  "tsconfig.json",
];

/** A copy of the program's sources in a folder of its own, as another person or CI has checked it out. */
export class Checkout {
  readonly path: string;

  /**
   * @param cache folder for what packaging keeps; a checkout without one starts cold.
   * @param from where the sources are.
   */
  constructor(cache?: string, from = ROOT) {
    this.path = mkdtempSync(join(tmpdir(), "games-messaging-checkout-"));
    for (const source of SOURCES) cpSync(join(from, source), join(this.path, source), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.path, "node_modules"));
    if (cache !== undefined) symlinkSync(cache, join(this.path, ".cache"));
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text);
  }

  /** Changes a file. @throws Error when it does not hold `before`. */
  replace(file: string, before: string, after: string): void {
    const text = this.read(file);
    if (!text.includes(before)) throw new Error(`${file} does not hold: ${before}`);
    this.write(file, text.replace(before, after));
  }

  /** Sets settings of a stack, as an editor does; undefined removes one. */
  configure(stack: string, settings: Readonly<Record<string, unknown>>): void {
    const file = `Pulumi.${stack}.yaml`;
    const document = parseDocument(this.read(file));
    for (const [name, value] of Object.entries(settings)) {
      const path = ["config", name.includes(":") ? name : `games-messaging:${name}`];
      if (value === undefined) document.deleteIn(path);
      else document.setIn(path, value);
    }
    this.write(file, document.toString());
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
