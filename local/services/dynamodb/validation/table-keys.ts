import { SchemaMismatch, validation } from "../errors";
import { limits } from "../limits";
import { binaryBytes, textBytes } from "../sizes";
import { member, typeOf, type AttributeValue, type Item } from "../values";
import type { KeyAttribute, KeySchema } from "../engine/keys";
import type { Table } from "../engine/table";

const mismatch = "The provided key element does not match the schema";

/** Checks a Key parameter: exactly the key's attributes, of their types. */
export function checkKey(key: Item, schema: KeySchema): void {
  if (Object.keys(key).length !== (schema.range ? 2 : 1)) throw new SchemaMismatch(mismatch);
  checkKeyAttribute(key, schema.hash, true);
  if (schema.range) checkKeyAttribute(key, schema.range, false);
}

/** @param refusal how the sentence about an empty value begins; of a start key it is an older one. */
export function checkKeyAttribute(
  key: Item,
  attribute: KeyAttribute,
  isHash: boolean,
  refusal = "are not valid.",
): void {
  const value = member(key, attribute.name)?.[attribute.type];
  if (value === undefined) throw new SchemaMismatch(mismatch);
  if (value === "" && attribute.type !== "N") throw emptyKey(attribute, refusal);
  checkKeySize(value, attribute, isHash);
}

/** Checks that an item has its keys, of the right types, and that attributes which are index keys fit those too. */
export function checkItem(item: Item, table: Table): void {
  const { hash, range } = table.keys;
  checkItemKey(item, hash, true);
  if (range) checkItemKey(item, range, false);
  for (const { definition } of table.indexes.values()) {
    checkIndexKey(item, definition.keys.hash, definition.name, true);
    if (definition.keys.range) checkIndexKey(item, definition.keys.range, definition.name, false);
  }
}

function checkItemKey(item: Item, attribute: KeyAttribute, isHash: boolean): void {
  const { name, type } = attribute;
  const value = member(item, name);
  if (!value) {
    throw new SchemaMismatch(`One or more parameter values were invalid: Missing the key ${name} in the item`);
  }
  if (value[type] === undefined) {
    throw new SchemaMismatch(
      `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
    );
  }
  if (value[type] === "" && type !== "N") throw emptyKey(attribute, "are not valid.");
  checkKeySize(value[type], attribute, isHash);
}

function checkIndexKey(item: Item, attribute: KeyAttribute, index: string, isHash: boolean): void {
  const { name, type } = attribute;
  const value = member(item, name);
  if (!value) return;
  if (value[type] === undefined) {
    throw new SchemaMismatch(
      `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index}`,
    );
  }
  if (value[type] === "" && type !== "N") {
    throw validation(
      `One or more parameter values are not valid. A value specified for a secondary index key is not supported. ` +
        `The AttributeValue for a key attribute cannot contain an empty ${kindOf(attribute)} value. IndexName: ${index}, IndexKey: ${name}`,
    );
  }
  checkKeySize(value[type], attribute, isHash);
}

/** Refuses document paths that lead into key attributes. */
export function checkKeyPaths(heads: ReadonlySet<string>, table: Table): void {
  if (heads.size === 0) return;
  const refuse = (attribute: KeyAttribute | undefined, label: string): void => {
    if (!attribute || !heads.has(attribute.name)) return;
    throw validation(
      `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${label}: ${attribute.name}`,
    );
  };
  refuse(table.keys.hash, "Key");
  refuse(table.keys.range, "Key");
  for (const { definition } of table.indexes.values()) {
    refuse(definition.keys.hash, "IndexKey");
    refuse(definition.keys.range, "IndexKey");
  }
}

function checkKeySize(value: AttributeValue[KeyAttribute["type"]], attribute: KeyAttribute, isHash: boolean): void {
  if (attribute.type === "N") return;
  const bytes = attribute.type === "S" ? textBytes(value!) : binaryBytes(value!);
  if (isHash && bytes > limits.hashKeyBytes) {
    throw validation(
      "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
    );
  }
  if (!isHash && bytes > limits.rangeKeyBytes) {
    throw validation(
      "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
    );
  }
}

function emptyKey(attribute: KeyAttribute, words: string): Error {
  return validation(
    `One or more parameter values ${words} The AttributeValue for a key attribute cannot contain an empty ${kindOf(attribute)} value. Key: ${attribute.name}`,
  );
}

function kindOf(attribute: KeyAttribute): string {
  return attribute.type === "S" ? "string" : "binary";
}
