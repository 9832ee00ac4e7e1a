import { PatternError } from "./pattern-reader";

/** A text as a wildcard reads it: characters, and `undefined` where a `*` stands for any text. */
type Steps = readonly (string | undefined)[];

/** More ways to stand in a text at once than these, and AWS refuses the pattern (event-ruler, MachineComplexityEvaluator). */
const MAX_COMPLEXITY = 10;
/** Enough for patterns that people write; beyond it a pattern counts as simple. */
const MAX_STATES = 2_000;

/**
 * `*` stands for any text; `\*` and `\\` for themselves. Places in messages count the quote that opens the text.
 * @throws PatternError
 */
export function readWildcard(text: string): Steps {
  const steps: (string | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "*") {
      if (text[at + 1] === "*") throw new PatternError(`Consecutive wildcard characters at pos ${at + 1}`);
      steps.push(undefined);
    } else if (text[at] === "\\") {
      const escaped = text[at + 1];
      if (escaped !== "*" && escaped !== "\\") throw new PatternError(`Invalid escape character at pos ${at + 1}`);
      steps.push(escaped);
      at += 1;
    } else steps.push(text[at]);
  }
  return steps;
}

export function wildcard(steps: Steps): (leaf: string) => boolean {
  const pieces = [""];
  for (const step of steps) {
    if (step === undefined) pieces.push("");
    else pieces.push(pieces.pop()! + step);
  }
  const [first, ...others] = pieces as [string, ...string[]];
  const last = others.pop();
  if (last === undefined) return (leaf) => leaf === first;
  return (leaf) => {
    if (!leaf.startsWith(first) || leaf.length < first.length + last.length || !leaf.endsWith(last)) return false;
    // Each piece at its leftmost place leaves the most room for those after it.
    let at = first.length;
    for (const piece of others) {
      const found = leaf.indexOf(piece, at);
      if (found < 0 || found + piece.length > leaf.length - last.length) return false;
      at = found + piece.length;
    }
    return true;
  };
}

/**
 * Whether some text can stand at more than ten places of these wildcards at once.
 * Source: EventBridge user guide, "Wildcard matching complexity".
 */
export function isTooComplex(wildcards: readonly Steps[]): boolean {
  const all = wildcards.map((steps) => ['"', ...steps, '"']);
  const alphabet = new Set(all.flat().filter((step) => step !== undefined));
  const others = "";
  const start = all.map((steps) => closure(steps, [-1]));
  const seen = new Set<string>();
  const pending = [start];
  while (pending.length > 0 && seen.size < MAX_STATES) {
    const places = pending.pop()!;
    for (const character of [...alphabet, others]) {
      const next = places.map((standing, index) => step(all[index]!, standing, character));
      const count = next.reduce((sum, standing) => sum + standing.length, 0);
      if (count > MAX_COMPLEXITY) return true;
      const key = next.map((standing) => standing.join()).join(";");
      if (count === 0 || seen.has(key)) continue;
      seen.add(key);
      pending.push(next);
    }
  }
  return false;
}

/** Places are indices of the step last taken; a `*` that may come next is a place too, for it may stand for nothing. */
function closure(steps: Steps, taken: readonly number[]): readonly number[] {
  const places = new Set(taken);
  for (const place of taken) if (place + 1 < steps.length && steps[place + 1] === undefined) places.add(place + 1);
  return [...places].sort((a, b) => a - b);
}

function step(steps: Steps, standing: readonly number[], character: string): readonly number[] {
  const taken = standing.filter((place) => place >= 0 && steps[place] === undefined);
  for (const place of standing) if (steps[place + 1] === character) taken.push(place + 1);
  return closure(steps, [...new Set(taken)]);
}
