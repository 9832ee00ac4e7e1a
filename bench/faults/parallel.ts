import { fork } from "node:child_process";
import { join } from "node:path";
import type { Share, Word } from "./child";
import type { Told } from "./report";

/**
 * Evaluates the program once, so that its functions lie bundled: the order in which resources are made, and with it what
 * a seed plays, does not depend on whether they had to be.
 */
export function warm(): Promise<void> {
  return runShares([{ from: 1, to: 0 }], () => undefined);
}

/** Runs shares of seeds in processes of their own. @throws Error when one of them dies. */
export async function runShares(
  shares: readonly Share[],
  onRun: (run: Told) => void,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  await Promise.all(shares.map((share) => runShare(share, onRun, environment)));
}

function runShare(
  share: Share,
  onRun: (run: Told) => void,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const root = join(__dirname, "../..");
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, "child.ts"), [JSON.stringify(share)], {
      cwd: root,
      execArgv: [
        "--no-deprecation",
        // A run leaves much garbage that dies young: with room for it, a fifth of the time goes less.
        "--max-semi-space-size=64",
        // Each crash loads a function anew: a tenth of the time would go into compiling what was compiled before.
        "--no-flush-bytecode",
        "-r",
        join(root, "local/register.cjs"),
      ],
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.on("message", (word: Word) => {
      if ("run" in word) onRun(word.run);
      else if ("died" in word) reject(new Error(word.died));
    });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`A campaign process ended with ${code}.`))));
  });
}
