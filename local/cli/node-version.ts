import { CliError } from "./errors";

/** The least Node.js that the dependencies run on. */
const LEAST_NODE = 20;

/** @param version as `process.versions.node` has it. @throws CliError when it is too old. */
export function checkNode(version: string): void {
  if (Number(version.split(".")[0]) < LEAST_NODE) {
    throw new CliError(`Node.js ${version} is too old; install Node.js ${LEAST_NODE} or newer.`);
  }
}
