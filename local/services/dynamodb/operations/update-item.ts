import { tableAccess, type Dependencies } from "../access";
import { project } from "../expressions/projection";
import { prepareUpdate, type PreparedUpdate, type UpdateInput } from "../requests/update";
import { answerWrite, type WriteAnswerInput, type Written } from "../requests/write";
import * as members from "../validation/members";
import type { Item } from "../values";
import { checkedOperation } from "./operation";

const shape: members.Members = {
  ReturnConsumedCapacity: members.returnConsumedCapacity,
  TableName: members.tableName,
  ReturnItemCollectionMetrics: members.returnItemCollectionMetrics,
  ReturnValues: members.returnValues,
  Key: members.required(members.valueMap),
  ConditionalOperator: members.conditionalOperator,
  Expected: members.expected,
  AttributeUpdates: {
    type: "Map",
    java: "AttributeValueUpdate",
    of: members.struct("AttributeValueUpdate", {
      Action: members.oneOf("ADD", "DELETE", "PUT"),
      Value: members.value,
    }),
  },
  ReturnValuesOnConditionCheckFailure: members.returnValuesOnFailure,
  ConditionExpression: members.text,
  UpdateExpression: members.text,
  ExpressionAttributeValues: members.valueMap,
  ExpressionAttributeNames: members.nameMap,
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html */
export const updateItem = (dependencies: Dependencies) =>
  checkedOperation<UpdateInput & WriteAnswerInput>(shape, {
    authorize: (input) =>
      tableAccess(dependencies, {
        action: "dynamodb:UpdateItem",
        table: input.TableName,
        items: "write",
        leadingKeys: [input.Key],
        input,
      }),
    answer: (input, context) => {
      const write = prepareUpdate(dependencies.database, input);
      return answerWrite(dependencies.database, write, input, context, (written) =>
        returned(input.ReturnValues, write, written),
      );
    },
  });

function returned(mode: string | undefined, write: PreparedUpdate, { before, after }: Written): Item | undefined {
  switch (mode) {
    case "ALL_OLD":
      return before;
    case "ALL_NEW":
      return after;
    case "UPDATED_OLD":
      return before && some(project(before, write.paths));
    case "UPDATED_NEW":
      return some(project(after!, write.paths));
    default:
      return undefined;
  }
}

function some(item: Item): Item | undefined {
  return Object.keys(item).length > 0 ? item : undefined;
}
