import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./command";

interface PackageJson {
  readonly name: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * The packed package in an empty folder, as `npm install` would leave it, but for its dependencies: copying their
 * 400 MB takes longer than all the rest, so that those which the package declares, and no others, are links to the
 * repository's own.
 */
export class InstalledPackage {
  readonly path = mkdtempSync(join(tmpdir(), "games-messaging-installed-"));
  /** Files of the tarball, by path. */
  readonly files: readonly string[];

  constructor() {
    const packed = run("npm", ["pack", "--json", "--pack-destination", this.path], ROOT);
    // What the build prints may stand before the answer.
    const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf("[\n"))) as [
      { filename: string; files: { path: string }[] },
    ];
    this.files = files.map(({ path }) => path);
    const { name, bin, dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as PackageJson;
    const modules = join(this.path, "node_modules");
    mkdirSync(join(modules, name), { recursive: true });
    run("tar", ["-xzf", join(this.path, filename), "--strip-components=1", "-C", join(modules, name)], this.path);
    for (const dependency of Object.keys(dependencies))
      link(join(ROOT, "node_modules", dependency), join(modules, dependency));
    for (const [command, file] of Object.entries(bin)) link(join("..", name, file), join(modules, ".bin", command));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function link(target: string, place: string): void {
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(target, place);
}

function run(program: string, args: readonly string[], folder: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${String(status)}:\n${stdout}\n${stderr}`);
  return stdout;
}
