import { validation } from "../errors";
import { checkName, readValue } from "../validation/attribute-values";
import type { AttributeValue } from "../values";
import { Bindings, checkDistinctPaths } from "./bindings";
import { checkCondition } from "./condition-check";
import { parseCondition, type Condition, type Operand } from "./condition-parser";
import { parseProjection } from "./projection";
import { ExpressionError, type Path } from "./reader";
import { checkUpdate } from "./update-check";
import { parseUpdate, type Action } from "./update-parser";

export interface ExpressionInput {
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>>;
}

/** The expressions of a request, parsed and checked. */
export interface Expressions {
  readonly bindings: Bindings;
  readonly update?: readonly Action[];
  readonly condition?: Condition;
  readonly keyCondition?: Condition;
  readonly filter?: Condition;
  readonly projection?: readonly (readonly (string | number)[])[];
}

/** Parsed texts; a program has few different ones. The oldest goes first when there are too many. */
class Cache<T> {
  private readonly parsed = new Map<string, T>();

  constructor(private readonly parse: (text: string) => T) {}

  get(text: string): T {
    const known = this.parsed.get(text);
    if (known) return known;
    const parsed = this.parse(text);
    if (this.parsed.size >= 2000) this.parsed.delete(this.parsed.keys().next().value!);
    this.parsed.set(text, parsed);
    return parsed;
  }
}

const conditions = new Cache(parseCondition);
const updates = new Cache(parseUpdate);
const projections = new Cache(parseProjection);
const noNames = {};

/** Parses and checks all expressions of a request, in AWS's order. */
export function compile(input: ExpressionInput): Expressions {
  const bindings = bind(input);
  const result: { -readonly [K in keyof Expressions]: Expressions[K] } = { bindings };
  const checkedCondition = (text: string): Condition => {
    const condition = conditions.get(text);
    checkCondition(condition, bindings);
    return condition;
  };
  if (input.UpdateExpression != null) {
    result.update = named("UpdateExpression", () => {
      const update = updates.get(input.UpdateExpression!);
      checkUpdate(update, bindings);
      return update;
    });
  }
  for (const [name, member] of [
    ["ConditionExpression", "condition"],
    ["KeyConditionExpression", "keyCondition"],
    ["FilterExpression", "filter"],
  ] as const) {
    const text = input[name];
    if (text != null) result[member] = named(name, () => checkedCondition(text));
  }
  if (input.ProjectionExpression != null) {
    result.projection = named("ProjectionExpression", () => {
      const paths = projections.get(input.ProjectionExpression!).map((path) => bindings.resolve(path));
      checkDistinctPaths(paths);
      return paths;
    });
  }
  refuseUnused(bindings);
  return result;
}

/** Names of top-level attributes that a condition reads; `nested` leaves out those that it reads as a whole. */
export function headsOf(condition: Condition, bindings: Bindings, nested = false): ReadonlySet<string> {
  const heads = new Set<string>();
  eachPath(condition, (path) => {
    if (!nested || path.parts.length > 1) heads.add(bindings.resolve(path)[0] as string);
  });
  return heads;
}

function eachPath(node: Condition | Operand, visit: (path: Path) => void): void {
  switch (node.kind) {
    case "path": {
      visit(node.path);
      return;
    }
    case "value":
      return;
    case "and":
    case "or":
    case "compare":
      eachPath(node.left, visit);
      {
        eachPath(node.right, visit);
        return;
      }
    case "not": {
      eachPath(node.condition, visit);
      return;
    }
    case "between": {
      [node.operand, node.low, node.high].forEach((operand) => eachPath(operand, visit));
      return;
    }
    case "in": {
      [node.operand, ...node.options].forEach((operand) => eachPath(operand, visit));
      return;
    }
    case "call": {
      node.operands.forEach((operand) => eachPath(operand, visit));
      return;
    }
  }
}

function bind(input: ExpressionInput): Bindings {
  const names = input.ExpressionAttributeNames;
  if (names) {
    if (Object.keys(names).length === 0) throw validation("ExpressionAttributeNames must not be empty");
    for (const key in names) {
      if (!/^#[0-9a-zA-Z_]+$/.test(key)) {
        throw validation(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
      }
      checkName(names[key]!);
    }
  }
  const raw = input.ExpressionAttributeValues;
  if (!raw) return new Bindings(names ?? noNames, noNames);
  if (Object.keys(raw).length === 0) throw validation("ExpressionAttributeValues must not be empty");
  for (const key in raw) {
    if (/^:[0-9a-zA-Z_]+$/.test(key)) continue;
    throw validation(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
  }
  const values: Record<string, AttributeValue> = {};
  for (const key in raw) {
    try {
      values[key] = readValue(raw[key]!);
    } catch (error) {
      throw validation(`ExpressionAttributeValues contains invalid value: ${(error as Error).message} for key ${key}`);
    }
  }
  return new Bindings(names ?? noNames, values);
}

function named<T>(expression: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ExpressionError) throw validation(`Invalid ${expression}: ${error.message}`);
    throw error;
  }
}

function refuseUnused(bindings: Bindings): void {
  const { names, values } = bindings.unused();
  if (names.length > 0) {
    throw validation(`Value provided in ExpressionAttributeNames unused in expressions: keys: {${names.join(", ")}}`);
  }
  if (values.length > 0) {
    throw validation(`Value provided in ExpressionAttributeValues unused in expressions: keys: {${values.join(", ")}}`);
  }
}
