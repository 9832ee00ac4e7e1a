import { readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { MUTATIONS } from "./mutation-list";

const COMPONENTS = join(__dirname, "../../components") + sep;

interface Compiler {
  compile(source: string, file: string): string;
}

/** Names of the mutations whose sources do not have their texts any more: they could not be tried. */
export function outdated(): string[] {
  return MUTATIONS.filter(({ name }) => {
    try {
      changed(name);
      return false;
    } catch {
      return true;
    }
  }).map(({ name }) => name);
}

/**
 * Lets the sources of one mutation be loaded changed, in this process only. To be called before they are.
 * @throws Error when there is no such mutation, or a source does not have the text any more.
 */
export function mutate(name: string): void {
  const texts = changed(name);
  const compiler = (process as unknown as Record<symbol, Compiler>)[Symbol.for("ts-node.register.instance")]!;
  // Node's own table of loaders: the one way to load another text under a file's name.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- no replacement loads CommonJS synchronously
  const { extensions } = require;
  const load = extensions[".ts"]!;
  extensions[".ts"] = (module, file) => {
    const text = texts.get(file);
    if (text === undefined) load(module, file);
    else
      (module as NodeJS.Module & { _compile(code: string, file: string): void })._compile(
        compiler.compile(text, file),
        file,
      );
  };
}

/** The sources of one mutation by their paths, as it makes them. */
function changed(name: string): Map<string, string> {
  const mutation = MUTATIONS.find((one) => one.name === name);
  if (!mutation)
    throw new Error(`mutation: got ${name}; expected one of ${MUTATIONS.map((one) => one.name).join(", ")}.`);
  const texts = new Map<string, string>();
  for (const { file, from, to } of mutation.edits) {
    const path = COMPONENTS + file.replaceAll("/", sep);
    const source = texts.get(path) ?? readFileSync(path, "utf8");
    if (!source.includes(from)) throw new Error(`mutation "${name}": ${file} does not have the text any more: ${from}`);
    texts.set(path, source.replaceAll(from, to));
  }
  return texts;
}
