import { validation } from "../errors";

type Input = object;

const present = (input: Input, name: string): boolean => (input as Record<string, unknown>)[name] != null;

/**
 * Refuses parameters of the two generations side by side, and placeholders without an expression.
 * @param expressions expression parameters of the operation.
 * @param older those that they replaced.
 */
export function checkParameters(input: Input, expressions: readonly string[], older: readonly string[]): void {
  const given = expressions.filter((name) => present(input, name));
  if (given.length > 0) {
    // KeyConditions may stand beside a filter expression.
    const allowed = given.includes("KeyConditionExpression") ? [] : ["KeyConditions"];
    const clashing = older.filter((name) => present(input, name) && !allowed.includes(name));
    if (clashing.length > 0) {
      throw validation(
        "Can not use both expression and non-expression parameters in the same request: " +
          `Non-expression parameters: {${clashing.join(", ")}} Expression parameters: {${given.join(", ")}}`,
      );
    }
  } else if (present(input, "ExpressionAttributeNames")) {
    throw validation("ExpressionAttributeNames can only be specified when using expressions");
  }
  const withValues = expressions.filter((name) => name !== "ProjectionExpression");
  if (
    withValues.length > 0 &&
    present(input, "ExpressionAttributeValues") &&
    withValues.every((name) => !present(input, name))
  ) {
    throw validation(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(" and ")} ${withValues.length > 1 ? "are" : "is"} null`,
    );
  }
}
