import type { Operation } from "../../../service";
import { tableAccess, type Dependencies } from "../access";
import { noTableNamed } from "../errors";
import { tableNameOf } from "../engine/database";
import type { Table } from "../engine/table";
import { describeTable as describe } from "../tables/describe";
import { checkConstraints } from "../validation/constraints";
import { checkTypes } from "../validation/deserialize";
import { checkTableName } from "./table-name";
import { tableOnlyShape } from "./table-shapes";

export interface TableNameInput {
  readonly TableName: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html */
export const describeTable = (dependencies: Dependencies): Operation<TableNameInput> => ({
  authorize: (input) => tableAccess(dependencies, { action: "dynamodb:DescribeTable", table: input.TableName }),
  answer: (input) => ({ Table: describe(namedTable(dependencies, input)) }),
});

/** The table that an operation on tables names. */
export function namedTable({ database }: Dependencies, input: TableNameInput): Table {
  const fields = input as unknown as Readonly<Record<string, unknown>>;
  checkTypes(fields, tableOnlyShape);
  checkTableName(input.TableName);
  checkConstraints(fields, tableOnlyShape);
  const table = database.find(input.TableName);
  if (!table) throw noTableNamed(tableNameOf(input.TableName));
  return table;
}
