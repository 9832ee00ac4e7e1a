import { tableAccess, type Dependencies } from "../access";
import { Capacity } from "../requests/capacity";
import { readPage } from "../requests/page";
import { prepareScan, type ScanInput } from "../requests/scan";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

const shape: members.Members = {
  Select: members.select,
  IndexName: members.name,
  TotalSegments: { type: "Integer", min: 1, max: 1_000_000 },
  ReturnConsumedCapacity: members.returnConsumedCapacity,
  TableName: members.tableName,
  ConditionalOperator: members.conditionalOperator,
  ScanFilter: members.conditions,
  Segment: { type: "Integer", min: 0, max: 999_999 },
  Limit: { type: "Integer", min: 1 },
  AttributesToGet: members.attributesToGet,
  ExclusiveStartKey: members.valueMap,
  ConsistentRead: members.flag,
  FilterExpression: members.text,
  ProjectionExpression: members.text,
  ExpressionAttributeValues: members.valueMap,
  ExpressionAttributeNames: members.nameMap,
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
export const scan = (dependencies: Dependencies) =>
  checkedOperation<ScanInput & { readonly ReturnConsumedCapacity?: string }>(shape, {
    authorize: (input) =>
      tableAccess(dependencies, {
        action: "dynamodb:Scan",
        table: input.TableName,
        index: input.IndexName,
        items: "read",
        input,
      }),
    answer: (input, context) => {
      const capacity = new Capacity("read", context);
      const page = readPage(prepareScan(dependencies.database, input), capacity);
      const consumed = capacity.one(input.ReturnConsumedCapacity);
      return { ...page, ...(consumed ? { ConsumedCapacity: consumed } : {}) };
    },
  });
