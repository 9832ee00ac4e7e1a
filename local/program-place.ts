import { findSourceMap } from "node:module";
import { join, relative, resolve, sep } from "node:path";

/** Frames looked at: components call one another several times before a mistake of the program shows. */
const FRAMES = 30;

/** Where this package itself lies: a mistake of the program is not to be looked for there. */
const OWN = ["components", "local"].map((folder) => resolve(__dirname, "..", folder) + sep);

/**
 * Tells at which line of a program an error came up. Stacks are kept as V8 hands them over, and only the one that is
 * asked for is mapped to TypeScript.
 */
export class ProgramPlaces {
  private readonly sites = new WeakMap<Error, readonly NodeJS.CallSite[]>();

  /** @param folder of the program. */
  constructor(private readonly folder: string) {}

  /** Starts noting; returns how to stop. */
  note(): () => void {
    const { stackTraceLimit } = Error;
    const before = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
    Error.stackTraceLimit = FRAMES;
    Error.prepareStackTrace = (error, sites) => {
      this.sites.set(error, sites);
      return String(error);
    };
    return () => {
      Error.stackTraceLimit = stackTraceLimit;
      if (before) Object.defineProperty(Error, "prepareStackTrace", before);
      else Reflect.deleteProperty(Error, "prepareStackTrace");
    };
  }

  /** `index.ts:12:3`, relative to the program's folder; undefined when the program has no part in the error. */
  of(error: Error): string | undefined {
    // V8 hands the frames over when the stack is first read.
    const sites = error.stack === undefined ? [] : (this.sites.get(error) ?? []);
    for (const site of sites) {
      const file = site.getFileName();
      if (!file?.startsWith(this.folder + sep) || file.includes(`${sep}node_modules${sep}`)) continue;
      if (OWN.some((own) => file.startsWith(own))) continue;
      return this.place(file, site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1);
    }
    return undefined;
  }

  private place(file: string, line: number, column: number): string {
    const entry = findSourceMap(file)?.findEntry(line - 1, column - 1);
    const mapped = entry && "originalLine" in entry ? entry : undefined;
    const at = mapped ? `${mapped.originalLine + 1}:${mapped.originalColumn + 1}` : `${line}:${column}`;
    return `${relative(this.folder, join(file))}:${at}`;
  }
}
