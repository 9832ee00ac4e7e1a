import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { ROOT } from "../../helpers/command";
import { SourceFolder } from "../../helpers/source-folder";

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
export class Checkout extends SourceFolder {
  /**
   * @param cache folder for what packaging keeps; a checkout without one starts cold.
   * @param from where the sources are.
   */
  constructor(cache?: string, from = ROOT) {
    super("games-messaging-checkout-");
    for (const source of SOURCES) cpSync(join(from, source), join(this.path, source), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.path, "node_modules"));
    if (cache !== undefined) symlinkSync(cache, join(this.path, ".cache"));
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
}
