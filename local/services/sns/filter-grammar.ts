import { PatternReader } from "../events/pattern-reader";
import type { JsonToken } from "../json-text";

const TEXT_OPERATORS = ["prefix", "suffix", "equals-ignore-case", "cidr"];

/**
 * Holds a filter policy, which is JSON, against the grammar, token by token: what is wrong first is what is refused.
 * Operators: "Amazon SNS subscription filter policies" in the SNS developer guide (no `wildcard`; of `anything-but` only `prefix`).
 * @throws PatternError with the place in the text
 */
export function checkFilterGrammar(text: string): void {
  new Check(new PatternReader(text)).policy();
}

class Check {
  constructor(private readonly reader: PatternReader) {}

  policy(): void {
    if (this.take().kind !== "{") this.refuse("Filter is not an object");
    // An empty policy filters nothing.
    if (this.reader.peek().kind !== "}") this.members();
  }

  private take(): JsonToken {
    return this.reader.next();
  }

  private refuse(reason: string): never {
    throw this.reader.refuse(reason);
  }

  private members(): void {
    if (this.reader.peek().kind === "}") {
      this.take();
      this.refuse("Empty objects are not allowed");
    }
    for (let name = this.take(); name.kind === "name"; name = this.take()) {
      const { kind } = this.take();
      if (kind === "{") this.members();
      else if (kind !== "[") this.refuse(`"${name.text}" must be an object or an array`);
      else if (name.text === "$or" && this.reader.peek().kind === "{") this.alternatives();
      else this.values();
    }
  }

  private alternatives(): void {
    for (let token = this.take(); token.kind !== "]"; token = this.take()) {
      if (token.kind !== "{") this.refuse(`"$or" must be an array of objects`);
      this.members();
    }
  }

  private values(): void {
    let token = this.take();
    if (token.kind === "]") this.refuse("Empty arrays are not allowed");
    for (; token.kind !== "]"; token = this.take()) {
      if (token.kind === "[") this.refuse("Match value must be String, number, true, false, or null");
      if (token.kind === "{") this.expression();
    }
  }

  private expression(): void {
    const operator = this.take();
    if (operator.kind !== "name") this.refuse("Match expression name not found");
    if (TEXT_OPERATORS.includes(operator.text)) this.pattern(operator.text === "cidr" ? "prefix" : operator.text);
    else if (operator.text === "exists") this.exists();
    else if (operator.text === "numeric") this.numeric();
    else if (operator.text === "anything-but") this.anythingBut();
    else this.refuse(`Unrecognized match type ${operator.text}`);
    if (this.take().kind === "}") return;
    this.refuse(
      ["numeric", "anything-but"].includes(operator.text)
        ? "Too many elements in numeric expression"
        : "Only one key allowed in match expression",
    );
  }

  private pattern(name: string): void {
    if (this.take().kind !== "string") this.refuse(`${name} match pattern must be a string`);
  }

  private exists(): void {
    const { kind } = this.take();
    if (kind !== "true" && kind !== "false") this.refuse("exists match pattern must be either true or false.");
  }

  private anythingBut(): void {
    const { kind } = this.take();
    if (kind === "{") {
      const inner = this.take();
      if (inner.kind !== "name") this.refuse("Anything-But expression name not found");
      if (inner.text !== "prefix") this.refuse(`Unsupported anything-but pattern: ${inner.text}`);
      this.pattern("prefix");
      if (this.take().kind !== "}") this.refuse("Only one key allowed in match expression");
    } else if (kind === "[") this.refusedValues();
    else if (kind !== "string" && kind !== "number")
      this.refuse("Value of anything-but must be an array or single string/number value.");
  }

  private refusedValues(): void {
    const kinds = new Set<JsonToken["kind"]>();
    for (let token = this.take(); token.kind !== "]"; token = this.take()) {
      if (token.kind !== "string" && token.kind !== "number")
        this.refuse("Inside anything but list, start|null|boolean is not supported.");
      kinds.add(token.kind);
    }
    if (kinds.size !== 1)
      this.refuse("Inside anything but list, either all values are number or string, mixed type is not supported");
  }

  /** One comparison, or a lower bound and then an upper one. */
  private numeric(): void {
    if (this.take().kind !== "[") this.refuse("Value of numeric must be an array.");
    const first = this.take();
    if (first.kind !== "string") this.refuse(`Invalid member in numeric match: ${first.text}`);
    const bound = this.take();
    if (!["=", "<", "<=", ">", ">="].includes(first.text))
      this.refuse(`Unrecognized numeric range operator: ${first.text}`);
    const bottom = this.number(bound, first.text);
    const second = this.take();
    if (second.kind === "]") return;
    if (!first.text.startsWith(">")) this.refuse("Too many elements in numeric expression");
    if (second.kind !== "string") this.refuse(`Bad value in numeric range: ${second.text}`);
    const upper = this.reader.textOf(second);
    if (upper !== "<" && upper !== "<=") this.refuse(`Bad numeric range operator: ${upper}`);
    const top = this.number(this.take(), upper);
    if (this.take().kind !== "]") this.refuse("Too many terms in numeric range expression");
    if (bottom >= top) this.refuse("Bottom must be less than top");
  }

  private number({ kind, text }: JsonToken, operator: string): number {
    if (kind !== "number") this.refuse(`Value of ${operator === "=" ? "equals" : operator} must be numeric`);
    const value = Number(text);
    // "Filter policy constraints in Amazon SNS": a thousand million either way.
    if (Math.abs(value) > 1e9) this.refuse("Value must be between -1.0E9 and 1.0E9, inclusive");
    return value;
  }
}
