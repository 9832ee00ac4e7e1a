import { readFileSync } from "node:fs";
import { join } from "node:path";
import { archiveSha, mapStack } from "../../components/shared/packaging";

/** Frames whose places are kept: the same function fails at the same places again and again. */
const MOST_KEPT = 2_000;

/**
 * Rewrites a stack trace of a function to the lines of the program's TypeScript, and leaves out the frames of the
 * machinery around it. A frame that cannot be mapped stays as it is; never throws.
 */
export function stackExplainer(): (stack: string, codeRoot: string) => string {
  const shas = new Map<string, string>();
  const known = new Map<string, string>();
  const shaOf = (codeRoot: string): string => {
    let sha = shas.get(codeRoot);
    if (sha === undefined) shas.set(codeRoot, (sha = archiveSha(readFileSync(join(codeRoot, "index.js"), "utf8"))));
    return sha;
  };
  return (stack, codeRoot) => {
    try {
      const frames = stack.split("\n").filter((frame) => frame.includes(codeRoot) || !frame.includes("node:"));
      return frames
        .map((frame) => {
          const key = `${codeRoot}\0${frame}`;
          let mapped = known.get(key);
          if (mapped === undefined) {
            if (known.size >= MOST_KEPT) known.clear();
            known.set(key, (mapped = mapStack(frame, shaOf(codeRoot))));
          }
          return mapped.trim();
        })
        .join("\n");
    } catch {
      return stack;
    }
  };
}
