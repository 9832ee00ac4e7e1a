import { tableAccess, type Dependencies } from "../access";
import { prepareDelete, type DeleteInput } from "../requests/delete";
import { answerWrite, type WriteAnswerInput } from "../requests/write";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

const shape: members.Members = {
  ReturnConsumedCapacity: members.returnConsumedCapacity,
  TableName: members.tableName,
  ReturnValues: members.returnValues,
  ReturnItemCollectionMetrics: members.returnItemCollectionMetrics,
  Key: members.required(members.valueMap),
  ConditionalOperator: members.conditionalOperator,
  Expected: members.expected,
  ReturnValuesOnConditionCheckFailure: members.returnValuesOnFailure,
  ConditionExpression: members.text,
  ExpressionAttributeValues: members.valueMap,
  ExpressionAttributeNames: members.nameMap,
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html */
export const deleteItem = (dependencies: Dependencies) =>
  checkedOperation<DeleteInput & WriteAnswerInput>(shape, {
    authorize: (input) =>
      tableAccess(dependencies, {
        action: "dynamodb:DeleteItem",
        table: input.TableName,
        items: "write",
        leadingKeys: [input.Key],
        input,
      }),
    answer: (input, context) => {
      const write = prepareDelete(dependencies.database, input);
      return answerWrite(dependencies.database, write, input, context, ({ before }) =>
        input.ReturnValues === "ALL_OLD" ? before : undefined,
      );
    },
  });
