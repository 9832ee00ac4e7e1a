import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  /** What can be imported of it, by subpath. */
  readonly exports?: unknown;
}

/** An installed package: the folder of its `package.json`. */
export interface InstalledPackage {
  readonly root: string;
  readonly json: PackageJson;
}

const packages = new Map<string, InstalledPackage | undefined>();

/** The package that a file belongs to. */
export function packageOf(file: string): InstalledPackage | undefined {
  const folder = path.dirname(file);
  if (packages.has(folder)) return packages.get(folder);
  const manifest = path.join(folder, "package.json");
  let found: InstalledPackage | undefined;
  if (existsSync(manifest)) {
    const json = JSON.parse(readFileSync(manifest, "utf8")) as PackageJson;
    // Packages place nameless package.json files in sub-folders to tell the kind of module ({"type": "commonjs"}).
    if (json.name) found = { root: folder, json };
  }
  if (!found && path.dirname(folder) !== folder) found = packageOf(folder);
  packages.set(folder, found);
  return found;
}

/** The files of the modules that are loaded, by what they export; of several, the one that was loaded first. */
export function loadedModules(): Map<unknown, string> {
  const loaded = new Map<unknown, string>();
  for (const [file, module] of Object.entries(require.cache)) {
    if (module && !loaded.has(module.exports)) loaded.set(module.exports, file);
  }
  return loaded;
}

/** How the serializer prints the path of a module's file; undefined for a file outside `node_modules`. */
export function printedPath(file: string): string | undefined {
  const parts = path.relative(process.cwd(), file).split(path.sep);
  const at = parts.includes(".pnpm") ? parts.lastIndexOf("node_modules") : parts.indexOf("node_modules");
  return at < 0 ? undefined : path.posix.join(...parts.slice(at + 1));
}

/**
 * Whether the modules of a package are printed as text, function by function, rather than bundled from their files:
 * those of component libraries (ours among them), whose files import the declaring code that has no place in a bundle.
 */
export function printsAsText(file: string): boolean {
  const { json } = packageOf(file) ?? {};
  if (!json || json.name?.startsWith("@pulumi/")) return false;
  return [json.dependencies, json.peerDependencies].some((list) => list && "@pulumi/pulumi" in list);
}

/**
 * What to import for a captured module's file: the package's own name, or a subpath that it exports, where that leads to
 * this file, so that the bundler takes the package's ES modules, which it can shake; the file itself otherwise.
 */
export function importSpecifier(file: string): string {
  const { json } = packageOf(file) ?? {};
  if (!json?.name) return file;
  const { resolve } = createRequire(file);
  for (const specifier of [json.name, ...subpathsOf(json).map((subpath) => `${json.name}${subpath}`)]) {
    try {
      if (resolve(specifier) === file) return specifier;
    } catch {
      // a package linked from elsewhere does not find itself by name, and some subpaths are for other environments only
    }
  }
  return file;
}

/** The subpaths that a package exports by name, without the dot: `/lib/mime-node`. */
function subpathsOf({ exports }: PackageJson): string[] {
  if (typeof exports !== "object" || exports === null) return [];
  return Object.keys(exports)
    .filter((key) => key.startsWith("./") && !key.includes("*"))
    .map((key) => key.slice(1));
}
