import { attributeTypes, compareValues, typeOf, type AttributeType, type AttributeValue } from "../values";
import { limits } from "../limits";
import { pathText, type Bindings } from "./bindings";
import type { Call, Condition, Operand } from "./condition-parser";
import { ExpressionError } from "./reader";

const arity: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};

/** Checks a condition against its placeholders, condition by condition as AWS does; marks those as used. */
export function checkCondition(condition: Condition, bindings: Bindings): void {
  switch (condition.kind) {
    case "and":
    case "or":
      checkCondition(condition.left, bindings);
      checkCondition(condition.right, bindings);
      return;
    case "not":
      checkCondition(condition.condition, bindings);
      return;
    case "compare": {
      const { comparator, left, right } = condition;
      resolveAll([left, right], bindings);
      checkCalls([left, right], bindings);
      checkDistinct(comparator, [left, right], bindings);
      return;
    }
    case "between":
      resolveAll([condition.operand, condition.low, condition.high], bindings);
      checkCalls([condition.operand, condition.low, condition.high], bindings);
      checkBounds(literal(condition.low, bindings), literal(condition.high, bindings));
      return;
    case "in":
      resolveAll([condition.operand, ...condition.options], bindings);
      checkCalls([condition.operand, ...condition.options], bindings);
      if (condition.options.length > limits.inOperands) {
        throw new ExpressionError(
          `Incorrect number of operands for operator or function; operator or function: IN, number of operands: ${condition.options.length + 1}`,
        );
      }
      return;
    case "call":
      resolveAll([condition], bindings);
      checkCalls([condition], bindings);
  }
}

/** Finds every placeholder, before anything else is checked. */
function resolveAll(operands: readonly Operand[], bindings: Bindings): void {
  for (const operand of operands) {
    if (operand.kind === "path") bindings.resolve(operand.path);
    else if (operand.kind === "value") bindings.value(operand.name);
    else resolveAll(operand.operands, bindings);
  }
}

function checkCalls(operands: readonly Operand[], bindings: Bindings): void {
  for (const operand of operands) {
    if (operand.kind !== "call") continue;
    checkCalls(operand.operands, bindings);
    checkCall(operand, bindings);
  }
}

function checkCall({ name, operands }: Call, bindings: Bindings): void {
  if (operands.length !== arity[name]) {
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  checkDistinct(name, operands, bindings);
  const first = operands[0]!;
  switch (name) {
    case "attribute_exists":
    case "attribute_not_exists":
      if (first.kind !== "path") {
        throw new ExpressionError(`Operator or function requires a document path; operator or function: ${name}`);
      }
      return;
    case "begins_with":
      for (const operand of operands) {
        const type = literalType(operand, bindings);
        if (type && type !== "S" && type !== "B") throw wrongType(name, type);
      }
      return;
    case "attribute_type": {
      const wanted = literal(operands[1]!, bindings);
      if (wanted?.S === undefined) throw wrongType(name, wanted ? typeOf(wanted) : "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
      if (!attributeTypes.includes(wanted.S as AttributeType)) {
        throw new ExpressionError(
          `Invalid attribute type name found; type: ${wanted.S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
        );
      }
      return;
    }
    case "size": {
      const type = literalType(first, bindings);
      if (type === "N" || type === "BOOL" || type === "NULL") throw wrongType(name, type);
    }
  }
}

function checkDistinct(operator: string, operands: readonly Operand[], bindings: Bindings): void {
  const [a, b] = operands;
  if (a?.kind !== "path" || b?.kind !== "path") return;
  const first = pathText(bindings.resolve(a.path));
  if (first !== pathText(bindings.resolve(b.path))) return;
  throw new ExpressionError(
    `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${first}`,
  );
}

function checkBounds(low: AttributeValue | undefined, high: AttributeValue | undefined): void {
  if (!low || !high) return;
  const shown = (value: AttributeValue): string =>
    `AttributeValue: {${typeOf(value)}:${value[typeOf(value)] as string}}`;
  const bounds = `lower bound operand: ${shown(low)}, upper bound operand: ${shown(high)}`;
  if (typeOf(low) !== typeOf(high)) {
    throw new ExpressionError(`The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`);
  }
  if ((compareValues(low, high) ?? 0) > 0) {
    throw new ExpressionError(
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
    );
  }
}

function literal(operand: Operand, bindings: Bindings): AttributeValue | undefined {
  return operand.kind === "value" ? bindings.value(operand.name) : undefined;
}

function literalType(operand: Operand, bindings: Bindings): AttributeType | undefined {
  if (operand.kind === "call") return operand.name === "size" ? "N" : "BOOL";
  const value = literal(operand, bindings);
  return value && typeOf(value);
}

function wrongType(name: string, type: string): ExpressionError {
  return new ExpressionError(
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
  );
}
