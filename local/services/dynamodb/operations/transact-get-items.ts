import { validation } from "../errors";
import { tableAccess, type Dependencies } from "../access";
import { limits } from "../limits";
import { Capacity } from "../requests/capacity";
import { readGet, shownPart, type GetInput } from "../requests/get";
import { bindAll } from "../requests/transaction";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

interface Input {
  readonly TransactItems: readonly ({ readonly Get?: GetInput } | null)[];
  readonly ReturnConsumedCapacity?: string;
}

const shape: members.Members = {
  ReturnConsumedCapacity: members.returnConsumedCapacity,
  TransactItems: members.required(
    members.list(
      members.struct("TransactGetItem", {
        Get: members.required(
          members.struct("Get", {
            Key: members.required(members.valueMap),
            TableName: members.tableName,
            ProjectionExpression: members.text,
            ExpressionAttributeNames: members.nameMap,
          }),
        ),
      }),
      { minLength: 1, maxLength: limits.transactItems },
    ),
  ),
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html */
export const transactGetItems = (dependencies: Dependencies) =>
  checkedOperation<Input>(shape, {
    authorize: (input) =>
      (input.TransactItems ?? []).flatMap((item) => {
        const get = item?.Get;
        return get
          ? tableAccess(dependencies, {
              action: "dynamodb:GetItem",
              table: get.TableName,
              items: "read",
              leadingKeys: [get.Key],
              input: get,
            })
          : [];
      }),
    answer: (input, context) => {
      const read = input.TransactItems.map((item, i) => {
        if (item?.Get) return readGet(item.Get);
        throw validation(
          `1 validation error detected: Value null at 'transactItems.${i + 1}.member.get' failed to satisfy constraint: Member must not be null`,
        );
      });
      const gets = bindAll(dependencies.database, read);
      const capacity = new Capacity("read", context, 2);
      const responses = gets.map((get) => {
        const row = get.table.rows.get(get.key);
        capacity.read(get.table, undefined, row?.bytes ?? 0, true);
        return row ? { Item: shownPart(row.item, get.paths) } : {};
      });
      const consumed = capacity.all(input.ReturnConsumedCapacity);
      return { Responses: responses, ...(consumed ? { ConsumedCapacity: consumed } : {}) };
    },
  });
