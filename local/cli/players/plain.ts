import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** An attribute as JSON: numbers that JSON cannot hold exactly stay text, bytes become base64. */
export function plain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return String(Number(value.N)) === value.N ? Number(value.N) : value.N;
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map(plain);
  if (value.M !== undefined) return plainItem(value.M);
  if (value.SS !== undefined) return value.SS;
  if (value.NS !== undefined) return value.NS.map((text) => plain({ N: text }));
  if (value.B !== undefined) return Buffer.from(value.B).toString("base64");
  return (value.BS ?? []).map((bytes) => Buffer.from(bytes).toString("base64"));
}

/** An item as JSON. */
export function plainItem(item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}
