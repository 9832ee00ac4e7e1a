import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own with sources that a test reads and changes. */
export class SourceFolder {
  readonly path: string;

  /** @param prefix of the folder's name in the system's temporary folder. */
  constructor(prefix: string) {
    this.path = mkdtempSync(join(tmpdir(), prefix));
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
