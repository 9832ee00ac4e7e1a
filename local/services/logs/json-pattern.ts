import { AwsError } from "../../aws-error";

type Test = (json: unknown) => boolean;

const tokenForm = /\s*(&&|\|\||!=|<=|>=|[(){}=<>]|"(?:[^"\\]|\\.)*"|[^\s(){}=<>!&|"]+)/y;

/** Reads a field by a selector such as `$.a.b[0]`; undefined if it is not there. */
export function select(json: unknown, selector: string): unknown {
  let value = json;
  for (const [, name, index] of selector.slice(1).matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[name ?? index!];
  }
  return value;
}

/** Compiles `{ $.level = "ERROR" && ($.ms > 100 || $.kind = mail*) }`, with IS NULL, IS TRUE, IS FALSE, EXISTS and NOT EXISTS. */
export function parseJsonPattern(pattern: string): Test {
  const tokens: string[] = [];
  tokenForm.lastIndex = 0;
  const text = pattern.trim();
  while (tokenForm.lastIndex < text.length) {
    const found = tokenForm.exec(text);
    if (!found) throw invalid();
    tokens.push(found[1]!);
  }
  let at = 0;
  const next = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw invalid();
    return token;
  };
  const expect = (token: string): void => {
    if (next() !== token) throw invalid();
  };
  const any = (): Test => {
    const tests = [all()];
    while (tokens[at] === "||") {
      at++;
      tests.push(all());
    }
    return (json) => tests.some((test) => test(json));
  };
  const all = (): Test => {
    const tests = [one()];
    while (tokens[at] === "&&") {
      at++;
      tests.push(one());
    }
    return (json) => tests.every((test) => test(json));
  };
  const one = (): Test => {
    const token = next();
    if (token === "(") {
      const inner = any();
      expect(")");
      return inner;
    }
    if (!token.startsWith("$")) throw invalid();
    return comparison(token, next(), next);
  };
  expect("{");
  const test = any();
  expect("}");
  if (at !== tokens.length) throw invalid();
  return test;
}

function comparison(selector: string, operator: string, next: () => string): Test {
  if (operator === "IS") {
    const wanted = { NULL: null, TRUE: true, FALSE: false }[next()];
    if (wanted === undefined) throw invalid();
    return (json) => select(json, selector) === wanted;
  }
  if (operator === "EXISTS") return (json) => select(json, selector) !== undefined;
  if (operator === "NOT") {
    if (next() !== "EXISTS") throw invalid();
    return (json) => select(json, selector) === undefined;
  }
  const raw = next();
  const quoted = raw.startsWith('"');
  const number = quoted ? NaN : Number(raw);
  const compare = {
    "<": (a: number) => a < number,
    "<=": (a: number) => a <= number,
    ">": (a: number) => a > number,
    ">=": (a: number) => a >= number,
  }[operator];
  if (compare) {
    if (Number.isNaN(number)) throw invalid();
    return (json) => {
      const value = select(json, selector);
      return typeof value === "number" && compare(value);
    };
  }
  if (operator !== "=" && operator !== "!=") throw invalid();
  const wanted = (quoted ? raw.slice(1, -1).replace(/\\(.)/g, "$1") : raw)
    .split("*")
    .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"));
  const expression = new RegExp(`^${wanted.join("[^]*")}$`);
  const equal = (value: unknown): boolean =>
    typeof value === "number" && !Number.isNaN(number)
      ? value === number
      : (typeof value === "string" || typeof value === "number") && expression.test(String(value));
  return (json) => {
    const value = select(json, selector);
    return value !== undefined && equal(value) === (operator === "=");
  };
}

function invalid(): AwsError {
  return new AwsError("InvalidParameterException", "Invalid filter pattern", 400);
}
