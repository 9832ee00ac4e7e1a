import { execFile } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { pulumi } from "../access/pulumi-cli";
import { CliError } from "../errors";
import type { World } from "./check";

const MOST_MS = 10_000;
/** The DNS says that there is no such record. */
const NONE = new Set(["ENOTFOUND", "ENODATA"]);

/** The world as it is. */
export function realWorld(profile: string | undefined): World {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  return {
    nodeVersion: process.versions.node,
    lookUp: async (type, name) => {
      try {
        if (type === "CNAME") return await resolver.resolveCname(name);
        if (type === "MX")
          return (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`);
        return (await resolver.resolveTxt(name)).map((parts) => parts.join(""));
      } catch (error) {
        if (NONE.has(String((error as NodeJS.ErrnoException).code))) return [];
        throw new CliError(
          `the DNS could not be asked for ${name}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    },
    fetch: (url) => fetch(url, { signal: AbortSignal.timeout(MOST_MS) }),
    run: async (program, ...args) => {
      const said = program === "pulumi" ? await pulumi(args, profile) : await run(program, args);
      return said.trim().split("\n")[0] ?? "";
    },
  };
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: MOST_MS }, (error, stdout) => {
      if (error) reject(new CliError(`${program}: ${error.message}`));
      else resolve(stdout);
    });
  });
}
