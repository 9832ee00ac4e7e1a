import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Writes executables that the engine finds on PATH: `pulumi-language-nodejs`, which runs programs and policy packs, and
 * `pulumi-resource-aws`, a process of its own that passes on what the engine says to the account behind `port`. It writes
 * its process id into `pulumi-resource-aws.pid`, for whoever wants to see what its death does, and the folder that it was
 * started in, the program's, into `places/<port that it speaks from>`.
 */
export function writeShims(folder: string, port: number): void {
  mkdirSync(join(folder, "places"), { recursive: true });
  const register = resolve(__dirname, "../register.cjs");
  script(
    folder,
    "pulumi-language-nodejs",
    `#!/bin/sh\nexec ${quote(process.execPath)} --no-deprecation -r ${quote(register)} ${quote(resolve(__dirname, "language-host.ts"))} "$@"\n`,
  );
  script(
    folder,
    "pulumi-resource-aws",
    `#!${process.execPath}
"use strict";
const { writeFileSync } = require("node:fs");
const { connect, createServer } = require("node:net");
writeFileSync(__filename + ".pid", String(process.pid));
const engineProcess = process.ppid;
setInterval(() => process.ppid === engineProcess || process.exit(0), 1000);
const server = createServer((engine) => {
  const account = connect(${port}, "127.0.0.1", () => {
    writeFileSync(__dirname + "/places/" + account.localPort, process.cwd());
    engine.pipe(account).pipe(engine);
  });
  for (const [one, other] of [[engine, account], [account, engine]]) one.on("error", () => other.destroy());
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`,
  );
}

/** The folder of the program whose plugin speaks from `port`. */
export function folderOfPlugin(folder: string, port: number): string {
  return readFileSync(join(folder, "places", String(port)), "utf8");
}

function script(folder: string, name: string, text: string): void {
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
