import { validation } from "../errors";
import type { Database } from "../engine/database";
import { storageKey } from "../engine/keys";
import type { Table } from "../engine/table";
import { compile, type ExpressionInput } from "../expressions/compile";
import { checkParameters } from "../expressions/parameters";
import { project } from "../expressions/projection";
import { checkName, readItem } from "../validation/attribute-values";
import { checkKey, checkKeyPaths } from "../validation/table-keys";
import type { Item } from "../values";

export type Paths = readonly (readonly (string | number)[])[];

export interface GetInput extends ExpressionInput {
  readonly TableName: string;
  readonly Key: Item;
  readonly AttributesToGet?: readonly string[];
  readonly ConsistentRead?: boolean;
}

export interface PreparedGet {
  readonly table: Table;
  readonly key: string;
  readonly paths: Paths | undefined;
}

/** Checks a get in AWS's order and readies it. */
export function prepareGet(database: Database, input: GetInput): PreparedGet {
  return readGet(input)(database);
}

/** Checks what shows from the request alone; the rest needs its table. */
export function readGet(input: GetInput): (database: Database) => PreparedGet {
  checkParameters(input, ["ProjectionExpression"], ["AttributesToGet"]);
  const key = readItem(input.Key);
  const paths = pathsOf(input);
  return (database) => {
    const table = database.active(input.TableName);
    checkKey(key, table.keys);
    checkProjectedKeys(paths, table);
    return { table, key: storageKey(table.keys, key), paths };
  };
}

/** What is to be shown, from either generation of parameters; undefined for all. */
function pathsOf(input: ExpressionInput & { readonly AttributesToGet?: readonly string[] }): Paths | undefined {
  checkAttributesToGet(input.AttributesToGet);
  return compile(input).projection ?? input.AttributesToGet?.map((name) => [name]);
}

export function checkAttributesToGet(names: readonly string[] | undefined): void {
  names?.forEach(checkName);
  const duplicate = names?.find((name, i) => names.indexOf(name) < i);
  if (duplicate !== undefined) {
    throw validation(`One or more parameter values were invalid: Duplicate value in attribute name: ${duplicate}`);
  }
}

export function checkProjectedKeys(paths: Paths | undefined, table: Table): void {
  if (!paths) return;
  checkKeyPaths(new Set(paths.flatMap((parts) => (parts.length > 1 ? [parts[0] as string] : []))), table);
}

export function shownPart(item: Item, paths: Paths | undefined): Item {
  return paths ? project(item, paths) : item;
}
