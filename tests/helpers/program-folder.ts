import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./command";
import { SourceFolder } from "./source-folder";

/** A folder of its own with a program that uses the repository's components, as `index.ts` of the repository does. */
export class ProgramFolder extends SourceFolder {
  /** @param files by name; a text replaces the repository's file of that name. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    super("games-messaging-program-");
    for (const file of ["Pulumi.yaml", "Pulumi.local.yaml", "config.ts", "index.ts", "package.json"]) {
      cpSync(join(ROOT, file), join(this.path, file));
    }
    // Bundles and transpiled modules are kept across runs, as in a folder that a person works in.
    for (const folder of ["components", "templates", "node_modules", ".cache"]) {
      symlinkSync(join(ROOT, folder), join(this.path, folder));
    }
    for (const [file, text] of Object.entries(files)) this.write(file, text);
  }
}
