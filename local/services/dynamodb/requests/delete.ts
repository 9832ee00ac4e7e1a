import { validation } from "../errors";
import type { Database } from "../engine/database";
import { storageKey } from "../engine/keys";
import { compile, type ExpressionInput } from "../expressions/compile";
import { checkParameters } from "../expressions/parameters";
import { readItem } from "../validation/attribute-values";
import { checkKey } from "../validation/table-keys";
import type { Item } from "../values";
import { checkConditionalOperator, conditionOf, type Bind, type ConditionalInput, type PreparedWrite } from "./write";

export interface DeleteInput extends ExpressionInput, ConditionalInput {
  readonly TableName: string;
  readonly Key: Item;
  readonly ReturnValues?: string;
}

/** Checks a delete in AWS's order and readies it. */
export function prepareDelete(database: Database, input: DeleteInput): PreparedWrite {
  return readDelete(input)(database);
}

/** Checks what shows from the request alone; the rest needs its table. */
export function readDelete(input: DeleteInput): Bind {
  return readOnKey(input, { next: () => undefined });
}

/** The same of a condition check, which only transactions have. */
export function readCheck(input: DeleteInput): Bind {
  return readOnKey(input, { next: (before) => before, checkOnly: true });
}

function readOnKey(input: DeleteInput, kind: Pick<PreparedWrite, "next" | "checkOnly">): Bind {
  checkParameters(input, ["ConditionExpression"], ["Expected"]);
  const key = readItem(input.Key);
  if (input.ReturnValues && input.ReturnValues !== "ALL_OLD" && input.ReturnValues !== "NONE") {
    throw validation("ReturnValues can only be ALL_OLD or NONE");
  }
  checkConditionalOperator(input.ConditionalOperator, input.Expected);
  const condition = conditionOf(input, compile(input));
  return (database) => {
    const table = database.active(input.TableName);
    checkKey(key, table.keys);
    return {
      ...kind,
      table,
      key: storageKey(table.keys, key),
      keyItem: key,
      condition,
      returnOnFailure: input.ReturnValuesOnConditionCheckFailure === "ALL_OLD",
    };
  };
}
