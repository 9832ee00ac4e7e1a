/** Why a pattern is not valid, in AWS's words; services wrap it into their own error. */
export class PatternError extends Error {}

export type TokenKind = "{" | "}" | "[" | "]" | "name" | "string" | "number" | "true" | "false" | "null";

export interface Token {
  readonly kind: TokenKind;
  /** A name or a text without its quotes, a number as it is written, or the token itself. */
  readonly text: string;
}

const LITERALS = ["true", "false", "null"] as const;
/** How much of a pattern a refusal repeats. */
const SHOWN = 500;
const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/**
 * Reads the JSON of a pattern token by token and says where it stands, counted as AWS's messages count: what follows a
 * name is read along with it, and of a text only the opening quote is, until someone asks for the text.
 */
export class PatternReader {
  private at = 0;
  /** Where the reader stands for messages. */
  private seen = 0;
  private readonly open: ("{" | "[")[] = [];
  private readonly starts: number[] = [];
  private ahead: Token | undefined;
  private first = true;
  private textEnd = 0;

  /** @param located whether refusals name the place; false where the text is not the caller's own. */
  constructor(
    private readonly source: string,
    private readonly located = true,
  ) {}

  /** @throws PatternError where the text is no JSON. */
  next(): Token {
    if (this.ahead) {
      const token = this.ahead;
      this.ahead = undefined;
      return token;
    }
    const token = this.read();
    if (token.kind === "name") this.ahead = this.value();
    return token;
  }

  /** The text of a token, read to its end. */
  textOf(token: Token): string {
    if (token.kind === "string") this.seen = this.textEnd;
    return token.text;
  }

  /** A refusal that names the place. */
  refuse(reason: string): PatternError {
    return new PatternError(reason + this.place(this.seen));
  }

  private place(at: number): string {
    if (!this.located) return "";
    return `\n at ${this.position(at)}`;
  }

  private position(at: number): string {
    const { source } = this;
    const left = source.length - SHOWN;
    const shown = left > 0 ? `"${source.slice(0, SHOWN)}"[truncated ${left} chars]` : `"${source}"`;
    const lines = source.slice(0, at).split("\n");
    return `[Source: (String)${shown}; line: ${lines.length}, column: ${lines.at(-1)!.length + 1}]`;
  }

  private read(): Token {
    const within = this.open.at(-1);
    this.skipSpace();
    if (within === undefined) return this.value();
    const close = within === "{" ? "}" : "]";
    if (this.source[this.at] === close) return this.leave(close);
    if (!this.first) {
      const what = within === "{" ? "Object entries" : "Array entries";
      if (this.source[this.at] !== ",") throw this.unexpected(`was expecting comma to separate ${what}`);
      this.at += 1;
      this.skipSpace();
    }
    this.first = false;
    if (within === "[") return this.value();
    if (this.source[this.at] !== '"') throw this.unexpected("was expecting double-quote to start field name");
    const text = this.quoted("in field name");
    this.at = this.textEnd;
    this.skipSpace();
    if (this.source[this.at] !== ":") throw this.unexpected("was expecting a colon to separate field name and value");
    this.at += 1;
    return { kind: "name", text };
  }

  private value(): Token {
    this.skipSpace();
    const character = this.source[this.at];
    if (character === "{" || character === "[") {
      this.open.push(character);
      this.starts.push(this.at);
      this.first = true;
      return this.advance(character, character);
    }
    if (character === '"') {
      const text = this.quoted("in VALUE_STRING");
      this.seen = this.at + 1;
      this.at = this.textEnd;
      return { kind: "string", text };
    }
    const [number] = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.source.slice(this.at)) ?? [];
    if (number !== undefined) return this.advance("number", number);
    const [word] = /^[\p{L}\p{N}_$]+/u.exec(this.source.slice(this.at)) ?? [];
    const literal = LITERALS.find((one) => one === word);
    if (literal) return this.advance(literal, literal);
    if (word === undefined || /^\d/.test(word)) throw this.unexpected(`expected a valid value ${VALUES}`);
    this.seen = this.at + word.length;
    throw this.refuse(`Unrecognized token '${word}': was expecting ${VALUES}`);
  }

  private advance(kind: TokenKind, text: string): Token {
    this.at += text.length;
    this.seen = this.at;
    return { kind, text };
  }

  private leave(close: "}" | "]"): Token {
    this.open.pop();
    this.starts.pop();
    this.first = false;
    return this.advance(close, close);
  }

  /** The text that begins here; `textEnd` is behind its closing quote. */
  private quoted(where: string): string {
    const [raw] = /^"(?:[^"\\]|\\[^])*"/.exec(this.source.slice(this.at)) ?? [];
    if (raw === undefined) {
      this.seen = this.source.length;
      throw this.refuse(`Unexpected end-of-input ${where}`);
    }
    this.textEnd = this.at + raw.length;
    try {
      return JSON.parse(raw) as string;
    } catch {
      this.seen = this.textEnd;
      throw this.refuse("Unrecognized character escape or illegal unquoted character in a string value");
    }
  }

  private skipSpace(): void {
    while (/\s/.test(this.source[this.at] ?? "")) this.at += 1;
  }

  private unexpected(hint: string): PatternError {
    const character = this.source[this.at];
    this.seen = this.at;
    if (character !== undefined)
      return this.refuse(`Unexpected character ('${character}' (code ${character.codePointAt(0)})): ${hint}`);
    const start = this.starts.at(-1);
    if (start === undefined) return this.refuse("No content to map due to end-of-input");
    const what = this.open.at(-1) === "{" ? "Object" : "Array";
    return this.refuse(
      `Unexpected end-of-input: expected close marker for ${what} (start marker at ${this.position(start)})`,
    );
  }
}
