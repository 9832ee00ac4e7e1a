import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./command";

/** A folder of its own with a program that uses the repository's components, as `index.ts` of the repository does. */
export class ProgramFolder {
  readonly path = mkdtempSync(join(tmpdir(), "games-messaging-program-"));

  /** @param files by name; a text replaces the repository's file of that name. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const file of ["Pulumi.yaml", "Pulumi.local.yaml", "config.ts", "index.ts", "package.json"]) {
      cpSync(join(ROOT, file), join(this.path, file));
    }
    // Bundles and transpiled modules are kept across runs, as in a folder that a person works in.
    for (const folder of ["components", "templates", "node_modules", ".cache"]) {
      symlinkSync(join(ROOT, folder), join(this.path, folder));
    }
    for (const [file, text] of Object.entries(files)) this.write(file, text);
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

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
