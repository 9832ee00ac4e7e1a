import { keyAccess, tableAccess, type Dependencies } from "../access";
import { validation } from "../errors";
import { limits } from "../limits";
import { Capacity } from "../requests/capacity";
import { prepareGet, shownPart, type GetInput } from "../requests/get";
import { readItem } from "../validation/attribute-values";
import * as members from "../validation/members";
import type { Item } from "../values";
import { checkedOperation } from "./operation";

type KeysAndAttributes = Omit<GetInput, "TableName" | "Key"> & { readonly Keys: readonly Item[] };

interface Input {
  readonly RequestItems: Readonly<Record<string, KeysAndAttributes>>;
  readonly ReturnConsumedCapacity?: string;
}

const shape: members.Members = {
  RequestItems: {
    type: "Map",
    java: "KeysAndAttributes",
    notNull: true,
    minLength: 1,
    terse: true,
    json: true,
    keys: members.tableNames,
    of: members.struct("KeysAndAttributes", {
      Keys: members.required({
        ...members.list(members.valueMap, { minLength: 1, maxLength: limits.batchGetKeys }),
        terse: true,
      }),
      AttributesToGet: members.attributesToGet,
      ConsistentRead: members.flag,
      ProjectionExpression: members.text,
      ExpressionAttributeNames: members.nameMap,
    }),
  },
  ReturnConsumedCapacity: members.returnConsumedCapacity,
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
export const batchGetItem = (dependencies: Dependencies) =>
  checkedOperation<Input>(shape, {
    authorize: (input) =>
      Object.entries(input.RequestItems ?? {}).flatMap(([table, request]) => [
        ...tableAccess(dependencies, {
          action: "dynamodb:BatchGetItem",
          table,
          leadingKeys: request?.Keys ?? [],
          input: request ?? {},
        }),
        ...keyAccess(dependencies, table, "read"),
      ]),
    answer: (input, context) => {
      const tables = Object.entries(input.RequestItems);
      checkCount(tables.reduce((sum, [, { Keys: keys }]) => sum + keys.length, 0));
      // AWS tells doubles before it looks whether they are keys of the table.
      for (const [, { Keys: keys }] of tables) checkDuplicates(keys.map((key) => textOf(readItem(key))));
      const gets = tables.map(([name, request]) => ({
        name,
        request,
        gets: request.Keys.map((key) => ({
          key,
          get: prepareGet(dependencies.database, { ...request, TableName: name, Key: key }),
        })),
      }));
      for (const { gets: ofTable } of gets) checkDuplicates(ofTable.map(({ get }) => get.key));
      const capacity = new Capacity("read", context);
      const responses: Record<string, Item[]> = {};
      const unprocessed: Record<string, KeysAndAttributes> = {};
      let bytes = 0;
      for (const { name, request, gets: ofTable } of gets) {
        responses[name] = [];
        for (const { key, get } of ofTable) {
          const row = get.table.rows.get(get.key);
          if (bytes > 0 && bytes + (row?.bytes ?? 0) > limits.batchGetBytes) {
            unprocessed[name] = { ...request, Keys: [...(unprocessed[name]?.Keys ?? []), key] };
            continue;
          }
          bytes += row?.bytes ?? 0;
          capacity.read(get.table, undefined, row?.bytes ?? 0, request.ConsistentRead === true);
          if (row) responses[name].push(shownPart(row.item, get.paths));
        }
      }
      const consumed = capacity.all(input.ReturnConsumedCapacity);
      return {
        Responses: responses,
        UnprocessedKeys: unprocessed,
        ...(consumed ? { ConsumedCapacity: consumed } : {}),
      };
    },
  });

function checkCount(keys: number): void {
  if (keys > limits.batchGetKeys) throw validation("Too many items requested for the BatchGetItem call");
}

function textOf(key: Item): string {
  return JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function checkDuplicates(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) throw validation("Provided list of item keys contains duplicates");
}
