import { sortableNumber } from "../numbers";
import { inByteOrder, type AttributeValue, type Item, type KeyType } from "../values";

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** Partition key and, perhaps, sort key of a table or index. */
export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range?: KeyAttribute;
}

const terminator = "\0\0";

/**
 * Text under which an item is kept: a hash of its partition key (so that a scan shows partitions in no order that a
 * program could come to rely on, as AWS does), the partition key, the sort key. The order of texts is the order of items.
 */
export function storageKey(schema: KeySchema, item: Item): string {
  const base = partitionKey(schema, item);
  return schema.range ? base + rangeText(item[schema.range.name]!) + terminator : base;
}

/** Where a partition starts. */
function partitionKey(schema: KeySchema, item: Item): string {
  const text = sortableText(item[schema.hash.name]!);
  return hashPrefix(text) + escaped(text) + terminator;
}

export function partitionKeyOf(value: AttributeValue): string {
  const text = sortableText(value);
  return hashPrefix(text) + escaped(text) + terminator;
}

/** A sort key's text without its end, for prefixes; `ended` closes it. */
export function rangeText(value: AttributeValue): string {
  return escaped(sortableText(value));
}

export function ended(text: string): string {
  return text + terminator;
}

/** Least text that is greater than every text which starts with `prefix`; undefined if there is none. */
export function after(prefix: string): string | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const code = prefix.charCodeAt(i);
    if (code < 0xffff) return prefix.slice(0, i) + String.fromCharCode(code + 1);
  }
  return undefined;
}

/** Where segment `segment` of `total` starts in a scan. */
export function segmentStart(segment: number, total: number): string {
  return prefixOf(Math.ceil((segment * 2 ** 32) / total));
}

function sortableText(value: AttributeValue): string {
  if (value.S !== undefined) return inByteOrder(value.S);
  if (value.N !== undefined) return sortableNumber(value.N);
  return Buffer.from(value.B!, "base64").toString("latin1");
}

/** Keeps `\0\0` free as an end that sorts before everything. */
function escaped(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\0\x01") : text;
}

function hashPrefix(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // FNV's high bits are poor for texts that differ in their last character only.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return prefixOf(hash >>> 0);
}

/** Four characters of one byte each keep the whole text in V8's one-byte form. */
function prefixOf(hash: number): string {
  if (hash >= 2 ** 32) return "\xff\xff\xff\xff\xff";
  return String.fromCharCode(hash >>> 24, (hash >>> 16) & 255, (hash >>> 8) & 255, hash & 255);
}
