import { SECONDS_PER_HOUR } from "../shared/units";

/**
 * The instant, in epoch seconds, at which a calendar day begins in a time zone: the day of `now` there, less `daysAgo`.
 * A day that begins with a clock change (midnight skipped) begins at its first instant.
 *
 * @param now epoch seconds.
 * @param timeZone IANA name.
 */
export function dayStart(now: number, daysAgo: number, timeZone: string): number {
  const today = localDate(now, timeZone);
  // Calendar arithmetic in UTC, where every day has 24 hours.
  const wanted = Date.UTC(today.year, today.month - 1, today.day - daysAgo) / 1000;
  // The first instant whose local date is the wanted day or later. Offsets lie within -12 to +14 hours of UTC, and
  // local dates do not go backwards by a whole day, so that bisection finds it.
  let before = wanted - 16 * SECONDS_PER_HOUR;
  let from = wanted + 16 * SECONDS_PER_HOUR;
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    const date = localDate(middle, timeZone);
    if (Date.UTC(date.year, date.month - 1, date.day) / 1000 >= wanted) from = middle;
    else before = middle;
  }
  return from;
}

function localDate(
  epochSeconds: number,
  timeZone: string,
): { readonly year: number; readonly month: number; readonly day: number } {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "iso8601",
    year: "numeric",
    month: "numeric",
    day: "numeric",
  }).formatToParts(epochSeconds * 1000);
  const number = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return { year: number("year"), month: number("month"), day: number("day") };
}
