import type { Operation } from "../../../service";
import { tableAccess, type Dependencies } from "../access";
import { noTableNamed, validation } from "../errors";
import { tableNameOf } from "../engine/database";
import * as members from "../validation/members";
import type { TableNameInput } from "./describe-table";
import { checkedOperation } from "./operation";
import { checkTableName } from "./table-name";

interface Input extends TableNameInput {
  readonly TimeToLiveSpecification: { readonly AttributeName: string; readonly Enabled: boolean };
}

/** Its length is checked before all else, in other words. */
const namedByTable: members.Member = { type: "String", pattern: members.name.pattern! };

/** An operation whose TableName is held against the rules of operations on tables, as AWS does for these two. */
function onNamedTable<I extends TableNameInput>(
  shape: members.Members,
  operation: Pick<Operation<I>, "authorize" | "answer">,
): Operation<I> {
  const checked = checkedOperation<I>(shape, operation);
  return {
    ...checked,
    answer: (input, context) => {
      checkTableName(input.TableName);
      return checked.answer(input, context);
    },
  };
}

const shape: members.Members = {
  TableName: namedByTable,
  TimeToLiveSpecification: members.required(
    members.struct("TimeToLiveSpecification", {
      AttributeName: members.required({ type: "String", maxLength: 255 }),
      Enabled: members.required(members.flag),
    }),
  ),
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html */
export const updateTimeToLive = (dependencies: Dependencies) =>
  onNamedTable<Input>(shape, {
    authorize: (input) => tableAccess(dependencies, { action: "dynamodb:UpdateTimeToLive", table: input.TableName }),
    answer: ({ TableName: name, TimeToLiveSpecification: specification }) => {
      const { database } = dependencies;
      if (specification.AttributeName === "") {
        throw validation("TimeToLiveSpecification.AttributeName must be non empty");
      }
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
  onNamedTable<TableNameInput>(
    { TableName: namedByTable },
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
