import type { Operation } from "../../../service";
import { tableAccess, type Dependencies } from "../access";
import { validation } from "../errors";
import { prepareQuery, type QueryInput } from "../requests/query";
import { Capacity } from "../requests/capacity";
import { readPage } from "../requests/page";
import { queriedHash } from "../requests/queried-hash";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

const shape: members.Members = {
  Select: members.select,
  IndexName: members.name,
  ReturnConsumedCapacity: members.returnConsumedCapacity,
  QueryFilter: members.conditions,
  TableName: members.tableName,
  ConditionalOperator: members.conditionalOperator,
  AttributesToGet: members.attributesToGet,
  Limit: { type: "Integer", min: 1, terse: true },
  KeyConditions: members.conditions,
  ExclusiveStartKey: members.valueMap,
  ConsistentRead: members.flag,
  ScanIndexForward: members.flag,
  KeyConditionExpression: members.text,
  FilterExpression: members.text,
  ProjectionExpression: members.text,
  ExpressionAttributeValues: members.valueMap,
  ExpressionAttributeNames: members.nameMap,
};

type Input = QueryInput & { readonly ReturnConsumedCapacity?: string };

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html */
export const query = (dependencies: Dependencies): Operation<Input> => {
  const checked = checkedQuery(dependencies);
  return {
    ...checked,
    answer: (input, context) => {
      const operator = input.ConditionalOperator;
      // Told before and without all other members, in these words: AWS since 2026.
      if (operator != null && operator !== "OR" && operator !== "AND") {
        throw validation("Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]");
      }
      return checked.answer(input, context);
    },
  };
};

const checkedQuery = (dependencies: Dependencies) =>
  checkedOperation<Input>(shape, {
    authorize: (input) =>
      tableAccess(dependencies, {
        action: "dynamodb:Query",
        table: input.TableName,
        index: input.IndexName,
        items: "read",
        leadingKeys: queriedHash(dependencies.database, input),
        input,
      }),
    answer: (input, context) => {
      const capacity = new Capacity("read", context);
      const page = readPage(prepareQuery(dependencies.database, input), capacity);
      const consumed = capacity.one(input.ReturnConsumedCapacity);
      return { ...page, ...(consumed ? { ConsumedCapacity: consumed } : {}) };
    },
  });
