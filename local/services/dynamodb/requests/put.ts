import { validation } from "../errors";
import type { Database } from "../engine/database";
import { storageKey } from "../engine/keys";
import { compile, type ExpressionInput } from "../expressions/compile";
import { checkParameters } from "../expressions/parameters";
import { limits } from "../limits";
import { itemBytes } from "../sizes";
import { readItem } from "../validation/attribute-values";
import { checkItem } from "../validation/table-keys";
import type { Item } from "../values";
import { keyOnly } from "./keys";
import { checkConditionalOperator, conditionOf, type Bind, type ConditionalInput, type PreparedWrite } from "./write";

export interface PutInput extends ExpressionInput, ConditionalInput {
  readonly TableName: string;
  readonly Item: Item;
  readonly ReturnValues?: string;
}

/** Checks a put in AWS's order and readies it. */
export function preparePut(database: Database, input: PutInput): PreparedWrite {
  return readPut(input)(database);
}

/** Checks what shows from the request alone; the rest needs its table. */
export function readPut(input: PutInput): Bind {
  checkParameters(input, ["ConditionExpression"], ["Expected"]);
  const item = readItem(input.Item);
  if (input.ReturnValues && input.ReturnValues !== "ALL_OLD" && input.ReturnValues !== "NONE") {
    throw validation("ReturnValues can only be ALL_OLD or NONE");
  }
  if (itemBytes(item) > limits.itemBytes) throw validation("Item size has exceeded the maximum allowed size");
  checkConditionalOperator(input.ConditionalOperator, input.Expected);
  const expressions = compile(input);
  const condition = conditionOf(input, expressions);
  return (database) => {
    const table = database.active(input.TableName);
    checkItem(item, table);
    return {
      table,
      key: storageKey(table.keys, item),
      keyItem: keyOnly(table, item),
      condition,
      next: () => item,
      returnOnFailure: input.ReturnValuesOnConditionCheckFailure === "ALL_OLD",
    };
  };
}
