import { validation } from "../errors";
import { after, ended, partitionKeyOf, rangeText, type KeySchema } from "../engine/keys";
import type { Interval } from "../engine/rows";
import type { Bindings } from "../expressions/bindings";
import type { Comparator, Condition, Operand } from "../expressions/condition-parser";
import type { LegacyCondition, LegacyConditions } from "../expressions/legacy";
import { typeOf, type AttributeValue } from "../values";

const comparators: Readonly<Record<Comparator, string>> = {
  "=": "EQ",
  "<>": "NE",
  "<": "LT",
  "<=": "LE",
  ">": "GT",
  ">=": "GE",
};
const mirrored: Readonly<Record<Comparator, Comparator>> = {
  "=": "=",
  "<>": "<>",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** A key condition expression in the form of KeyConditions; refuses what keys cannot be asked for. */
export function keyConditionsOf(condition: Condition, bindings: Bindings): LegacyConditions {
  const found: Record<string, LegacyCondition> = {};
  collect(condition, bindings, found);
  return found;
}

function collect(condition: Condition, bindings: Bindings, found: Record<string, LegacyCondition>): void {
  switch (condition.kind) {
    case "and":
      collect(condition.left, bindings, found);
      {
        collect(condition.right, bindings, found);
        return;
      }
    case "or":
    case "not":
    case "in":
      throw wrongOperator(condition.kind.toUpperCase());
    case "compare": {
      if (condition.comparator === "<>") throw wrongOperator("<>");
      const { left, right, comparator } = condition;
      if (left.kind !== "path" && right.kind === "path") {
        add(right, mirrored[comparator], [left], bindings, found, comparator);
        return;
      }
      add(left, comparator, [right], bindings, found);
      return;
    }
    case "between":
      if (condition.operand.kind !== "path") throw notFirst("BETWEEN");
      {
        add(condition.operand, "BETWEEN", [condition.low, condition.high], bindings, found);
        return;
      }
    case "call": {
      if (condition.name !== "begins_with") throw wrongOperator(condition.name);
      const [path, prefix] = condition.operands;
      if (path!.kind !== "path") throw notFirst("begins_with");
      add(path!, "BEGINS_WITH", [prefix!], bindings, found, "begins_with");
      return;
    }
  }
}

/** @param written the operator as the text has it, where the key stands on its right. */
function add(
  key: Operand,
  operator: string,
  operands: readonly Operand[],
  bindings: Bindings,
  found: Record<string, LegacyCondition>,
  written = operator,
): void {
  if ([key, ...operands].some((operand) => operand.kind === "call")) {
    throw validation("KeyConditionExpressions cannot contain nested operations");
  }
  if (key.kind !== "path") throw validation("Invalid condition in KeyConditionExpression: No key attribute specified");
  if (operands.some((operand) => operand.kind === "path")) {
    throw validation("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
  }
  const parts = bindings.resolve(key.path);
  if (parts.length > 1) throw validation("KeyConditionExpressions cannot have conditions on nested attributes");
  const name = parts[0] as string;
  if (found[name]) {
    throw validation("Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key");
  }
  const values = operands.flatMap((o) => (o.kind === "value" ? [bindings.value(o.name)] : []));
  checkOperands(written, values);
  found[name] = { ComparisonOperator: comparators[operator as Comparator] ?? operator, AttributeValueList: values };
}

/** What no key could ever be compared with is refused before the table is looked for. */
function checkOperands(operator: string, values: readonly AttributeValue[]): void {
  const allowed = operator === "begins_with" ? ["S", "B"] : ["S", "N", "B"];
  const wrong = operator === "=" ? undefined : values.map(typeOf).find((type) => !allowed.includes(type));
  if (wrong === undefined) return;
  throw validation(
    `Invalid KeyConditionExpression: Incorrect operand type for operator or function; ` +
      `operator or function: ${operator}, operand type: ${wrong}`,
  );
}

const indexable = ["EQ", "LT", "LE", "GT", "GE", "BETWEEN", "BEGINS_WITH"];

/** Checks key conditions against the keys of the table or index that is queried. */
export function checkKeyConditions(conditions: LegacyConditions, keys: KeySchema): void {
  const count = Object.keys(conditions).length;
  if (count > 2) {
    throw validation(
      `The number of query conditions (${count}) exceeds the number of key attributes defined in the schema (${keys.range ? 2 : 1})`,
    );
  }
  for (const attribute of [keys.hash, keys.range]) {
    if (!attribute) continue;
    const isHash = attribute === keys.hash;
    if (isHash && !keys.range && count > 1) throw validation("Query key condition not supported");
    const condition = conditions[attribute.name];
    if (!condition) {
      if (isHash || count > 1) throw validation(`Query condition missed key schema element: ${attribute.name}`);
      continue;
    }
    if (!indexable.includes(condition.ComparisonOperator!)) {
      throw validation("Attempted conditional constraint is not an indexable operation");
    }
    for (const value of condition.AttributeValueList!) {
      if (value[attribute.type] === undefined) {
        throw validation(
          "One or more parameter values were invalid: Condition parameter type does not match schema type",
        );
      }
      if (value[attribute.type] === "" && attribute.type !== "N" && (isHash || condition.ComparisonOperator === "EQ")) {
        throw validation(
          `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${attribute.type === "S" ? "string" : "binary"} value. Key: ${attribute.name}`,
        );
      }
    }
    if (isHash && condition.ComparisonOperator !== "EQ") throw validation("Query key condition not supported");
  }
}

/** Where the rows lie that checked key conditions ask for. */
export function intervalOf(conditions: LegacyConditions, keys: KeySchema): Interval {
  const base = partitionKeyOf(conditions[keys.hash.name]!.AttributeValueList![0]!);
  const condition = keys.range && conditions[keys.range.name];
  if (!condition) return { from: base, to: after(base) };
  const [first, second] = condition.AttributeValueList as readonly AttributeValue[];
  const exact = base + ended(rangeText(first!));
  switch (condition.ComparisonOperator) {
    case "EQ":
      return { from: exact, to: after(exact) };
    case "LT":
      return { from: base, to: exact };
    case "LE":
      return { from: base, to: after(exact) };
    case "GT":
      return { from: after(exact)!, to: after(base) };
    case "GE":
      return { from: exact, to: after(base) };
    case "BETWEEN":
      return { from: exact, to: after(base + ended(rangeText(second!))) };
    default:
      return { from: base + rangeText(first!), to: after(base + rangeText(first!)) };
  }
}

function wrongOperator(operator: string): Error {
  return validation(`Invalid operator used in KeyConditionExpression: ${operator}`);
}

function notFirst(operator: string): Error {
  return validation(
    `Invalid condition in KeyConditionExpression: ${operator} operator must have the key attribute as its first operand`,
  );
}
