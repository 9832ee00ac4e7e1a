import { validation } from "../errors";
import { checkConstraints } from "../validation/constraints";
import { name, type Members } from "../validation/members";

const newName: Members = { TableName: { type: "String", minLength: 3, maxLength: 255, pattern: name.pattern! } };

/** Checks the name of a table that is to be made, of which AWS tells before it looks at anything else. */
export function checkNewTableName(tableName: unknown): void {
  if (tableName === undefined || tableName === null) checkTableName(tableName);
  else checkConstraints({ TableName: tableName }, newName);
}

/** Checks the TableName of operations on tables, which AWS words otherwise than that of operations on items. */
export function checkTableName(tableName: unknown): void {
  if (tableName === undefined || tableName === null) {
    throw validation("The parameter 'TableName' is required but was not present in the request");
  }
  if (typeof tableName !== "string") return;
  if (tableName.length < 3 || tableName.length > (tableName.startsWith("arn:") ? 1024 : 255)) {
    throw validation("TableName must be at least 3 characters long and at most 255 characters long");
  }
}
