import { compareNumbers } from "./numbers";

/** A value as it travels on the wire: exactly one member is set; binaries are in base64, numbers in canonical text. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
  readonly L?: readonly AttributeValue[];
  readonly M?: Item;
}

/** An item. Items that are stored are never changed: an update makes a new one that shares what stayed. */
export type Item = Readonly<Record<string, AttributeValue>>;

export type AttributeType = "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" | "L" | "M";
export type KeyType = "S" | "N" | "B";

export const attributeTypes: readonly AttributeType[] = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];

/** Type of a checked value. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType;
  return "NULL";
}

/** A member by name; names such as `constructor` do not reach the prototype. */
export function member(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

/** Text whose UTF-16 order is the order of its UTF-8 bytes, which is DynamoDB's. */
export function inByteOrder(text: string): string {
  if (!/[\ud800-\uffff]/.test(text)) return text;
  let moved = "";
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    moved += String.fromCharCode(code >= 0xe000 ? code - 0x800 : code >= 0xd800 ? code + 0x2000 : code);
  }
  return moved;
}

/** Order of two values of one scalar type; undefined when the types differ or have no order. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return compareText(inByteOrder(a.S), inByteOrder(b.S));
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.B !== undefined && b.B !== undefined) {
    return Buffer.compare(Buffer.from(a.B, "base64"), Buffer.from(b.B, "base64"));
  }
  return undefined;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1;
}

export function equalValues(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case "SS":
    case "NS":
    case "BS":
      return equalSets(a[type]!, b[type]!);
    case "L":
      return a.L!.length === b.L!.length && a.L!.every((element, i) => equalValues(element, b.L![i]));
    case "M":
      return equalItems(a.M!, b.M!);
    default:
      return a[type] === b[type];
  }
}

export function equalItems(a: Item, b: Item): boolean {
  if (a === b) return true;
  let names = 0;
  for (const name in a) {
    names++;
    if (!equalValues(a[name], member(b, name))) return false;
  }
  for (const _ in b) names--;
  return names === 0;
}

function equalSets(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  if (a.length <= 8) return a.every((element) => b.includes(element));
  const elements = new Set(b);
  return a.every((element) => elements.has(element));
}
