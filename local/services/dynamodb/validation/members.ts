/** What the API says of a member of a request: its type, which makes SerializationExceptions, and its constraints. */
export interface Member {
  readonly type: "String" | "Boolean" | "Integer" | "Long" | "Double" | "List" | "Map" | "Struct" | "Value";
  /** Java class of a structure, as serialization errors name it. */
  readonly java?: string;
  /** Type of a list's elements or a map's values. */
  readonly of?: Member;
  /** Members of a structure, in the order in which AWS reports their errors. */
  readonly members?: Members;
  readonly notNull?: boolean;
  /** Length of a text, list or map. */
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: readonly string[];
  /** Constraints of a map's keys, and the length of its lists. */
  readonly keys?: { readonly minLength: number; readonly maxLength: number; readonly pattern: string };
  readonly listLength?: { readonly min: number; readonly max: number };
  /**
   * AWS's newer wording of a wrong number or length, which it gives member by member since 2026: the member is named as the
   * request spells it, its value is not shown, and the error stands alone.
   */
  readonly terse?: boolean;
  /** Shown as JSON in errors, not in the form of AWS's own classes. */
  readonly json?: boolean;
  /** Wrong keys and lengths of this map are told only when no other member is wrong. */
  readonly last?: boolean;
}

export type Members = Readonly<Record<string, Member>>;

export const text: Member = { type: "String" };
export const flag: Member = { type: "Boolean" };
export const integer: Member = { type: "Integer" };

export function oneOf(...values: readonly string[]): Member {
  return { type: "String", values };
}

export function required(member: Member): Member {
  return { ...member, notNull: true };
}

export function struct(java: string, members: Members): Member {
  return { type: "Struct", java, members };
}

export function list(of: Member, bounds: { minLength?: number; maxLength?: number } = {}): Member {
  return { type: "List", of, ...bounds };
}

export const value: Member = { type: "Value" };

/** A map of names to attribute values. */
export const valueMap: Member = { type: "Map", java: "AttributeValue", of: value };

export const nameMap: Member = { type: "Map", java: "java.lang.String", of: text };

const namePattern = "[a-zA-Z0-9_.-]+";

/** TableName or IndexName of operations on items. */
export const name: Member = { type: "String", minLength: 3, maxLength: 255, pattern: namePattern };

/** TableName of operations on items; AWS takes any length from 1 since an ARN may stand there, too. */
export const tableName = required({ ...name, minLength: 1 });

export const tableNames = { minLength: 3, maxLength: 255, pattern: namePattern };

export const returnConsumedCapacity = oneOf("INDEXES", "TOTAL", "NONE");
export const returnItemCollectionMetrics = oneOf("SIZE", "NONE");
export const returnValues = oneOf("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW");
export const returnValuesOnFailure = oneOf("ALL_OLD", "NONE");
export const conditionalOperator = oneOf("OR", "AND");
export const select = oneOf("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES");
export const attributesToGet = list(text, { minLength: 1, maxLength: 255 });

const comparisonOperator = oneOf(
  "IN",
  "NULL",
  "BETWEEN",
  "LT",
  "NOT_CONTAINS",
  "EQ",
  "GT",
  "NOT_NULL",
  "NE",
  "LE",
  "BEGINS_WITH",
  "GE",
  "CONTAINS",
);

/** Conditions of the time before expressions. */
export const expected: Member = {
  type: "Map",
  java: "ExpectedAttributeValue",
  of: struct("ExpectedAttributeValue", {
    AttributeValueList: list(value),
    ComparisonOperator: comparisonOperator,
    Exists: flag,
    Value: value,
  }),
};

export const conditions: Member = {
  type: "Map",
  java: "Condition",
  of: struct("Condition", { AttributeValueList: list(value), ComparisonOperator: required(comparisonOperator) }),
};
