import { AwsError } from "../../../aws-error";
import { tableAccess, type Dependencies } from "../access";
import type { Database } from "../engine/database";
import { limits } from "../limits";
import { Capacity } from "../requests/capacity";
import { commit, prepareTransaction, type TransactItem } from "../requests/transaction";
import { collectionMetrics, type PreparedWrite, type WriteAnswerInput } from "../requests/write";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

interface Input extends WriteAnswerInput {
  readonly TransactItems: readonly (TransactItem | null)[];
  readonly ClientRequestToken?: string;
}

const common: members.Members = {
  TableName: members.tableName,
  ConditionExpression: members.text,
  ExpressionAttributeNames: members.nameMap,
  ExpressionAttributeValues: members.valueMap,
  ReturnValuesOnConditionCheckFailure: members.returnValuesOnFailure,
};
const keyed: members.Members = { Key: members.required(members.valueMap), ...common };

const shape: members.Members = {
  ClientRequestToken: { type: "String", minLength: 1, maxLength: 36 },
  ReturnConsumedCapacity: members.returnConsumedCapacity,
  ReturnItemCollectionMetrics: members.returnItemCollectionMetrics,
  TransactItems: members.required(
    members.list(
      members.struct("TransactWriteItem", {
        ConditionCheck: members.struct("ConditionCheck", {
          ...keyed,
          ConditionExpression: members.required(members.text),
        }),
        Put: members.struct("Put", { Item: members.required(members.valueMap), ...common }),
        Delete: members.struct("Delete", keyed),
        Update: members.struct("Update", { ...keyed, UpdateExpression: members.required(members.text) }),
      }),
      { minLength: 1, maxLength: limits.transactItems },
    ),
  ),
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
export const transactWriteItems = (dependencies: Dependencies) =>
  checkedOperation<Input>(shape, {
    authorize: (input) =>
      (input.TransactItems ?? []).flatMap((item) => {
        const { Put: put, Update: update, Delete: remove, ConditionCheck: check } = item ?? {};
        const [action, target] = put
          ? (["PutItem", put] as const)
          : update
            ? (["UpdateItem", update] as const)
            : remove
              ? (["DeleteItem", remove] as const)
              : (["ConditionCheckItem", check] as const);
        if (!target) return [];
        const leadingKeys = ["Item" in target ? target.Item : target.Key];
        return tableAccess(dependencies, {
          action: `dynamodb:${action}`,
          table: target.TableName,
          items: action === "ConditionCheckItem" ? "read" : "write",
          leadingKeys,
          input: target,
        });
      }),
    answer: (input, context) => {
      const { database } = dependencies;
      const writes = prepareTransaction(
        database,
        input.TransactItems.map((item) => item ?? {}),
      );
      const token = input.ClientRequestToken;
      const payload = token === undefined ? "" : JSON.stringify(input.TransactItems);
      if (token !== undefined && isRepeated(database, token, payload)) {
        // A repeated request reads what it would have written: transaction-apis.html, "Idempotency".
        const capacity = new Capacity("read", context, 2);
        for (const write of writes)
          capacity.read(write.table, undefined, write.table.rows.get(write.key)?.bytes ?? 0, true);
        return answer(input, writes, capacity);
      }
      const capacity = commit(database, writes, context);
      if (token !== undefined) {
        database.tokens.set(token, { payload, until: database.clock.now() + limits.transactTokenMs });
      }
      database.announce();
      return answer(input, writes, capacity);
    },
  });

function isRepeated(database: Database, token: string, payload: string): boolean {
  const now = database.clock.now();
  for (const [old, { until }] of database.tokens) {
    if (until > now) break;
    database.tokens.delete(old);
  }
  const remembered = database.tokens.get(token);
  if (!remembered) return false;
  if (remembered.payload === payload) return true;
  throw new AwsError(
    "IdempotentParameterMismatchException",
    "An error occurred (IdempotentParameterMismatchException): the request uses the same client token as a previous, but non-identical request.",
  );
}

function answer(input: Input, writes: readonly PreparedWrite[], capacity: Capacity): object {
  const consumed = capacity.all(input.ReturnConsumedCapacity);
  const metrics: Record<string, object[]> = {};
  for (const write of writes) {
    const collection = collectionMetrics(write, input.ReturnItemCollectionMetrics);
    if (collection) (metrics[write.table.name] ??= []).push(collection);
  }
  return {
    ...(consumed ? { ConsumedCapacity: consumed } : {}),
    ...(Object.keys(metrics).length > 0 ? { ItemCollectionMetrics: metrics } : {}),
  };
}
