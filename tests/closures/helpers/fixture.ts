import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

const REPOSITORY = path.resolve(__dirname, "../../..");

/** Writes files into a new folder, which the caller removes. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "program-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** A checkout of the packager at another path; prints the code of the portable handler as that checkout packages it. */
export async function packagePortableAt(place: string): Promise<string> {
  const top = mkdtempSync(path.join(tmpdir(), "checkout-"));
  const folder = path.join(top, place);
  const from = (name: string): string => path.join(REPOSITORY, name);
  try {
    mkdirSync(folder, { recursive: true });
    for (const name of ["components/shared", "tests/closures/helpers", "tsconfig.json", "package.json"]) {
      cpSync(from(name), path.join(folder, name), { recursive: true });
    }
    symlinkSync(from("node_modules"), path.join(folder, "node_modules"));
    writeFileSync(path.join(folder, "program.ts"), PROGRAM);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["-r", "ts-node/register/transpile-only", "program.ts"],
      { cwd: folder, maxBuffer: 1 << 26 },
    );
    return stdout;
  } finally {
    rmSync(top, { recursive: true });
  }
}

const PROGRAM = `
import { packageFunction } from "./components/shared/packaging";
import { portable } from "./tests/closures/helpers/portable";
packageFunction("portable", portable).then(({ code }) => process.stdout.write(code));
`;
