import { tableAccess, type Dependencies } from "../access";
import { noTableNamed, validation } from "../errors";
import { tableNameOf } from "../engine/database";
import * as members from "../validation/members";
import type { TableNameInput } from "./describe-table";
import { checkedOperation } from "./operation";

interface Input extends TableNameInput {
  readonly TimeToLiveSpecification: { readonly AttributeName: string; readonly Enabled: boolean };
}

const shape: members.Members = {
  TableName: members.tableName,
  TimeToLiveSpecification: members.required(
    members.struct("TimeToLiveSpecification", {
      AttributeName: members.required({ type: "String", minLength: 1, maxLength: 255 }),
      Enabled: members.required(members.flag),
    }),
  ),
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html */
export const updateTimeToLive = (dependencies: Dependencies) =>
  checkedOperation<Input>(shape, {
    authorize: (input) => tableAccess(dependencies, { action: "dynamodb:UpdateTimeToLive", table: input.TableName }),
    answer: ({ TableName: name, TimeToLiveSpecification: specification }) => {
      const { database } = dependencies;
      const table = database.find(name);
      if (!table) throw noTableNamed(tableNameOf(name));
      const { AttributeName: attribute, Enabled: enabled } = specification;
      const current = table.definition.timeToLive;
      if (enabled && current !== undefined) {
        throw validation(
          current === attribute
            ? "TimeToLive is already enabled"
            : `TimeToLive is active on a different AttributeName: current AttributeName is ${current}`,
        );
      }
      if (!enabled && current === undefined) throw validation("TimeToLive is already disabled");
      if (!enabled && current !== attribute) {
        throw validation(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
      }
      database.setTimeToLive(table, enabled ? attribute : undefined);
      return { TimeToLiveSpecification: specification };
    },
  });

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html */
export const describeTimeToLive = (dependencies: Dependencies) =>
  checkedOperation<TableNameInput>(
    { TableName: members.tableName },
    {
      authorize: (input) =>
        tableAccess(dependencies, { action: "dynamodb:DescribeTimeToLive", table: input.TableName }),
      answer: ({ TableName: name }) => {
        const table = dependencies.database.find(name);
        if (!table) throw noTableNamed(tableNameOf(name));
        const attribute = table.definition.timeToLive;
        return {
          TimeToLiveDescription:
            attribute === undefined
              ? { TimeToLiveStatus: "DISABLED" }
              : { TimeToLiveStatus: "ENABLED", AttributeName: attribute },
        };
      },
    },
  );
