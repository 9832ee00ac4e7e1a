import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../../helpers/command";

/** Path of a Pulumi CLI that is there without building one; undefined when there is none, with the reason in `why`. */
export function cachedCli(): { readonly path: string } | { readonly path: undefined; readonly why: string } {
  const { status, stdout, stderr } = spawnSync(join(ROOT, ".ci/pulumi-cli"), ["--cached"], { encoding: "utf8" });
  return status === 0 ? { path: stdout.trim() } : { path: undefined, why: stderr.trim() };
}
