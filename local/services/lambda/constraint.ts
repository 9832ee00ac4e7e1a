import { AwsError } from "../../aws-error";

/** The error with which AWS's services refuse what their model forbids, before the service itself sees it. */
export function constraint(member: string, value: unknown, rule: string): AwsError {
  const shown = value === undefined ? "null" : `'${String(value)}'`;
  return new AwsError(
    "ValidationException",
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );
}

/** @throws AwsError ValidationException for a number out of its range; nothing is said about one that was not given. */
export function within(member: string, value: unknown, least: number, most: number): void {
  if (value === undefined) return;
  const number = Number(value);
  if (number >= least && number <= most) return;
  throw constraint(
    member,
    value,
    number > most ? `have value less than or equal to ${most}` : `have value greater than or equal to ${least}`,
  );
}

/** @throws AwsError ValidationException for a text that is none of AWS's. */
export function oneOf(member: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value as string)) return;
  throw constraint(member, value, `satisfy enum value set: [${allowed.join(", ")}]`);
}
