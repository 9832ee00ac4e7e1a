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

/** The text of a string attribute, if it is one. */
export function textOf(value: AttributeValue | undefined): string | undefined {
  return value?.S;
}

/** The value of a number attribute, if it is one. */
export function numberOf(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N);
}
