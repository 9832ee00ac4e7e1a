import { isReserved } from "./reserved-words";
import { tokensOf, type Token } from "./lexer";
import { limits } from "../limits";
import { textBytes } from "../sizes";

/** What is wrong with an expression, in AWS's words without the expression's name. */
export class ExpressionError extends Error {}

/** A document path: names (placeholders still with `#`) and list positions. */
export interface Path {
  readonly parts: readonly (string | number)[];
  /** Whether a part is a placeholder. */
  readonly placeholders: boolean;
}

/** A document path or a placeholder of a value. */
export type Place = { readonly kind: "path"; readonly path: Path } | { readonly kind: "value"; readonly name: string };

/** A function with its operands. */
export interface CallOf<O> {
  readonly kind: "call";
  readonly name: string;
  readonly operands: readonly O[];
}

/** Problems that the text alone shows; AWS reports the first kind of this order that occurs. */
export interface TextProblems {
  parens?: string;
  unknownFunction?: string;
  misusedFunction?: string;
  reserved?: string;
  section?: string;
}

/** Reads words of an expression one after the other; parsers are written on it. */
export class Reader {
  readonly problems: TextProblems = {};
  private readonly tokens: readonly Token[];
  private position = 0;
  private operators = 0;

  constructor(private readonly text: string) {
    if (text === "") throw new ExpressionError("The expression can not be empty;");
    const bytes = textBytes(text);
    if (bytes > limits.expressionBytes) {
      throw new ExpressionError(`Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
    }
    this.tokens = tokensOf(text);
  }

  get next(): Token {
    return this.tokens[this.position]!;
  }

  get following(): Token {
    return this.tokens[Math.min(this.position + 1, this.tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.next;
    if (token.kind === "end" || token.kind === "bad") throw this.unexpected();
    this.position++;
    return token;
  }

  /** Takes the symbol if it comes next. */
  takes(symbol: string): boolean {
    if (this.next.kind !== "symbol" || this.next.text !== symbol) return false;
    this.position++;
    return true;
  }

  expect(symbol: string): void {
    if (!this.takes(symbol)) throw this.unexpected();
  }

  isWord(word: string): boolean {
    return this.next.kind === "name" && this.next.text.toUpperCase() === word;
  }

  takesWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.position++;
    return true;
  }

  expectWord(word: string): void {
    if (!this.takesWord(word)) throw this.unexpected();
  }

  expectEnd(): void {
    if (this.next.kind !== "end") throw this.unexpected();
  }

  /** AWS shows the word and the text from the word before to the word after. */
  unexpected(): ExpressionError {
    const before = this.tokens[this.position - 1] ?? this.next;
    const near = this.text.slice(before.start, this.following.end);
    return new ExpressionError(`Syntax error; token: "${this.next.text}", near: "${near}"`);
  }

  /** Counts an operator or function. */
  count(): void {
    if (++this.operators > limits.expressionOperators) {
      throw new ExpressionError(
        `The expression contains too many operators; operator count: ${this.operators}, operator limit: ${limits.expressionOperators}`,
      );
    }
  }

  path(): Path {
    const parts: (string | number)[] = [this.pathName()];
    let placeholders = (parts[0] as string).startsWith("#");
    for (;;) {
      if (this.takes(".")) {
        const name = this.pathName();
        placeholders ||= name.startsWith("#");
        parts.push(name);
      } else if (this.takes("[")) {
        if (this.next.kind !== "number") throw this.unexpected();
        parts.push(Number(this.take().text));
        this.expect("]");
      } else {
        return { parts, placeholders };
      }
    }
  }

  /**
   * What stands between the operators of every expression: a value, a function, or a path.
   * @param functions that this kind of expression has.
   * @param operand reads one operand of a function.
   */
  protected plainOperand<O>(functions: ReadonlySet<string>, operand: () => O): Place | CallOf<O> {
    if (this.next.kind === "valueRef") return { kind: "value", name: this.take().text };
    if (this.next.kind !== "name" || this.following.text !== "(") return { kind: "path", path: this.path() };
    const name = this.take().text;
    this.count();
    this.expect("(");
    const operands = [operand()];
    while (this.takes(",")) operands.push(operand());
    this.expect(")");
    if (!functions.has(name)) this.problems.unknownFunction ??= `Invalid function name; function: ${name}`;
    return { kind: "call", name, operands };
  }

  private pathName(): string {
    const token = this.next;
    if (token.kind !== "name" && token.kind !== "nameRef") throw this.unexpected();
    this.position++;
    if (token.kind === "name" && isReserved(token.text)) {
      this.problems.reserved ??= `Attribute name is a reserved keyword; reserved keyword: ${token.text}`;
    }
    return token.text;
  }
}
