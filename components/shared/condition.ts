/** Whether a write was refused because its condition did not hold. By its name: an error of another realm is no `Error` here. */
export function isConditionFailure(error: unknown): boolean {
  return (error as { name?: unknown } | null)?.name === "ConditionalCheckFailedException";
}
