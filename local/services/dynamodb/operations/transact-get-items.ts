import { tableAccess, type Dependencies } from "../access";
import { limits } from "../limits";
import { Capacity } from "../requests/capacity";
import { prepareGet, shownPart, type GetInput } from "../requests/get";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

interface Input {
  readonly TransactItems: readonly { readonly Get: GetInput }[];
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
      (input.TransactItems ?? []).flatMap(({ Get: get }) =>
        get
          ? tableAccess(dependencies, {
              action: "dynamodb:GetItem",
              table: get.TableName,
              items: "read",
              leadingKeys: [get.Key],
              input: get,
            })
          : [],
      ),
    answer: (input, context) => {
      const gets = input.TransactItems.map(({ Get: get }) => prepareGet(dependencies.database, get));
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
