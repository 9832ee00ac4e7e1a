import { validation } from "../errors";

/** Checks the TableName of operations on tables, which AWS words otherwise than that of operations on items. */
export function checkTableName(name: unknown): void {
  if (name === undefined || name === null) {
    throw validation("The parameter 'TableName' is required but was not present in the request");
  }
  if (typeof name !== "string") return;
  if (name.length < 3 || name.length > (name.startsWith("arn:") ? 1024 : 255)) {
    throw validation("TableName must be at least 3 characters long and at most 255 characters long");
  }
}
