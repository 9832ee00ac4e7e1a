/** Values at the timestamps of a query, oldest first; undefined where there is no datapoint. */
export type Points = readonly (number | undefined)[];

/** Compiled metric math: from the named series to the points of the result. */
export type Expression = (series: Readonly<Record<string, Points>>, length: number) => Points;

type Value = Points | readonly Points[];

/** Why an expression was refused. */
export class ExpressionError extends Error {}

/**
 * Compiles CloudWatch metric math: + - * / ^, comparisons, AND, OR, IF, FILL, ABS, SUM, AVG, MIN, MAX, METRICS.
 * SEARCH, ANOMALY_DETECTION_BAND and the rest are refused by name.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function compileExpression(text: string): Expression {
  const tokens = [
    ...text.matchAll(
      /\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_][A-Za-z0-9_]*|<=|>=|==|!=|&&|\|\||"[^"]*"|[-+*/^()[\],<>])|\s*(\S)/g,
    ),
  ].map((found) => {
    if (found[2] !== undefined) throw new ExpressionError(`unexpected ${found[2]}`);
    return found[1]!;
  });
  let at = 0;
  const next = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw new ExpressionError("unexpected end of expression");
    return token;
  };
  const expect = (token: string): void => {
    const got = next();
    if (got !== token) throw new ExpressionError(`expected ${token}, got ${got}`);
  };
  type Node = (series: Readonly<Record<string, Points>>, length: number) => Value;

  const levels: readonly (readonly string[])[] = [
    ["OR", "||"],
    ["AND", "&&"],
    ["<", ">", "<=", ">=", "==", "!="],
    ["+", "-"],
    ["*", "/"],
    ["^"],
  ];
  const binary = (level: number): Node => {
    const operators = levels[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    while (operators.includes(tokens[at] ?? "")) {
      const operator = next();
      const [a, b] = [left, binary(level + 1)];
      left = (series, length) => zip(one(a(series, length)), one(b(series, length)), (x, y) => apply(operator, x, y));
    }
    return left;
  };
  const unary = (): Node => {
    if (tokens[at] !== "-") return primary();
    at++;
    const inner = unary();
    return (series, length) => one(inner(series, length)).map((value) => (value === undefined ? undefined : -value));
  };
  const primary = (): Node => {
    const token = next();
    if (token === "(") {
      const inner = binary(0);
      expect(")");
      return inner;
    }
    if (token === "[") {
      const items = list("]");
      return (series, length) => items.map((item) => one(item(series, length)));
    }
    if (/^\d/.test(token)) return (_series, length) => new Array<number>(length).fill(Number(token));
    if (tokens[at] === "(") {
      at++;
      return call(token, token === "METRICS" && tokens[at]?.startsWith('"') ? [literal(next(), expect)] : list(")"));
    }
    if (!/^[a-z]\w*$/.test(token)) throw new ExpressionError(`unexpected ${token}`);
    return (series) => {
      const points = series[token];
      if (!points) throw new ExpressionError(`${token} is not defined`);
      return points;
    };
  };
  const list = (end: string): Node[] => {
    const items: Node[] = [];
    if (tokens[at] === end) at++;
    else {
      do items.push(binary(0));
      while (tokens[at] === "," && at++ >= 0);
      expect(end);
    }
    return items;
  };
  const result = binary(0);
  if (at !== tokens.length) throw new ExpressionError(`unexpected ${tokens[at]}`);
  return (series, length) => one(result(series, length));
}

function literal(_text: string, expect: (token: string) => void): never {
  expect(")");
  throw new ExpressionError("METRICS with a filter is not played by the local cloud");
}

type Node = (series: Readonly<Record<string, Points>>, length: number) => Value;

function call(name: string, args: readonly Node[]): Node {
  const argument = (i: number): Node => {
    const node = args[i];
    if (!node) throw new ExpressionError(`${name} takes more arguments`);
    return node;
  };
  switch (name) {
    case "METRICS":
      return (series) => Object.values(series);
    case "IF": {
      const [condition, yes, no] = [argument(0), argument(1), args[2]];
      return (series, length) => {
        const [c, y] = [one(condition(series, length)), one(yes(series, length))];
        const n = no ? one(no(series, length)) : undefined;
        return c.map((value, i) => (value === undefined ? undefined : value !== 0 ? y[i] : n?.[i]));
      };
    }
    case "FILL": {
      const [points, filler] = [argument(0), argument(1)];
      return (series, length) => zip(one(points(series, length)), one(filler(series, length)), (x, y) => x ?? y);
    }
    case "ABS":
      return (series, length) =>
        one(argument(0)(series, length)).map((value) => (value === undefined ? undefined : Math.abs(value)));
    case "SUM":
    case "AVG":
    case "MIN":
    case "MAX": {
      const points = argument(0);
      return (series, length) => aggregate(name, points(series, length), length);
    }
    default:
      throw new ExpressionError(`${name} is not played by the local cloud`);
  }
}

/** Over an array of series: point by point. Over one series: one number, at every point. */
function aggregate(name: string, value: Value, length: number): Points {
  if (isMany(value))
    return Array.from({ length }, (_, i) =>
      reduce(
        name,
        value.map((points) => points[i]),
      ),
    );
  return new Array<number | undefined>(length).fill(reduce(name, value));
}

function reduce(name: string, values: Points): number | undefined {
  const present = values.filter((value) => value !== undefined);
  if (present.length === 0) return undefined;
  if (name === "MIN") return Math.min(...present);
  if (name === "MAX") return Math.max(...present);
  const sum = present.reduce((total, value) => total + value, 0);
  return name === "SUM" ? sum : sum / present.length;
}

function apply(operator: string, x: number | undefined, y: number | undefined): number | undefined {
  if (x === undefined || y === undefined) return undefined;
  switch (operator) {
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      // Division by zero gives no datapoint.
      return y === 0 ? undefined : x / y;
    case "^":
      return x ** y;
    case "<":
      return Number(x < y);
    case ">":
      return Number(x > y);
    case "<=":
      return Number(x <= y);
    case ">=":
      return Number(x >= y);
    case "==":
      return Number(x === y);
    case "!=":
      return Number(x !== y);
    case "AND":
    case "&&":
      return Number(x !== 0 && y !== 0);
    default:
      return Number(x !== 0 || y !== 0);
  }
}

function isMany(value: Value): value is readonly Points[] {
  return Array.isArray(value[0]);
}

function one(value: Value): Points {
  if (isMany(value)) throw new ExpressionError("expected one time series, got several");
  return value;
}

function zip(
  a: Points,
  b: Points,
  combine: (x: number | undefined, y: number | undefined) => number | undefined,
): Points {
  return a.map((value, i) => combine(value, b[i]));
}
