import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** A DynamoDB item as the bare client takes and gives it. */
export type Item = Record<string, AttributeValue>;

/** A string attribute. */
export function S(value: string): { S: string } {
  return { S: value };
}

/** A number attribute. */
export function N(value: number): { N: string } {
  return { N: String(value) };
}

/** Whether DynamoDB keeps a number: 0, or a magnitude from 1E-130 to 9.99…E+125. */
export function isStorable(value: number): boolean {
  const magnitude = Math.abs(value);
  return value === 0 || (magnitude >= 1e-130 && magnitude < 1e126);
}

/** A boolean attribute. */
export function BOOL(value: boolean): { BOOL: boolean } {
  return { BOOL: value };
}

/** A string set attribute; DynamoDB refuses empty ones. */
export function SS(values: readonly string[]): { SS: string[] } {
  return { SS: [...values] };
}

/** A map attribute. */
export function M(value: Item): { M: Item } {
  return { M: value };
}

/** A list attribute. */
export function L(value: AttributeValue[]): { L: AttributeValue[] } {
  return { L: value };
}

/** An item of these attributes, without those that are undefined. */
export function itemOf(attributes: Readonly<Record<string, AttributeValue | undefined>>): Item {
  const item: Item = {};
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value !== undefined) item[name] = value;
  }
  return item;
}

/** The text of a string attribute; undefined when it is missing or of another type. */
export function textOf(item: Item | undefined, name: string): string | undefined {
  return item?.[name]?.S;
}

/** The value of a number attribute; undefined when it is missing or of another type. */
export function numberOf(item: Item | undefined, name: string): number | undefined {
  const value = item?.[name]?.N;
  return value === undefined ? undefined : Number(value);
}
