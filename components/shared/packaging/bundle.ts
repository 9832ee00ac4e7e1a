import * as esbuild from "esbuild";
import * as path from "node:path";
import { importSpecifier } from "./modules";

/** The settings of every bundle: those of the functions, and of the hand-made ones that they are measured against. */
export const BUNDLE_OPTIONS = {
  bundle: true,
  write: false,
  minify: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  mainFields: ["module", "main"],
  legalComments: "none",
  charset: "utf8",
  treeShaking: true,
  metafile: true,
  sourcemap: "external",
  sourcesContent: false,
  logLevel: "silent",
  // A strict tsconfig of the project must not change how text that never was TypeScript is read.
  tsconfigRaw: "{}",
} as const satisfies esbuild.BuildOptions;

export interface Bundle {
  /** The one file of the archive. */
  readonly code: string;
  /** Source map of `code`, version 3. */
  readonly map: string;
  /** Absolute paths of all files that went into it. */
  readonly inputs: readonly string[];
}

/** Where the serialized text stands in a bundle's source map. */
export const SERIALIZED_FILE = "serialized.js";

/**
 * Bundles serialized text.
 * @param files the file of each module that the text imports, by specifier.
 * @param resolveDir folder from which modules that a function names itself (`require("x")`) are found.
 * @throws Error with esbuild's messages, also for an import of something that its module does not export.
 */
export async function bundleText(
  text: string,
  files: ReadonlyMap<string, string>,
  resolveDir: string,
): Promise<Bundle> {
  return build({
    ...BUNDLE_OPTIONS,
    absWorkingDir: resolveDir,
    stdin: { contents: text, resolveDir, sourcefile: SERIALIZED_FILE, loader: "js" },
    outfile: path.join(resolveDir, "index.js"),
    plugins: [capturedModules(files)],
  });
}

/** Bundles a module as one would by hand; what archives are measured against. */
export async function handBundle(entry: string): Promise<Bundle> {
  const resolveDir = path.dirname(entry);
  return build({
    ...BUNDLE_OPTIONS,
    absWorkingDir: resolveDir,
    entryPoints: [entry],
    outfile: path.join(resolveDir, "index.js"),
  });
}

async function build(options: esbuild.BuildOptions & { write: false; metafile: true }): Promise<Bundle> {
  const folder = options.absWorkingDir ?? process.cwd();
  const result = await esbuild.build(options);
  const missing = result.warnings.filter((warning) => warning.id === "import-is-undefined");
  if (missing.length > 0) throw new Error(missing.map((warning) => warning.text).join("; "));
  const code = result.outputFiles?.find((file) => file.path.endsWith(".js"));
  const map = result.outputFiles?.find((file) => file.path.endsWith(".js.map"));
  if (!code || !map) throw new Error("esbuild wrote no bundle");
  const inputs = Object.keys(result.metafile.inputs).filter((file) => path.basename(file) !== SERIALIZED_FILE);
  return { code: code.text, map: map.text, inputs: inputs.map((file) => path.resolve(folder, file)) };
}

/** Leads the specifiers of captured modules to their packages, or to the very file that was loaded. */
function capturedModules(files: ReadonlyMap<string, string>): esbuild.Plugin {
  return {
    name: "captured-modules",
    setup(build) {
      build.onResolve({ filter: /^captured(-file)?:/ }, async ({ path: specifier, kind }) => {
        const file = files.get(specifier);
        if (file === undefined) return { errors: [{ text: `no file is known for ${specifier}` }] };
        const target = specifier.startsWith("captured-file:") ? file : importSpecifier(file);
        if (path.isAbsolute(target)) return { path: target };
        return build.resolve(target, { kind, resolveDir: path.dirname(file) });
      });
    },
  };
}
