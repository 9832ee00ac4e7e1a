import type { Operation } from "../../../service";
import { tableAccess, type Dependencies } from "../access";
import { inUse, validation } from "../errors";
import { waits } from "../limits";
import { describeTable } from "../tables/describe";
import { namedTable, type TableNameInput } from "./describe-table";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html */
export const deleteTable = (dependencies: Dependencies): Operation<TableNameInput> => ({
  authorize: (input) => tableAccess(dependencies, { action: "dynamodb:DeleteTable", table: input.TableName }),
  answer: (input) => {
    const { cloud, database } = dependencies;
    const table = namedTable(dependencies, input);
    if (table.status === "CREATING") {
      throw inUse(`Attempt to change a resource which is still in use: Table is being created: ${table.name}`);
    }
    if (table.status === "DELETING") {
      throw inUse(`Attempt to change a resource which is still in use: Table is being deleted: ${table.name}`);
    }
    if (table.definition.deletionProtection) {
      throw validation(
        `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
      );
    }
    table.status = "DELETING";
    cloud.clock.setTimer(waits.remove, () => {
      if (database.tables.get(table.name) === table) database.drop(table);
      cloud.resourcePolicies.delete(table.definition.arn);
    });
    return { TableDescription: describeTable(table) };
  },
});
