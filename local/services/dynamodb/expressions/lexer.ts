/** A word of an expression. `bad` is a character that no expression has. */
export interface Token {
  readonly kind: "name" | "nameRef" | "valueRef" | "number" | "symbol" | "bad" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const pattern =
  /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(\d+)|(<>|<=|>=|[()[\],.=<>+-])|(\S))/y;
const kinds = ["name", "nameRef", "valueRef", "number", "symbol", "bad"] as const;

/** Splits an expression's text into words; the last one is `end`. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const group = kinds.findIndex((_, i) => match[i + 1] !== undefined);
    const word = match[group + 1]!;
    const end = match.index + match[0].length;
    tokens.push({ kind: kinds[group]!, text: word, start: end - word.length, end });
  }
  tokens.push({ kind: "end", text: "<EOF>", start: text.length, end: text.length });
  return tokens;
}
