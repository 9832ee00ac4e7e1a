import { tableAccess, type Dependencies } from "../access";
import { Capacity } from "../requests/capacity";
import { prepareGet, shownPart, type GetInput } from "../requests/get";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

const shape: members.Members = {
  ReturnConsumedCapacity: members.returnConsumedCapacity,
  AttributesToGet: members.attributesToGet,
  TableName: members.tableName,
  Key: members.required(members.valueMap),
  ConsistentRead: members.flag,
  ProjectionExpression: members.text,
  ExpressionAttributeNames: members.nameMap,
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html */
export const getItem = (dependencies: Dependencies) =>
  checkedOperation<GetInput & { readonly ReturnConsumedCapacity?: string }>(shape, {
    authorize: (input) =>
      tableAccess(dependencies, {
        action: "dynamodb:GetItem",
        table: input.TableName,
        items: "read",
        leadingKeys: [input.Key],
        input,
      }),
    answer: (input, context) => {
      const get = prepareGet(dependencies.database, input);
      const row = get.table.rows.get(get.key);
      const capacity = new Capacity("read", context);
      capacity.read(get.table, undefined, row?.bytes ?? 0, input.ConsistentRead === true);
      const consumed = capacity.one(input.ReturnConsumedCapacity);
      return {
        ...(row ? { Item: shownPart(row.item, get.paths) } : {}),
        ...(consumed ? { ConsumedCapacity: consumed } : {}),
      };
    },
  });
