import { tableAccess, type Dependencies } from "../access";
import { preparePut, type PutInput } from "../requests/put";
import { answerWrite, type WriteAnswerInput } from "../requests/write";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

const shape: members.Members = {
  ReturnConsumedCapacity: members.returnConsumedCapacity,
  TableName: members.tableName,
  Item: members.required(members.valueMap),
  ConditionalOperator: members.conditionalOperator,
  Expected: members.expected,
  ReturnValues: members.returnValues,
  ReturnItemCollectionMetrics: members.returnItemCollectionMetrics,
  ReturnValuesOnConditionCheckFailure: members.returnValuesOnFailure,
  ConditionExpression: members.text,
  ExpressionAttributeValues: members.valueMap,
  ExpressionAttributeNames: members.nameMap,
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
export const putItem = (dependencies: Dependencies) =>
  checkedOperation<PutInput & WriteAnswerInput>(shape, {
    authorize: (input) =>
      tableAccess(dependencies, {
        action: "dynamodb:PutItem",
        table: input.TableName,
        items: "write",
        leadingKeys: [input.Item],
        input,
      }),
    answer: (input, context) => {
      const write = preparePut(dependencies.database, input);
      return answerWrite(dependencies.database, write, input, context, ({ before }) =>
        input.ReturnValues === "ALL_OLD" ? before : undefined,
      );
    },
  });
