import { validation } from "../errors";
import { readValue } from "../validation/attribute-values";
import {
  compareValues,
  equalValues,
  member,
  typeOf,
  type AttributeType,
  type AttributeValue,
  type Item,
} from "../values";
import { beginsWith, compares, containsValue } from "./condition-evaluator";

/** Conditions of the API as it was before expressions. */
export interface LegacyCondition {
  readonly ComparisonOperator?: string;
  readonly AttributeValueList?: readonly AttributeValue[];
  readonly Value?: AttributeValue;
  readonly Exists?: boolean;
}

export type LegacyConditions = Readonly<Record<string, LegacyCondition>>;

const one = [1, 1] as const;
const argumentCounts: Readonly<Record<string, readonly [number, number]>> = {
  NULL: [0, 0],
  NOT_NULL: [0, 0],
  EQ: one,
  NE: one,
  LE: one,
  LT: one,
  GE: one,
  GT: one,
  CONTAINS: one,
  NOT_CONTAINS: one,
  BEGINS_WITH: one,
  IN: [1, Infinity],
  BETWEEN: [2, 2],
};

const scalars: readonly AttributeType[] = ["S", "N", "B"];
const argumentTypes: Readonly<Record<string, readonly AttributeType[]>> = {
  LE: scalars,
  LT: scalars,
  GE: scalars,
  GT: scalars,
  CONTAINS: scalars,
  NOT_CONTAINS: scalars,
  BEGINS_WITH: ["S", "B"],
  IN: scalars,
  BETWEEN: scalars,
};

/** Checks KeyConditions, QueryFilter or ScanFilter, and reads their values. */
export function readConditions(raw: LegacyConditions): LegacyConditions {
  const read: Record<string, LegacyCondition> = {};
  for (const [name, condition] of Object.entries(raw)) {
    const operator = condition.ComparisonOperator!;
    const values = (condition.AttributeValueList ?? []).map((value) => readValue(value));
    checkArguments(operator, values);
    for (const value of values) {
      if (argumentTypes[operator]?.includes(typeOf(value)) ?? true) continue;
      throw invalid(`ComparisonOperator ${operator} is not valid for ${typeOf(value)} AttributeValue type`);
    }
    checkRange(operator, values);
    read[name] = { ComparisonOperator: operator, AttributeValueList: values };
  }
  return read;
}

/** Checks Expected, and reads its values. */
export function readExpected(raw: LegacyConditions): LegacyConditions {
  const read: Record<string, LegacyCondition> = {};
  for (const [name, condition] of Object.entries(raw)) read[name] = readExpectation(name, condition);
  return read;
}

function readExpectation(name: string, condition: LegacyCondition): LegacyCondition {
  const { ComparisonOperator: operator, AttributeValueList: list, Value: value, Exists: exists } = condition;
  if (list && value) throw invalid(`Value and AttributeValueList cannot be used together for Attribute: ${name}`);
  if (operator == null) {
    if (list) throw invalid(`AttributeValueList can only be used with a ComparisonOperator for Attribute: ${name}`);
    if (exists === false) {
      if (value) throw invalid(`Value cannot be used when Exists is false for Attribute: ${name}`);
      return { ComparisonOperator: "NULL" };
    }
    if (!value) throw invalid(`Value must be provided when Exists is ${exists ?? "null"} for Attribute: ${name}`);
    return { ComparisonOperator: "EQ", AttributeValueList: [readValue(value)] };
  }
  if (exists != null) throw invalid(`Exists and ComparisonOperator cannot be used together for Attribute: ${name}`);
  if (operator !== "NULL" && operator !== "NOT_NULL" && !list && !value) {
    throw invalid(
      `Value or AttributeValueList must be used with ComparisonOperator: ${operator} for Attribute: ${name}`,
    );
  }
  const values = (list ?? (value ? [value] : [])).map((each) => readValue(each));
  checkArguments(operator, values);
  checkRange(operator, values);
  return { ComparisonOperator: operator, AttributeValueList: values };
}

/** @param operator ConditionalOperator; AND by default. */
export function meetsLegacy(conditions: LegacyConditions, item: Item, operator: string | undefined): boolean {
  const results = Object.entries(conditions);
  const meets = ([name, condition]: [string, LegacyCondition]): boolean => holds(condition, member(item, name));
  return operator === "OR" ? results.some(meets) : results.every(meets);
}

function holds(condition: LegacyCondition, value: AttributeValue | undefined): boolean {
  const [first, second] = condition.AttributeValueList ?? [];
  switch (condition.ComparisonOperator) {
    case "NULL":
      return value === undefined;
    case "NOT_NULL":
      return value !== undefined;
    case "EQ":
      return compares("=", value, first);
    case "NE":
      return compares("<>", value, first);
    case "LT":
      return compares("<", value, first);
    case "LE":
      return compares("<=", value, first);
    case "GT":
      return compares(">", value, first);
    case "GE":
      return compares(">=", value, first);
    case "BETWEEN":
      return compares(">=", value, first) && compares("<=", value, second);
    case "CONTAINS":
      return containsValue(value, first);
    case "NOT_CONTAINS":
      return !containsValue(value, first);
    case "BEGINS_WITH":
      return beginsWith(value, first);
    default:
      return value !== undefined && condition.AttributeValueList!.some((option) => equalValues(value, option));
  }
}

function checkArguments(operator: string, values: readonly AttributeValue[]): void {
  const [least, most] = argumentCounts[operator]!;
  if (values.length < least || values.length > most) {
    throw invalid(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  if (values.some((value) => typeOf(value) !== typeOf(values[0]!))) {
    throw invalid("AttributeValues inside AttributeValueList must be of same type");
  }
}

function checkRange(operator: string, [low, high]: readonly AttributeValue[]): void {
  if (operator === "BETWEEN" && (compareValues(low!, high!) ?? 0) > 0) {
    throw validation(
      "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    );
  }
}

function invalid(message: string): Error {
  return validation(`One or more parameter values were invalid: ${message}`);
}
