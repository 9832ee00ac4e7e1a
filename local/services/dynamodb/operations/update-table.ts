import type { Operation } from "../../../service";
import { tableAccess, type Dependencies } from "../access";
import { noTableNamed } from "../errors";
import { tableNameOf } from "../engine/database";
import { describeTable } from "../tables/describe";
import { checkChanges, updateTable as update, type UpdateTableInput } from "../tables/update";
import { checkConstraints } from "../validation/constraints";
import { checkTypes } from "../validation/deserialize";
import { checkTableName } from "./table-name";
import { updateTableShape } from "./table-shapes";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html */
export const updateTable = (dependencies: Dependencies): Operation<UpdateTableInput> => ({
  authorize: (input) => {
    checkTypes(input as unknown as Readonly<Record<string, unknown>>, updateTableShape);
    return tableAccess(dependencies, { action: "dynamodb:UpdateTable", table: input.TableName });
  },
  answer: (input) => {
    const fields = input as unknown as Readonly<Record<string, unknown>>;
    checkTableName(input.TableName);
    checkConstraints(fields, updateTableShape);
    checkChanges(input);
    const { cloud, database } = dependencies;
    const table = database.find(input.TableName);
    if (!table) throw noTableNamed(tableNameOf(input.TableName));
    update(cloud, database, table, input);
    return { TableDescription: describeTable(table) };
  },
});
