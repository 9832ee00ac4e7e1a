import type { Operation } from "../../../service";
import { tableAccess, type Dependencies } from "../access";
import { waits } from "../limits";
import { createTable as create, type CreateTableInput } from "../tables/create";
import { describeTable } from "../tables/describe";
import { checkConstraints } from "../validation/constraints";
import { checkTypes } from "../validation/deserialize";
import { checkNewTableName } from "./table-name";
import { createTableShape } from "./table-shapes";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
export const createTable = (dependencies: Dependencies): Operation<CreateTableInput> => ({
  authorize: (input) => {
    checkTypes(input as unknown as Readonly<Record<string, unknown>>, createTableShape);
    return tableAccess(dependencies, { action: "dynamodb:CreateTable", table: input.TableName });
  },
  answer: (input) => {
    const fields = input as unknown as Readonly<Record<string, unknown>>;
    checkNewTableName(input.TableName);
    checkConstraints(fields, createTableShape);
    const { cloud, database } = dependencies;
    const table = create(cloud, database, input);
    table.status = "CREATING";
    cloud.clock.setTimer(waits.create, () => {
      if (table.status === "CREATING") table.status = "ACTIVE";
    });
    return { TableDescription: describeTable(table) };
  },
});
