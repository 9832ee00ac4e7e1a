/** Attribute values of a message's item, beside the scalars of `shared/attributes`. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "../shared/attributes";

export function M(value: Item): { M: Item } {
  return { M: value };
}

export function L(value: AttributeValue[]): { L: AttributeValue[] } {
  return { L: value };
}

/** The text of a string attribute; undefined when it is missing or of another type. */
export function text(item: Item | undefined, name: string): string | undefined {
  return item?.[name]?.S;
}

/** The value of a number attribute; undefined when it is missing or of another type. */
export function number(item: Item | undefined, name: string): number | undefined {
  const value = item?.[name]?.N;
  return value === undefined ? undefined : Number(value);
}

/** Leaves out what is undefined. */
export function attributes(values: Record<string, AttributeValue | undefined>): Item {
  const item: Item = {};
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value !== undefined) item[name] = value;
  }
  return item;
}
