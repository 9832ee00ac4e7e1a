/** What a JSON text consists of, with the places that AWS's parser names in its messages. */
export interface JsonToken {
  readonly kind: "{" | "}" | "[" | "]" | "field" | "string" | "number" | "literal";
  /** A name's or text's characters, else what stands in the document. */
  readonly text: string;
  /** Where the parser stands when it has met the token; a name counts as met when its value begins. */
  readonly at: number;
  /** Where it stands when it has read the token's text. */
  readonly read: number;
}

/** Why a text is not JSON, and after how many characters. */
export class JsonTextError extends Error {
  constructor(
    readonly reason: string,
    readonly at: number,
  ) {
    super(reason);
  }
}

const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/** `line: 1, column: 2` of the place after `at` characters. */
export function placeIn(text: string, at: number): string {
  const before = text.slice(0, at);
  return `line: ${before.split("\n").length}, column: ${at - before.lastIndexOf("\n")}`;
}

/** Splits a JSON text into its tokens. @throws JsonTextError in the words of AWS's parser. */
export function tokensOf(text: string): readonly JsonToken[] {
  return new Tokenizer(text).all();
}

class Tokenizer {
  private readonly tokens: JsonToken[] = [];
  private at = 0;

  constructor(private readonly text: string) {}

  all(): readonly JsonToken[] {
    this.value(undefined);
    this.space();
    if (this.at < this.text.length) this.unexpected(`expected a valid value ${VALUES}`);
    return this.tokens;
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? "")) this.at++;
  }

  private add(kind: JsonToken["kind"], text: string, at = this.at): void {
    this.tokens.push({ kind, text, at, read: this.at });
  }

  private value(within: { readonly name: string; readonly start: number } | undefined): void {
    this.space();
    const first = this.text[this.at];
    if (first === undefined) this.ended(within);
    if (first === "{") {
      this.object();
      return;
    }
    if (first === "[") {
      this.array();
      return;
    }
    if (first === '"') {
      const at = this.at + 1;
      this.add("string", this.string("a string value"), at);
      return;
    }
    const number = this.match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (number !== undefined) {
      this.add("number", number);
      return;
    }
    const word = this.match(/[\p{L}\p{Nd}_$]+/uy);
    if (word === undefined) this.unexpected(`expected a valid value ${VALUES}`);
    if (!["true", "false", "null"].includes(word))
      throw new JsonTextError(`Unrecognized token '${word}': was expecting ${VALUES}`, this.at);
    this.add("literal", word);
  }

  private object(): void {
    const within = { name: "Object", start: this.at++ };
    this.add("{", "{");
    for (let isFirst = true; !this.closes("}", isFirst, within); isFirst = false) {
      if (this.text[this.at] !== '"') this.unexpected("was expecting double-quote to start field name");
      const text = this.string("a name");
      const { at: read } = this;
      this.space();
      if (this.text[this.at] === undefined) this.ended(within);
      if (this.text[this.at] !== ":") this.unexpected("was expecting a colon to separate field name and value");
      this.at++;
      const place = this.tokens.length;
      this.value(within);
      this.tokens.splice(place, 0, { kind: "field", text, at: this.tokens[place]!.at, read });
    }
  }

  private array(): void {
    const within = { name: "Array", start: this.at++ };
    this.add("[", "[");
    for (let isFirst = true; !this.closes("]", isFirst, within); isFirst = false) this.value(within);
  }

  /** Takes the closing bracket, or the comma before the next entry. */
  private closes(
    bracket: "}" | "]",
    isFirst: boolean,
    within: { readonly name: string; readonly start: number },
  ): boolean {
    this.space();
    const next = this.text[this.at];
    if (next === undefined) this.ended(within);
    if (next === bracket) {
      this.at++;
      this.add(bracket, bracket);
      return true;
    }
    if (isFirst) return false;
    if (next !== ",") this.unexpected(`was expecting comma to separate ${within.name} entries`);
    this.at++;
    this.space();
    return false;
  }

  private string(what: string): string {
    const written = this.match(/"(?:[^"\\]|\\.)*"/sy);
    if (written === undefined)
      throw new JsonTextError(`Unexpected end-of-input: was expecting closing quote for ${what}`, this.text.length);
    try {
      return JSON.parse(written) as string;
    } catch {
      throw new JsonTextError(`Unrecognized or illegal character in ${what}`, this.at);
    }
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private unexpected(reason: string): never {
    const sign = String.fromCodePoint(this.text.codePointAt(this.at)!);
    throw new JsonTextError(`Unexpected character ('${sign}' (code ${sign.codePointAt(0)})): ${reason}`, this.at);
  }

  private ended(within: { readonly name: string; readonly start: number } | undefined): never {
    if (!within) throw new JsonTextError("No content to map due to end-of-input", this.at);
    const marker = `start marker at [Source: ${REDACTED}; ${placeIn(this.text, within.start)}]`;
    throw new JsonTextError(`Unexpected end-of-input: expected close marker for ${within.name} (${marker})`, this.at);
  }
}

/** What AWS shows in place of the text that it could not read. */
const REDACTED = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";

/** The tokens of an attribute's JSON text. @throws the error that `refuse` makes of AWS's words for a text that is none. */
export function readJsonAttribute(name: string, text: string, refuse: (reason: string) => Error): readonly JsonToken[] {
  try {
    return tokensOf(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    const place = ` at [Source: ${REDACTED}; ${placeIn(text, error.at)}]`;
    throw refuse(`${name}: failed to parse JSON. ${error.reason}\n${place}`);
  }
}
