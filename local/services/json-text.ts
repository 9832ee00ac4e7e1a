export interface JsonToken {
  readonly kind: "{" | "}" | "[" | "]" | "name" | "string" | "number" | "true" | "false" | "null";
  /** A name or a text without its quotes, a number as it is written, or the token itself. */
  readonly text: string;
  /** Where AWS's parser stands when it has met the token; of a text that is behind its first quote, of a name where its value is met. */
  readonly at: number;
  /** Where it stands when it has read the token to its end. */
  readonly read: number;
}

/** Why a text is no JSON, in the words of AWS's parser, with the place. */
export class JsonTextError extends Error {}

interface Container {
  readonly kind: "Object" | "Array";
  readonly end: "}" | "]";
  readonly start: number;
}

/** How much of a text a message repeats. */
const QUOTED = 500;
/** Objects and arrays within each other, as Jackson's StreamReadConstraints have it by default. */
const MAX_DEPTH = 1000;
const LITERALS = ["true", "false", "null"] as const;
const VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}\p{Nd}_$]+/uy;
/** A quote and what may stand before the next one. */
const TEXT = /"[ !#-[\]-\u{10FFFF}]*(?:\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})[ !#-[\]-\u{10FFFF}]*)*/uy;

/** A JSON text as AWS's services read it, whose messages come from the parser Jackson. */
export class JsonText {
  private at = 0;

  /** @param isQuoted whether messages repeat the text (as EventBridge's do) or redact it. */
  constructor(
    private readonly text: string,
    private readonly isQuoted: boolean,
  ) {}

  /** The tokens from the beginning, each read only when it is asked for. @throws JsonTextError where the text is no JSON */
  *tokens(): Generator<JsonToken, undefined> {
    this.at = 0;
    const open: Container[] = [];
    let isFirst = true;
    do {
      const within = open.at(-1);
      if (within && this.closes(within, isFirst)) {
        open.pop();
        isFirst = false;
        yield this.token(within.end, within.end);
        continue;
      }
      const name = within?.kind === "Object" ? this.name(within) : undefined;
      const value = this.value(within);
      if (name) yield { ...name, at: value.at };
      yield value;
      isFirst = value.kind === "{" || value.kind === "[";
      if (value.kind === "{") open.push({ kind: "Object", end: "}", start: value.at - 1 });
      if (value.kind === "[") open.push({ kind: "Array", end: "]", start: value.at - 1 });
      if (open.length > MAX_DEPTH)
        throw this.error(
          `Document nesting depth (${open.length}) exceeds the maximum allowed (${MAX_DEPTH}, from \`StreamReadConstraints.getMaxNestingDepth()\`)`,
        );
    } while (open.length > 0);
    if (this.peek() !== undefined) throw this.unexpected(`expected a valid value ${VALUE}`);
    return undefined;
  }

  /** The place behind `at` characters, as messages name it. */
  place(at: number): string {
    const { text } = this;
    const before = text.slice(0, at);
    const [line, column] = [before.split("\n").length, at - before.lastIndexOf("\n")];
    const more = text.length - QUOTED;
    const source = this.isQuoted
      ? `(String)"${text.slice(0, QUOTED)}"${more > 0 ? `[truncated ${more} chars]` : ""}`
      : "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";
    return `[Source: ${source}; line: ${line}, column: ${column}]`;
  }

  /** Takes what stands before an entry, or closes the container. @returns whether it is closed */
  private closes(within: Container, isFirst: boolean): boolean {
    const next = this.peek();
    if (isFirst && next !== within.end) return false;
    if (next !== within.end && next !== ",")
      throw this.unexpected(`was expecting comma to separate ${within.kind} entries`, within);
    this.at += 1;
    return next === within.end;
  }

  private name(within: Container): JsonToken {
    if (this.peek() !== '"') throw this.unexpected("was expecting double-quote to start field name", within);
    const name = this.token("name", this.quoted(" in field name", "name"));
    if (this.peek() !== ":") throw this.unexpected("was expecting a colon to separate field name and value", within);
    this.at += 1;
    return name;
  }

  private value(within: Container | undefined): JsonToken {
    const first = this.peek();
    if (first === "{" || first === "[") {
      this.at += 1;
      return this.token(first, first);
    }
    if (first === '"') {
      const met = this.at + 1;
      return this.token("string", this.quoted(": was expecting closing quote for a string value", "string value"), met);
    }
    const number = this.match(NUMBER);
    if (number !== undefined) return this.token("number", number);
    const word = this.match(WORD);
    if (word === undefined) throw this.unexpected(`expected a valid value ${VALUE}`, within);
    const literal = LITERALS.find((one) => one === word);
    if (!literal) throw this.error(`Unrecognized token '${word}': was expecting ${VALUE}`);
    return this.token(literal, literal);
  }

  private quoted(ended: string, what: string): string {
    const start = this.at;
    this.match(TEXT);
    if (this.text[this.at] !== '"') throw this.illegal(ended, what);
    this.at += 1;
    return JSON.parse(this.text.slice(start, this.at)) as string;
  }

  /** What may not stand in a text, and stands here. */
  private illegal(ended: string, what: string): JsonTextError {
    if (this.text[this.at] === undefined) return this.error(`Unexpected end-of-input${ended}`);
    if (this.text[this.at] !== "\\")
      return this.error(
        `Illegal unquoted character (${this.shown()}): has to be escaped using backslash to be included in ${what}`,
      );
    const isUnicode = this.match(/\\u[\dA-Fa-f]*/y) !== undefined;
    if (!isUnicode) this.at += 1;
    if (this.text[this.at] === undefined) return this.error("Unexpected end-of-input in character escape sequence");
    if (isUnicode) return this.unexpected("expected a hex-digit for character escape sequence");
    return this.error(`Unrecognized character escape ${this.shown()}`);
  }

  /** The next character that is no white space. */
  private peek(): string | undefined {
    this.match(/[ \t\n\r]*/y);
    return this.text[this.at];
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private token(kind: JsonToken["kind"], text: string, at = this.at): JsonToken {
    return { kind, text, at, read: this.at };
  }

  private shown(): string {
    const code = this.text.codePointAt(this.at)!;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `(CTRL-CHAR, code ${code})`;
    return `'${String.fromCodePoint(code)}' (code ${code}${code > 0xff ? ` / 0x${code.toString(16)}` : ""})`;
  }

  private unexpected(hint: string, within?: Container): JsonTextError {
    if (this.text[this.at] !== undefined) return this.error(`Unexpected character (${this.shown()}): ${hint}`);
    if (!within) return this.error("No content to map due to end-of-input");
    const marker = `start marker at ${this.place(within.start)}`;
    return this.error(`Unexpected end-of-input: expected close marker for ${within.kind} (${marker})`);
  }

  private error(reason: string): JsonTextError {
    return new JsonTextError(`${reason}\n at ${this.place(this.at)}`);
  }
}
