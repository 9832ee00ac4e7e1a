import { keyAccess, tableAccess, type Dependencies } from "../access";
import { validation } from "../errors";
import type { Database } from "../engine/database";
import { limits } from "../limits";
import { Capacity } from "../requests/capacity";
import { prepareDelete } from "../requests/delete";
import { preparePut } from "../requests/put";
import { collectionMetrics, perform, type PreparedWrite, type WriteAnswerInput } from "../requests/write";
import { itemBytes } from "../sizes";
import { readItem } from "../validation/attribute-values";
import * as members from "../validation/members";
import type { Item } from "../values";
import { checkedOperation } from "./operation";

interface WriteRequest {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Item };
}

interface Input extends WriteAnswerInput {
  readonly RequestItems: Readonly<Record<string, readonly WriteRequest[]>>;
}

const shape: members.Members = {
  ReturnConsumedCapacity: members.returnConsumedCapacity,
  ReturnItemCollectionMetrics: members.returnItemCollectionMetrics,
  RequestItems: {
    type: "Map",
    java: "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>",
    notNull: true,
    minLength: 1,
    keys: members.tableNames,
    last: true,
    listLength: { min: 1, max: limits.batchWriteItems },
    of: members.list(
      members.struct("WriteRequest", {
        PutRequest: members.struct("PutRequest", { Item: members.required(members.valueMap) }),
        DeleteRequest: members.struct("DeleteRequest", { Key: members.required(members.valueMap) }),
      }),
    ),
  },
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
export const batchWriteItem = ({ cloud, database }: Dependencies) =>
  checkedOperation<Input>(shape, {
    authorize: (input) =>
      Object.entries(input.RequestItems ?? {}).flatMap(([table, requests]) => [
        ...tableAccess(
          { cloud, database },
          {
            action: "dynamodb:BatchWriteItem",
            table,
            leadingKeys: (requests ?? []).flatMap((r): readonly Item[] => {
              const item = r?.PutRequest?.Item ?? r?.DeleteRequest?.Key;
              return item ? [item] : [];
            }),
          },
        ),
        ...keyAccess({ cloud, database }, table, "write"),
      ]),
    answer: (input, context) => {
      const all = Object.entries(input.RequestItems).flatMap(([table, requests]) =>
        requests.map((request) => ({ table, request })),
      );
      if (all.length > limits.batchWriteItems) throw validation("Too many items requested for the BatchWriteItem call");
      for (const [, requests] of Object.entries(input.RequestItems)) checkRequests(requests);
      const writes = all.map(({ table, request }) => prepare(database, table, request));
      checkWrites(writes);
      const capacity = new Capacity("write", context);
      const metrics: Record<string, object[]> = {};
      for (const write of writes) {
        perform(database, write, capacity);
        const collection = collectionMetrics(write, input.ReturnItemCollectionMetrics);
        if (collection) (metrics[write.table.name] ??= []).push(collection);
      }
      database.announce();
      const consumed = capacity.all(input.ReturnConsumedCapacity);
      return {
        UnprocessedItems: {},
        ...(Object.keys(metrics).length > 0 ? { ItemCollectionMetrics: metrics } : {}),
        ...(consumed ? { ConsumedCapacity: consumed } : {}),
      };
    },
  });

/** AWS looks at all values before it looks at any table. */
function checkRequests(requests: readonly WriteRequest[]): void {
  for (const { PutRequest, DeleteRequest } of requests) {
    if (!PutRequest !== !DeleteRequest) continue;
    throw validation(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  }
  for (const { PutRequest, DeleteRequest } of requests) readItem(PutRequest?.Item ?? DeleteRequest?.Key ?? {});
}

function prepare(database: Database, table: string, request: WriteRequest): PreparedWrite {
  if (request.DeleteRequest) return prepareDelete(database, { TableName: table, Key: request.DeleteRequest.Key });
  try {
    return preparePut(database, { TableName: table, Item: request.PutRequest!.Item });
  } catch (error) {
    // In a batch, AWS words a wrong key of an item as it words that of a deletion.
    if (!/Missing the key|Type mismatch for key/.test((error as Error).message)) throw error;
    throw validation("The provided key element does not match the schema");
  }
}

function checkWrites(writes: readonly PreparedWrite[]): void {
  const seen = new Set(writes.map((write) => `${write.table.name}/${write.key}`));
  if (seen.size < writes.length) throw validation("Provided list of item keys contains duplicates");
  const bytes = writes.reduce((sum, write) => sum + itemBytes(write.next(undefined) ?? write.keyItem), 0);
  if (bytes > limits.batchWriteBytes) throw validation("Request size has exceeded the maximum allowed size");
}
