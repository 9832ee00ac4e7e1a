import { MAX_FRAME_BYTES, MAX_FRAME_DEPTH } from "./limits";

/** Why a text is not accepted as a frame. */
export interface JsonProblem {
  readonly code: "too-large" | "too-deep" | "invalid-json" | "invalid-value";
  readonly message: string;
  readonly field?: string;
}

/**
 * Parses what a stranger sent: bounded in size and depth, with nothing in it that later code could trip over. A value
 * beside a problem is good for nothing but to name the frame in the answer.
 */
export function parseJson(text: string): { readonly value?: unknown; readonly problem?: JsonProblem } {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FRAME_BYTES) {
    return {
      problem: { code: "too-large", message: `a frame has at most ${MAX_FRAME_BYTES} bytes, this one ${bytes}` },
    };
  }
  if (depthOf(text) > MAX_FRAME_DEPTH) {
    return { problem: { code: "too-deep", message: `a frame nests at most ${MAX_FRAME_DEPTH} levels` } };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: { code: "invalid-json", message: "the frame is not JSON" } };
  }
  const problem = oddity(value, "");
  return problem ? { problem, value } : { value };
}

/** Levels of nesting, counted before anything is built. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

/** Values that are JSON and still poison: members that change prototypes, numbers that were not kept, torn characters. */
function oddity(value: unknown, field: string): JsonProblem | undefined {
  const refuse = (message: string, at = field): JsonProblem => ({
    code: "invalid-value",
    message,
    ...(at === "" ? {} : { field: at }),
  });
  if (typeof value === "string") return value.isWellFormed() ? undefined : refuse("text holds half a character");
  if (typeof value === "number") {
    const kept = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return kept ? undefined : refuse("number is too large to be kept exactly");
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const problem = oddity(value[i], `${field}[${i}]`);
      if (problem) return problem;
    }
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const name of Object.keys(value)) {
    if (!name.isWellFormed()) return refuse("a member's name holds half a character");
    const at = field === "" ? name : `${field}.${name}`;
    if (name === "__proto__" || name === "constructor" || name === "prototype") return refuse("reserved name", at);
    const problem = oddity((value as Record<string, unknown>)[name], at);
    if (problem) return problem;
  }
  return undefined;
}
