import { AwsError } from "../../aws-error";
import type { Item } from "./values";

export function validation(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/**
 * A key, or an attribute that is an index's key, does not fit the table. A transaction tells of it among its cancellation
 * reasons, where every other operation answers it plainly.
 */
export class SchemaMismatch extends AwsError {
  constructor(message: string) {
    super("ValidationException", message);
    this.name = this.code;
  }
}

export function serialization(message: string): AwsError {
  return new AwsError("SerializationException", message);
}

/** The table does not exist, for operations on items. */
export function noTable(): AwsError {
  return new AwsError("ResourceNotFoundException", "Requested resource not found");
}

/** The table does not exist, for operations on tables. */
export function noTableNamed(name: string): AwsError {
  return new AwsError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
}

export function inUse(message: string): AwsError {
  return new AwsError("ResourceInUseException", message);
}

/** @param item the item as it was, when the caller asked for it with ReturnValuesOnConditionCheckFailure. */
export function conditionFailed(item: Item | undefined): AwsError {
  return new AwsError(
    "ConditionalCheckFailedException",
    "The conditional request failed",
    400,
    item ? { Item: item } : {},
  );
}
