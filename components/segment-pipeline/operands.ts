import type { AttributeType } from "../shared/player-directory";
import { isTimeZone } from "../shared/time-zone";
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from "../shared/units";
import { FILTER_LIMITS, type Duration } from "./filter";

/** What a test expects of its operand, where what it was given is not that; undefined where it is. */
export function operandProblem(test: string, type: AttributeType, operand: unknown): string | undefined {
  switch (test) {
    case "exists":
      return typeof operand === "boolean" ? undefined : "true or false";
    case "oneOf":
    case "noneOf":
      if (!Array.isArray(operand) || operand.length > FILTER_LIMITS.setSize)
        return `a list of at most ${FILTER_LIMITS.setSize} values`;
      return operand.map((item) => scalarProblem(type, item)).find((problem) => problem !== undefined);
    case "between":
      if (!Array.isArray(operand) || operand.length !== 2) return "two values, the lower first";
      return (
        operand.map((item) => scalarProblem(type, item)).find((problem) => problem !== undefined) ??
        (isAbove(operand[0], operand[1]) ? "two values, the lower first" : undefined)
      );
    case "startsWith":
    case "contains":
      return operand === "" ? "text that is not empty" : scalarProblem("string", operand);
    case "within":
    case "before":
      return durationProblem(operand);
    case "sinceDay":
    case "beforeDay":
      return dayProblem(operand);
    default:
      return scalarProblem(type, operand);
  }
}

/** As the query compares: text by code points, which the bytes of UTF-8 keep in order. */
function isAbove(low: unknown, high: unknown): boolean {
  return typeof low === "string" && typeof high === "string"
    ? Buffer.compare(Buffer.from(low), Buffer.from(high)) > 0
    : Number(low) > Number(high);
}

function scalarProblem(type: AttributeType, value: unknown): string | undefined {
  if (type === "boolean") return typeof value === "boolean" ? undefined : "true or false";
  if (type === "string") {
    const fits =
      typeof value === "string" &&
      value.isWellFormed() &&
      !value.includes("\0") &&
      Buffer.byteLength(value) <= FILTER_LIMITS.textBytes;
    return fits ? undefined : `well-formed text of at most ${FILTER_LIMITS.textBytes} bytes without NUL`;
  }
  return typeof value === "number" && Number.isFinite(value)
    ? undefined
    : type === "number"
      ? "a finite number"
      : "a time in epoch seconds";
}

function durationProblem(value: unknown): string | undefined {
  const expected = `a duration such as {"days": 30}, above zero and at most ${FILTER_LIMITS.days} days`;
  if (typeof value !== "object" || value === null) return expected;
  const entries = Object.entries(value);
  const sound = entries.every(
    ([key, n]) => ["days", "hours", "minutes"].includes(key) && typeof n === "number" && Number.isFinite(n) && n >= 0,
  );
  const total = durationSeconds(value);
  return sound && total > 0 && total <= FILTER_LIMITS.days * SECONDS_PER_DAY ? undefined : expected;
}

function dayProblem(value: unknown): string | undefined {
  const expected = `a day such as {"daysAgo": 7, "timeZone": "Europe/Berlin"}`;
  if (typeof value !== "object" || value === null) return expected;
  const { daysAgo, timeZone, ...rest } = value as Record<string, unknown>;
  if (Object.keys(rest).length > 0) return expected;
  if (!Number.isInteger(daysAgo) || (daysAgo as number) < 0 || (daysAgo as number) > FILTER_LIMITS.days)
    return expected;
  return timeZone === undefined || isTimeZone(timeZone) ? undefined : expected;
}

/** Seconds of a duration that has been checked. */
export function durationSeconds({ days = 0, hours = 0, minutes = 0 }: Duration): number {
  return days * SECONDS_PER_DAY + hours * SECONDS_PER_HOUR + minutes * 60;
}
