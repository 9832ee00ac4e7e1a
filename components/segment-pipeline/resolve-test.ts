import { dayStart } from "./day-start";
import type { DayStart, Duration, ParsedTest } from "./filter";
import { durationSeconds } from "./operands";

/** A test whose relative times have become instants: only `exists`, comparisons and sets are left. */
export interface ResolvedTest extends Omit<ParsedTest, "operand"> {
  readonly operand: string | number | boolean | readonly (string | number)[];
}

/**
 * Turns relative times into instants, once per run, so that a query that is tried again selects the same players.
 * @param now epoch seconds, the run's reference time.
 */
export function resolveTest(test: ParsedTest, now: number): ResolvedTest {
  switch (test.test) {
    case "within":
      return { ...test, test: "atLeast", operand: now - durationSeconds(test.operand as Duration) };
    case "before":
      return { ...test, test: "lessThan", operand: now - durationSeconds(test.operand as Duration) };
    case "sinceDay":
    case "beforeDay": {
      const day = test.operand as DayStart;
      const operand = dayStart(now, day.daysAgo, day.timeZone ?? "UTC");
      return { ...test, test: test.test === "sinceDay" ? "atLeast" : "lessThan", operand };
    }
    default:
      return { ...test, operand: test.operand as ResolvedTest["operand"] };
  }
}
