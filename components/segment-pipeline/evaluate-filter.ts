import type { ParsedFilter } from "./filter";
import { resolveTest, type ResolvedTest } from "./resolve-test";

/** A player's attributes; what is absent is null or undefined. */
export type PlayerRecord = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * The filter as a plain predicate: selects the same players as the compiled SQL.
 * @param now epoch seconds, the run's reference time.
 */
export function predicateOf(filter: ParsedFilter, now: number): (player: PlayerRecord) => boolean {
  if ("all" in filter) {
    const parts = filter.all.map((part) => predicateOf(part, now));
    return (player) => parts.every((part) => part(player));
  }
  if ("any" in filter) {
    const parts = filter.any.map((part) => predicateOf(part, now));
    return (player) => parts.some((part) => part(player));
  }
  if ("not" in filter) {
    const negated = predicateOf(filter.not, now);
    return (player) => !negated(player);
  }
  const test = resolveTest(filter, now);
  return (player) => evaluateTest(test, player[test.attribute] ?? null);
}

function evaluateTest({ test, operand, whenNull }: ResolvedTest, value: string | number | boolean | null): boolean {
  if (test === "exists") return (value !== null) === operand;
  if (value === null) return whenNull;
  switch (test) {
    case "equals":
      return value === operand;
    case "notEquals":
      return value !== operand;
    case "oneOf":
      return (operand as readonly unknown[]).includes(value);
    case "noneOf":
      return !(operand as readonly unknown[]).includes(value);
    case "startsWith":
      return (value as string).startsWith(operand as string);
    case "contains":
      return (value as string).includes(operand as string);
    case "between": {
      const [low, high] = operand as readonly [string | number, string | number];
      return compare(value, low) >= 0 && compare(value, high) <= 0;
    }
    case "lessThan":
      return compare(value, operand as string | number) < 0;
    case "atMost":
      return compare(value, operand as string | number) <= 0;
    case "moreThan":
      return compare(value, operand as string | number) > 0;
    case "atLeast":
      return compare(value, operand as string | number) >= 0;
    default:
      throw new Error(`The test "${test}" cannot be evaluated.`);
  }
}

/** SQL orders text by code points, JavaScript by UTF-16 units: bytes of UTF-8 order as code points do. */
function compare(a: string | number | boolean, b: string | number): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
