/** A module's text, and what it needs from outside. */
export interface Printed {
  /** An ES module that exports `handler`. */
  readonly text: string;
  /** Lifted outputs: the marker of each by the environment variable that holds its value. */
  readonly variables: ReadonlyMap<string, string>;
  /** Paths of captured modules by the specifier under which the text imports them. */
  readonly imports: ReadonlyMap<string, string>;
  /** The line of the text (from 0) at which each function starts, and the function as it was written. */
  readonly functions: readonly { readonly line: number; readonly code: string }[];
}

/** Chooses the environment variable for a captured output, given the path of names by which it was captured. */
export type ChooseVariable = (path: readonly string[]) => string;

/** What the text says of outputs: the values are in the environment, text as it is and anything else as JSON. */
const PRELUDE = `const $environment = (name) => {
  const text = process.env[name];
  return text !== undefined && text.startsWith("json:") ? JSON.parse(text.slice(5)) : text;
};
const $output = (value) => ({
  value,
  get: () => value,
  apply() { throw new Error("'apply' is not available at run time: read the output with get()."); },
});
`;

/**
 * A module as it grows: imports, functions, values, and what can be said only when all of these are there, in this order;
 * with a name of its own for each.
 */
export class Draft {
  private readonly imports = new Map<string, string>();
  private readonly moduleNames = new Map<string, string>();
  private readonly variables = new Map<string, string>();
  private readonly variableNames = new Map<string, string>();
  private readonly head: string[] = [];
  private readonly functions: { readonly code: string; text: string }[] = [];
  private readonly values: string[] = [];
  private readonly late: string[] = [];
  private count = 0;

  /** @param prefix of all names, which nothing in the functions may contain. */
  constructor(
    private readonly prefix: string,
    private readonly choose: ChooseVariable,
  ) {}

  /** A name that nothing else has. @param hint what a reader of the text may recognise it by. */
  name(hint: string): string {
    return `${this.prefix}${this.count++}_${hint.replace(/\W/g, "")}`;
  }

  /** Takes a function's place: what `print` itself adds comes behind it, so that the order is that of the first mention. */
  addFunction(name: string, code: string, print: () => string): void {
    const place = { code, text: "" };
    this.functions.push(place);
    place.text = `const ${name} = ${print()};\n`;
  }

  /** Adds a constant. */
  addValue(name: string, text: string): void {
    this.values.push(`const ${name} = ${text};\n`);
  }

  /** Adds a statement that stands behind all functions and values. */
  addLate(statement: string): void {
    this.late.push(`${statement};\n`);
  }

  /** A name for the namespace of a module, of which only what is used is bundled. */
  namespace(path: string, hint: string): string {
    if (!path.includes("/") || !isFile(path)) return this.wholeModule(path, hint);
    const id = `captured:${path}`;
    return this.module(id, path, hint, (name) => `import * as ${name} from ${JSON.stringify(id)};\n`);
  }

  /** A name for what a module is when it is required. */
  wholeModule(path: string, hint: string): string {
    const id = isFile(path) ? `captured-file:${path}` : path;
    return this.module(id, path, hint, (name) => `const ${name} = require(${JSON.stringify(id)});\n`);
  }

  private module(id: string, path: string, hint: string, line: (name: string) => string): string {
    const known = this.moduleNames.get(id);
    if (known) return known;
    const name = this.name(hint);
    this.moduleNames.set(id, name);
    if (id !== path) this.imports.set(id, path);
    this.head.push(line(name));
    return name;
  }

  /** A name for the value of a lifted output. @param path of names by which it was captured. */
  variable(marker: string, path: readonly string[]): string {
    const known = this.variableNames.get(marker);
    if (known) return known;
    const variable = this.choose(path);
    const name = this.name(path.at(-1) ?? "output");
    this.variableNames.set(marker, name);
    this.variables.set(variable, marker);
    this.addValue(name, `$environment(${JSON.stringify(variable)})`);
    return name;
  }

  /** The whole module. @param factory name of the function whose result it exports. */
  finish(factory: string): Printed {
    let text = `${this.head.join("")}${this.variables.size > 0 ? PRELUDE : ""}`;
    const functions = this.functions.map(({ code, text: body }) => {
      const line = text.split("\n").length - 1;
      text += body;
      return { line, code };
    });
    text += `${this.values.join("")}${this.late.join("")}export const handler = ${factory}();\n`;
    return { text, variables: this.variables, imports: this.imports, functions };
  }
}

/** Modules of Node itself have no file. */
function isFile(path: string): boolean {
  return /\.[cm]?(js|json|ts|node)$/.test(path);
}
