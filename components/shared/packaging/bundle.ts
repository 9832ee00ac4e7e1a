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

/** What the bundler made. */
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

/** A text to bundle. */
export interface BundleJob {
  readonly text: string;
  /** The file of each module that the text imports, by specifier. */
  readonly files: ReadonlyMap<string, string>;
}

/** Builds at once: each is parallel in itself, and keeps what it has parsed. */
const MOST_BUILDERS = 2;
const idle: Builder[] = [];
const waiting: ((builder: Builder) => void)[] = [];
let builders = 0;
let users = 0;

/**
 * Keeps builders open, with what they have parsed, while any function is being packaged, and closes them after the
 * last one: an open builder would keep the process alive.
 */
export async function withBuilders<T>(run: () => Promise<T>): Promise<T> {
  users++;
  try {
    return await run();
  } finally {
    if (--users === 0) await Promise.all(idle.splice(0).map(closeBuilder));
  }
}

/**
 * Keeps builders open between packagings, for a process that goes on packaging what changes.
 * @returns how to let them go.
 */
export function keepBuilders(): () => void {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  void withBuilders(() => released);
  return () => {
    release();
  };
}

async function closeBuilder(builder: Builder): Promise<void> {
  builders--;
  await builder.close();
}

/**
 * Bundles serialized text. Modules that a function names itself (`require("x")`) are found from the program's folder.
 * @throws Error with esbuild's messages, also for an import of something that its module does not export.
 */
export async function bundleText(job: BundleJob): Promise<Bundle> {
  return withBuilders(async () => {
    const builder = await takeBuilder();
    try {
      return await builder.build(job);
    } finally {
      giveBack(builder);
    }
  });
}

async function takeBuilder(): Promise<Builder> {
  const free = idle.pop();
  if (free && free.folder === process.cwd()) return free;
  if (free) await closeBuilder(free);
  if (builders < MOST_BUILDERS) {
    builders++;
    return new Builder(process.cwd());
  }
  return new Promise((resolve) => waiting.push(resolve));
}

function giveBack(builder: Builder): void {
  const next = waiting.shift();
  if (next) next(builder);
  else idle.push(builder);
}

/** One context of the bundler: what it has parsed for one function it need not parse for the next. */
class Builder {
  private context: Promise<esbuild.BuildContext<typeof BUNDLE_OPTIONS>> | undefined;
  private job: BundleJob = { text: "", files: new Map() };

  constructor(readonly folder: string) {}

  async build(job: BundleJob): Promise<Bundle> {
    this.job = job;
    this.context ??= esbuild.context({
      ...BUNDLE_OPTIONS,
      absWorkingDir: this.folder,
      entryPoints: [SERIALIZED_FILE],
      outfile: path.join(this.folder, "index.js"),
      plugins: [this.plugin()],
    });
    return toBundle(await (await this.context).rebuild(), this.folder);
  }

  async close(): Promise<void> {
    await (await this.context)?.dispose();
  }

  /** Hands out the text, and leads the specifiers of captured modules to their packages or to the very file loaded. */
  private plugin(): esbuild.Plugin {
    return {
      name: "serialized-text",
      setup: (build) => {
        build.onResolve({ filter: /^serialized\.js$/ }, ({ kind }) =>
          kind === "entry-point" ? { path: SERIALIZED_FILE, namespace: "serialized" } : undefined,
        );
        build.onLoad({ filter: /.*/, namespace: "serialized" }, () => ({
          contents: this.job.text,
          resolveDir: this.folder,
          loader: "js",
        }));
        build.onResolve({ filter: /^captured(-file)?:/ }, async ({ path: specifier, kind }) => {
          const file = this.job.files.get(specifier);
          if (file === undefined) return { errors: [{ text: `no file is known for ${specifier}` }] };
          const target = specifier.startsWith("captured-file:") ? file : importSpecifier(file);
          if (path.isAbsolute(target)) return { path: target };
          return build.resolve(target, { kind, resolveDir: path.dirname(file) });
        });
      },
    };
  }
}

/** Bundles a module as one would by hand; what archives are measured against. */
export async function handBundle(entry: string): Promise<Bundle> {
  const folder = path.dirname(entry);
  const result = await esbuild.build({
    ...BUNDLE_OPTIONS,
    absWorkingDir: folder,
    entryPoints: [entry],
    outfile: path.join(folder, "index.js"),
  });
  return toBundle(result, folder);
}

function toBundle(result: esbuild.BuildResult<typeof BUNDLE_OPTIONS>, folder: string): Bundle {
  const missing = result.warnings.filter((warning) => warning.id === "import-is-undefined");
  if (missing.length > 0) throw new Error(missing.map((warning) => warning.text).join("; "));
  const code = result.outputFiles.find((file) => file.path.endsWith(".js"));
  const map = result.outputFiles.find((file) => file.path.endsWith(".js.map"));
  if (!code || !map) throw new Error("esbuild wrote no bundle");
  const inputs = Object.keys(result.metafile.inputs).filter((file) => !file.startsWith("serialized:"));
  return { code: code.text, map: map.text, inputs: inputs.map((file) => path.resolve(folder, file)) };
}
