import type { Dependencies } from "../access";
import * as members from "../validation/members";
import { compareText, inByteOrder } from "../values";
import { checkedOperation } from "./operation";

interface Input {
  readonly ExclusiveStartTableName?: string;
  readonly Limit?: number;
}

const shape: members.Members = {
  Limit: { type: "Integer", min: 1, max: 100 },
  ExclusiveStartTableName: members.name,
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html */
export const listTables = ({ database }: Dependencies) =>
  checkedOperation<Input>(shape, {
    authorize: () => [{ action: "dynamodb:ListTables", resource: "*" }],
    answer: ({ ExclusiveStartTableName: start, Limit: limit = 100 }) => {
      const names = [...database.tables.keys()].sort((a, b) => compareText(inByteOrder(a), inByteOrder(b)));
      const left = start === undefined ? names : names.filter((name) => name > start);
      const shown = left.slice(0, limit);
      return {
        TableNames: shown,
        ...(left.length > limit ? { LastEvaluatedTableName: shown.at(-1) } : {}),
      };
    },
  });
