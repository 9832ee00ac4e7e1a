import { JsonText, JsonTextError, type JsonToken } from "../json-text";

/** Why a pattern is not valid, in AWS's words; services wrap it into their own error. */
export class PatternError extends Error {}

/** Reads a pattern token by token, and refuses it with the place where the reader stands. */
export class PatternReader {
  private readonly json: JsonText;
  private readonly tokens: Iterator<JsonToken, undefined>;
  private ahead: JsonToken | undefined;
  /** Where the reader stands for messages. */
  private seen = 0;

  /** @param located whether refusals name the place; false where the text is not the caller's own. */
  constructor(
    source: string,
    private readonly located = true,
  ) {
    this.json = new JsonText(source, true);
    this.tokens = this.json.tokens();
  }

  /** The next token; there is one until the first has been closed. @throws PatternError where the text is no JSON. */
  next(): JsonToken {
    const token = this.peek();
    this.ahead = undefined;
    this.seen = token.at;
    return token;
  }

  /** The same, which stays the next one. @throws PatternError */
  peek(): JsonToken {
    try {
      return (this.ahead ??= this.tokens.next().value!);
    } catch (error) {
      throw error instanceof JsonTextError ? new PatternError(error.message) : error;
    }
  }

  /** The text of a token, read to its end. */
  textOf(token: JsonToken): string {
    if (token.kind === "string") this.seen = token.read;
    return token.text;
  }

  /** A refusal that names the place. */
  refuse(reason: string): PatternError {
    return new PatternError(this.located ? `${reason}\n at ${this.json.place(this.seen)}` : reason);
  }
}
