import { typeOf, type AttributeType } from "../values";
import { checkDistinctPaths, type Bindings } from "./bindings";
import { ExpressionError } from "./reader";
import type { Action, UpdateOperand } from "./update-parser";

const shownTypes: Partial<Record<AttributeType, string>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  NULL: "NULL",
  BOOL: "BOOLEAN",
  L: "LIST",
  M: "MAP",
};

/** Checks an update against its placeholders in AWS's order: names, values, paths, operand types. */
export function checkUpdate(actions: readonly Action[], bindings: Bindings): void {
  const paths = actions.map((action) => bindings.resolve(action.path));
  for (const action of actions) if (action.kind === "SET") resolvePaths(action.operand, bindings);
  for (const action of actions) {
    if (action.kind === "ADD" || action.kind === "DELETE") bindings.value(action.value);
    else if (action.kind === "SET") resolveValues(action.operand, bindings);
  }
  checkDistinctPaths(paths);
  for (const action of actions) if (action.kind === "ADD" || action.kind === "DELETE") checkValue(action, bindings);
  for (const action of actions) if (action.kind === "SET") checkOperand(action.operand, bindings);
}

/** The type that an operand is known to have before the item is read. */
export function knownType(operand: UpdateOperand, bindings: Bindings): AttributeType | undefined {
  switch (operand.kind) {
    case "value":
      return typeOf(bindings.value(operand.name));
    case "sum":
      return "N";
    case "call":
      return operand.name === "list_append" ? "L" : knownType(operand.operands[1]!, bindings);
    case "path":
      return undefined;
  }
}

function resolvePaths(operand: UpdateOperand, bindings: Bindings): void {
  if (operand.kind === "path") bindings.resolve(operand.path);
  else for (const part of partsOf(operand)) resolvePaths(part, bindings);
}

function resolveValues(operand: UpdateOperand, bindings: Bindings): void {
  if (operand.kind === "value") bindings.value(operand.name);
  else for (const part of partsOf(operand)) resolveValues(part, bindings);
}

function partsOf(operand: UpdateOperand): readonly UpdateOperand[] {
  if (operand.kind === "call") return operand.operands;
  return operand.kind === "sum" ? [operand.left, operand.right] : [];
}

function checkValue(action: { readonly kind: "ADD" | "DELETE"; readonly value: string }, bindings: Bindings): void {
  const type = typeOf(bindings.value(action.value));
  if (!shownTypes[type] || (action.kind === "ADD" && type === "N")) return;
  throw new ExpressionError(
    `Incorrect operand type for operator or function; operator: ${action.kind}, operand type: ${shownTypes[type]}`,
  );
}

function checkOperand(operand: UpdateOperand, bindings: Bindings): void {
  for (const part of partsOf(operand)) checkOperand(part, bindings);
  if (operand.kind === "sum") {
    for (const side of [operand.left, operand.right]) requireType(operand.operator, side, "N", bindings);
  }
  if (operand.kind !== "call") return;
  const { name, operands } = operand;
  if (operands.length !== 2) {
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  if (name === "list_append") for (const side of operands) requireType(name, side, "L", bindings);
  else if (operands[0]!.kind !== "path") {
    throw new ExpressionError(`Operator or function requires a document path; operator or function: ${name}`);
  }
}

function requireType(operator: string, operand: UpdateOperand, wanted: AttributeType, bindings: Bindings): void {
  const type = operand.kind === "value" ? typeOf(bindings.value(operand.name)) : undefined;
  if (!type || type === wanted) return;
  throw new ExpressionError(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
  );
}
