/** Values of condition keys of one request; names in lower case. */
export interface KeyValues {
  get(key: string): readonly string[] | undefined;
}

/**
 * How wildcards behave.
 * `text`: `*` and `?` match anything (StringLike, actions).
 * `arn`: each of the six colon-separated parts is matched for itself (ArnLike, ArnEquals).
 * `resource`: as the Resource element, where a `*` at the end of a part may run past the colon and one inside may not.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export type PatternKind = "text" | "arn" | "resource";

/** A pattern of a policy, ready to be asked. */
export interface Pattern {
  /** Whether it holds policy variables, so that the answer depends on the request. */
  readonly variable: boolean;
  matches(text: string, keys: KeyValues): boolean;
}

type Token = "*" | "?" | { readonly text: string } | { readonly key: string; readonly fallback?: string };

const variableForm = /^\$\{\s*([^,}]+?)\s*(?:,\s*'([^']*)'\s*)?\}/;

/** Compiles a pattern once; matching it later costs a comparison or one regular expression. */
export function compilePattern(pattern: string, kind: PatternKind, ignoreCase = false): Pattern {
  const tokens = tokenize(pattern);
  const variable = tokens.some((token) => typeof token === "object" && "key" in token);
  if (variable) {
    return {
      variable,
      matches: (text, keys) => {
        const filled = substitute(tokens, keys);
        return filled !== undefined && toTest(filled, kind, ignoreCase)(text);
      },
    };
  }
  const test = toTest(tokens, kind, ignoreCase);
  return { variable, matches: (text) => test(text) };
}

/** Replaces policy variables in a value that knows no wildcards (StringEquals); undefined if one has no value. */
export function fillVariables(value: string, keys: KeyValues): string | undefined {
  if (!value.includes("${")) return value;
  return substitute(tokenize(value), keys)
    ?.map((token) => (typeof token === "string" ? token : "text" in token ? token.text : ""))
    .join("");
}

function tokenize(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  let literal = "";
  const flush = (): void => {
    if (literal !== "") tokens.push({ text: literal });
    literal = "";
  };
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    const variable = char === "$" ? variableForm.exec(pattern.slice(i)) : null;
    if (variable) {
      const name = variable[1]!;
      // ${*}, ${?} and ${$} stand for the characters themselves.
      if (name === "*" || name === "?" || name === "$") literal += name;
      else {
        flush();
        tokens.push({ key: name.toLowerCase(), ...(variable[2] === undefined ? {} : { fallback: variable[2] }) });
      }
      i += variable[0].length - 1;
    } else if (char === "*" || char === "?") {
      flush();
      tokens.push(char);
    } else literal += char;
  }
  flush();
  return tokens;
}

function substitute(tokens: readonly Token[], keys: KeyValues): readonly Token[] | undefined {
  const filled: Token[] = [];
  for (const token of tokens) {
    if (typeof token === "object" && "key" in token) {
      const values = keys.get(token.key);
      // A variable takes single-valued keys only.
      const value = values?.length === 1 ? values[0] : token.fallback;
      if (value === undefined) return undefined;
      filled.push({ text: value });
    } else filled.push(token);
  }
  return filled;
}

function toTest(tokens: readonly Token[], kind: PatternKind, ignoreCase: boolean): (text: string) => boolean {
  const only = tokens.length === 1 ? tokens[0] : undefined;
  if (only === "*") return () => true;
  const literal = tokens.every((token) => typeof token === "object");
  if (literal && !ignoreCase && kind !== "arn") {
    const exact = tokens.map((token) => (typeof token === "object" && "text" in token ? token.text : "")).join("");
    return (text) => text === exact;
  }
  let colons = 0;
  let source = "";
  tokens.forEach((token, i) => {
    const inPart = kind !== "text" && colons < 5;
    if (token === "*") {
      const next = tokens[i + 1];
      const endsPart = next === undefined || (typeof next === "object" && "text" in next && next.text.startsWith(":"));
      source += inPart && (kind === "arn" || !endsPart) ? "[^:]*" : "[^]*";
    } else if (token === "?") source += inPart ? "[^:]" : "[^]";
    else if ("text" in token) {
      colons += token.text.split(":").length - 1;
      source += token.text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    }
  });
  if (kind === "arn" && colons < 5) return () => false;
  const expression = new RegExp(`^${source}$`, ignoreCase ? "i" : "");
  return (text) => expression.test(text);
}
